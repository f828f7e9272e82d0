package dev.panacea.nn.model;

import dev.panacea.nn.Parameters;
import dev.panacea.nn.Pass;
import dev.panacea.nn.layer.Layer;
import dev.panacea.nn.layer.Linear;
import dev.panacea.tensor.TensorOps;

/** One linear layer on a backbone's pooled embedding. */
public final class Classifier implements Layer {
    private final Backbone backbone;
    private final Linear head;

    /** Makes {@code head}. */
    public Classifier(Parameters parameters, Backbone backbone, int classes) {
        this.backbone = backbone;
        head = new Linear(parameters.at("head"), backbone.channels(), classes, true);
    }

    /** Pictures [B, C, H, W] → logits [B, classes]. */
    @Override
    public <T extends TensorOps<T>> T forward(T pictures, Pass<T> pass) {
        return head.forward(backbone.pooled(pictures, pass), pass);
    }
}
