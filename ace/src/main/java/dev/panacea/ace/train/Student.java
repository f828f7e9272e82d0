package dev.panacea.ace.train;

import dev.panacea.ace.head.Composer;
import dev.panacea.ace.head.Decomposer;
import dev.panacea.nn.Parameter;
import dev.panacea.nn.Parameters;
import dev.panacea.nn.Pass;
import dev.panacea.nn.model.Backbone;
import dev.panacea.tensor.TensorOps;
import java.util.List;

/**
 * The network that gradients train: f_s, the composer C and the decomposer D. Parameters have the released files'
 * names: {@code backbone.…}, {@code DenseHead.layers.…}, {@code head.…}, {@code downsample.layer.…} (composer),
 * {@code upsample.layer.…} (decomposer).
 */
public final class Student {
    private final Parameters parameters;
    private final Network network;
    private final Composer composer;
    private final Decomposer decomposer;

    /** Makes all parameters that the losses of this configuration reach, from its seed. */
    public Student(PretrainConfig config) {
        parameters = Parameters.of(config.seed());
        network = new Network(parameters, config, config.model().student(config.grid(), config.augment().channels()));
        int channels = network.backbone().channels();
        composer = config.weights().composition() > 0 ? new Composer(parameters.at("downsample"), channels) : null;
        decomposer = config.weights().decomposition() > 0 ? new Decomposer(parameters.at("upsample"), channels) : null;
    }

    /** The backbone f_s. */
    public Backbone backbone() {
        return network.backbone();
    }

    /** All parameters, buffers among them. */
    public Parameters parameters() {
        return parameters;
    }

    /** What the last layer of the global head is made of: frozen at first. */
    List<Parameter> lastLayer() {
        return network.lastLayer();
    }

    /** Tokens of both views [B, C, V, V]. */
    public <T extends TensorOps<T>> Encoding<T> encode(T first, T second, Pass<T> pass) {
        return network.encode(first, second, pass);
    }

    /** Pooled embeddings [B, K] → logits of the global loss. */
    public <T extends TensorOps<T>> T project(T pooled, Pass<T> pass) {
        return network.project(pooled, pass);
    }

    /** Tokens of C1 [B, h, w, K] → [B, h·w / 4, K] (Eq. 2). */
    public <T extends TensorOps<T>> T compose(T dense, Pass<T> pass) {
        return composer.forward(dense, pass);
    }

    /** Tokens of C2 [B, h, w, K] → [B, 4·h·w, K] (Eq. 6). */
    public <T extends TensorOps<T>> T decompose(T dense, Pass<T> pass) {
        return decomposer.forward(dense, pass);
    }
}
