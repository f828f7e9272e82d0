/** Reverse-mode gradients over the ops of {@code dev.panacea.tensor}. */
module dev.panacea.autograd {
    requires transitive dev.panacea.tensor;
}
