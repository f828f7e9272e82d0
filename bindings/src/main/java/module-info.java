/** The room for backends that call native libraries. It holds no class yet. */
module dev.panacea.bindings {
    requires dev.panacea.tensor;
}
