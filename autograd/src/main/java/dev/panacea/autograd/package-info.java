/**
 * Reverse-mode automatic differentiation: a {@link dev.panacea.autograd.Tape} records what is computed with
 * {@link dev.panacea.autograd.Variable}s and walks it backwards. Nothing here knows any op: an op's gradient lives in
 * the op's own file. Start reading at {@link dev.panacea.autograd.Tape}.
 */
package dev.panacea.autograd;
