package dev.panacea.ace.train;

import dev.panacea.ace.head.DenseHead;
import dev.panacea.ace.head.GlobalHead;
import dev.panacea.nn.Parameter;
import dev.panacea.nn.Parameters;
import dev.panacea.nn.Pass;
import dev.panacea.nn.model.Backbone;
import dev.panacea.nn.model.BackboneConfig;
import dev.panacea.tensor.TensorOps;
import java.util.List;

/** What student and teacher have in common: backbone, dense head, global head. */
final class Network {
    private final Backbone backbone;
    private final DenseHead denseHead;
    private final GlobalHead globalHead;

    /** Makes {@code backbone.…}, and {@code DenseHead.…} and {@code head.…} where the losses need them. */
    Network(Parameters parameters, PretrainConfig config, BackboneConfig model) {
        backbone = model.make(parameters.at("backbone"));
        boolean matches = config.weights().composition() + config.weights().decomposition() > 0;
        denseHead = config.denseHead() && matches
                ? new DenseHead(parameters.at("DenseHead"), backbone.channels()) : null;
        globalHead = config.globalHead().on() && config.weights().global() > 0
                ? new GlobalHead(parameters.at("head"), backbone.channels(), config.globalHead()) : null;
    }

    Backbone backbone() {
        return backbone;
    }

    /** Both views [B, C, V, V] as one batch of twice the size, so that batch norms see both. */
    <T extends TensorOps<T>> Encoding<T> encode(T first, T second, Pass<T> pass) {
        T tokens = backbone.tokens(TensorOps.concat(0, List.of(first, second)), pass); // [2B, h, w, K]
        int batch = first.spec().dim(0);
        List<T> views = tokens.split(0, batch, batch);
        if (denseHead == null) {
            return new Encoding<>(views.get(0), views.get(1), views.get(0), views.get(1));
        }
        List<T> dense = denseHead.forward(tokens, pass).split(0, batch, batch);
        return new Encoding<>(views.get(0), views.get(1), dense.get(0), dense.get(1));
    }

    /** Pooled embeddings [B, K] → logits of the global loss, [B, outputs]. */
    <T extends TensorOps<T>> T project(T pooled, Pass<T> pass) {
        return globalHead == null ? pooled : globalHead.forward(pooled, pass);
    }

    /** What is frozen at first; empty without a global head. */
    List<Parameter> lastLayer() {
        return globalHead == null ? List.of() : List.of(globalHead.lastLayer());
    }
}
