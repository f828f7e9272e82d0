/** Reverse-mode automatic differentiation over the ops of the tensor module. */
module dev.panacea.autograd {
    requires transitive dev.panacea.tensor;

    exports dev.panacea.autograd;
}
