package dev.panacea.nn.layer;

import dev.panacea.nn.Pass;
import dev.panacea.tensor.TensorOps;

/** In training, elements become 0 at random, and the others are scaled up. */
public record Dropout(double rate) implements Layer {
    @Override
    public <T extends TensorOps<T>> T forward(T x, Pass<T> pass) {
        return rate == 0 || !pass.training() ? x : x.dropout(rate, pass.random());
    }
}
