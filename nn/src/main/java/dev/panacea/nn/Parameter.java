package dev.panacea.nn;

import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Tensor;

/** A tensor of a model that has a name, such as {@code layers.0.blocks.1.attn.qkv.weight}. */
public final class Parameter {
    private final String path;
    private final Tensor value;
    private final boolean trainable;

    Parameter(String path, Tensor value, boolean trainable) {
        this.path = path;
        this.value = value;
        this.trainable = trainable;
    }

    /** Where it stands in the model: names of layers and its own, joined by dots, as timm has them. */
    public String path() {
        return path;
    }

    /** The values; an optimiser and a load of weights write into this tensor, which stays the same. */
    public Tensor value() {
        return value;
    }

    /** Sizes of the axes. */
    public Shape shape() {
        return value.shape();
    }

    /** Number of elements. */
    public long size() {
        return value.size();
    }

    /** False for a buffer, such as a running mean: part of the model's state, but of no gradient. */
    public boolean isTrainable() {
        return trainable;
    }

    @Override
    public String toString() {
        return path + " " + value.spec();
    }
}
