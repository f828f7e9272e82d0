/**
 * What turns gradients into better parameters: {@link dev.panacea.nn.optim.Optimizer}s over
 * {@link dev.panacea.nn.optim.ParameterGroup}s, {@link dev.panacea.nn.optim.Clipping},
 * {@link dev.panacea.nn.optim.Schedule}s, and the moving average of a model.
 */
package dev.panacea.nn.optim;
