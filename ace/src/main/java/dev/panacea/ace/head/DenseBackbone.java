package dev.panacea.ace.head;

import dev.panacea.nn.Parameters;
import dev.panacea.nn.Pass;
import dev.panacea.nn.model.Backbone;
import dev.panacea.nn.model.BackboneConfig;
import dev.panacea.nn.model.Features;
import dev.panacea.tensor.TensorOps;

/** A backbone with the dense head of training on it: its tokens are those that training matches. */
public final class DenseBackbone implements Backbone {
    private final Backbone backbone;
    private final DenseHead head;

    /** Makes {@code backbone.…} and {@code DenseHead.…}, as student and teacher have them. */
    public DenseBackbone(Parameters parameters, BackboneConfig model) {
        backbone = model.make(parameters.at("backbone"));
        head = new DenseHead(parameters.at("DenseHead"), backbone.channels());
    }

    @Override
    public BackboneConfig config() {
        return backbone.config();
    }

    @Override
    public int channels() {
        return backbone.channels();
    }

    @Override
    public int stride() {
        return backbone.stride();
    }

    /** Tokens of length 1, [B, H / stride, W / stride, K]. */
    @Override
    public <T extends TensorOps<T>> T tokens(T pictures, Pass<T> pass) {
        return head.forward(backbone.tokens(pictures, pass), pass);
    }

    /** The backbone's own. */
    @Override
    public <T extends TensorOps<T>> T pooled(T pictures, Pass<T> pass) {
        return backbone.pooled(pictures, pass);
    }

    @Override
    public <T extends TensorOps<T>> Encoding<T> encode(T pictures, Pass<T> pass) {
        Encoding<T> encoding = backbone.encode(pictures, pass);
        return new Encoding<>(head.forward(encoding.tokens(), pass), encoding.pooled());
    }

    /** The backbone's own. */
    @Override
    public Features features(Parameters parameters) {
        return backbone.features(parameters);
    }
}
