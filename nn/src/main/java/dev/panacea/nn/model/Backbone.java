package dev.panacea.nn.model;

import dev.panacea.nn.Parameters;
import dev.panacea.nn.Pass;
import dev.panacea.tensor.TensorOps;

/** A network that turns pictures into tokens, on which heads build. */
public interface Backbone {
    /** What it was made from. */
    BackboneConfig config();

    /** Channels K of a token. */
    int channels();

    /** Pixels between a token and the next, along a row or a column. */
    int stride();

    /** Pictures [B, C, H, W] → normed tokens in rows and columns, [B, H / stride, W / stride, K]. */
    <T extends TensorOps<T>> T tokens(T pictures, Pass<T> pass);

    /** Pictures [B, C, H, W] → one embedding each, [B, K]: what a classifier reads. */
    <T extends TensorOps<T>> T pooled(T pictures, Pass<T> pass);

    /** Pictures [B, C, H, W] → what {@link #tokens} and {@link #pooled} give, computed once. */
    <T extends TensorOps<T>> Encoding<T> encode(T pictures, Pass<T> pass);

    /**
     * Pictures as a backbone sees them.
     *
     * @param tokens normed tokens in rows and columns, [B, H / stride, W / stride, K]
     * @param pooled one embedding each, [B, K]
     */
    record Encoding<T extends TensorOps<T>>(T tokens, T pooled) {}

    /**
     * Makes what turns the backbone into maps of several resolutions, with parameters of its own.
     *
     * @param parameters where the backbone's are, or others
     */
    Features features(Parameters parameters);
}
