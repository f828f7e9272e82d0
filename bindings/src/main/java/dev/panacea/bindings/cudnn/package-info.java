/**
 * Graphs of operations that cuDNN compiles to few kernels, attention among them. Start at {@link
 * dev.panacea.bindings.cudnn.AttentionGraph}, which says what one is made of; {@link dev.panacea.bindings.cudnn.Graph}
 * describes it to cuDNN, and {@link dev.panacea.bindings.cudnn.Plan} runs it.
 */
package dev.panacea.bindings.cudnn;
