/**
 * Where a backbone looks: weights of attention ({@link dev.panacea.nn.explain.AttentionMap}), attention rollout
 * ({@link dev.panacea.nn.explain.Rollout}) and Grad-CAM ({@link dev.panacea.nn.explain.GradCam}). The layers know
 * nothing of it: a {@link dev.panacea.nn.Pass} of our own watches their blocks, and what fused ops do not tell is
 * computed again from the parameters that a block asked for. Start at {@link dev.panacea.nn.explain.AttentionMap}.
 */
package dev.panacea.nn.explain;
