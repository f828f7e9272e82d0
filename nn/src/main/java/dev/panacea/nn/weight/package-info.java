/**
 * Weights from elsewhere: safetensors and PyTorch files, read without running anything in them, and loaded into our
 * models under whatever names. Start reading at {@link dev.panacea.nn.weight.WeightFile}, then
 * {@link dev.panacea.nn.weight.WeightLoader}; a new naming is a table in {@link dev.panacea.nn.weight.Naming}.
 */
package dev.panacea.nn.weight;
