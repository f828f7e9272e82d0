/**
 * CUDA: one card as a backend. Start at {@link dev.panacea.bindings.cuda.CudaBackend}; kernels begin with {@link
 * dev.panacea.bindings.cuda.KernelSource} and {@link dev.panacea.bindings.cuda.Launch}, products with {@link
 * dev.panacea.bindings.cuda.Product}.
 */
package dev.panacea.bindings.cuda;
