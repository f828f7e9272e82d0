/** Tensors, their off-heap memory, the list of ops, and the CPU kernels that carry them. */
module dev.panacea.tensor {
    requires jdk.incubator.vector;

    exports dev.panacea.tensor;
    exports dev.panacea.tensor.io;
    exports dev.panacea.tensor.memory;
    exports dev.panacea.tensor.op;

    uses dev.panacea.tensor.BackendProvider;
}
