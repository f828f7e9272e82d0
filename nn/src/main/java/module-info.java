/** Layers, models and optimisers over variables and tensors alike. */
module dev.panacea.nn {
    requires transitive dev.panacea.autograd;

    exports dev.panacea.nn;
    exports dev.panacea.nn.checkpoint;
    exports dev.panacea.nn.explain;
    exports dev.panacea.nn.layer;
    exports dev.panacea.nn.model;
    exports dev.panacea.nn.onnx;
    exports dev.panacea.nn.optim;
    exports dev.panacea.nn.weight;
}
