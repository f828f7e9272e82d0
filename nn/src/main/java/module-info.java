/** The room for layers, models and optimisers. It holds no class yet. */
module dev.panacea.nn {
    requires transitive dev.panacea.autograd;
}
