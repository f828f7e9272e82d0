/**
 * One op, one file: formula, shape rule, reference, gradient, samples, refusals. Start at {@link
 * dev.panacea.tensor.op.Softmax}.
 */
package dev.panacea.tensor.op;
