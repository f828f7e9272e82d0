/**
 * Tensors: shape, memory and device. Start at {@link dev.panacea.tensor.Tensor}, then {@link
 * dev.panacea.tensor.TensorOps}.
 */
package dev.panacea.tensor;
