/**
 * Kernels of the CUDA backend: texts in CUDA C, and the classes that launch them. Start at {@link
 * dev.panacea.bindings.cuda.kernel.CudaKernels}.
 */
package dev.panacea.bindings.cuda.kernel;
