/** Backends over native libraries: CUDA. */
module dev.panacea.bindings {
    requires dev.panacea.tensor;

    provides dev.panacea.tensor.BackendProvider with dev.panacea.bindings.CudaProvider;
}
