/**
 * What every layer is made of: {@link dev.panacea.nn.Parameter}s by path, made through
 * {@link dev.panacea.nn.Parameters}, and the {@link dev.panacea.nn.Pass} that says what a forward pass is for.
 */
package dev.panacea.nn;
