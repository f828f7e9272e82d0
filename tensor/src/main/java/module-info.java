/** Tensors, their off-heap memory, the list of ops, and the CPU kernels that carry them. */
module dev.panacea.tensor {
    requires jdk.incubator.vector;

    exports dev.panacea.tensor.memory;
}
