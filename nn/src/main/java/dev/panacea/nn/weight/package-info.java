/**
 * Weights from elsewhere: safetensors and PyTorch files, read without running anything in them. Start reading at
 * {@link dev.panacea.nn.weight.WeightFile}.
 */
package dev.panacea.nn.weight;
