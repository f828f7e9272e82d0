/**
 * The CPU backend: kernels over the Vector API. Start at {@link dev.panacea.tensor.cpu.CpuKernels}, then {@link
 * dev.panacea.tensor.cpu.ParallelRows}.
 */
package dev.panacea.tensor.cpu;
