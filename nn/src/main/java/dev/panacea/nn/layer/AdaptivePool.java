package dev.panacea.nn.layer;

import dev.panacea.nn.Pass;
import dev.panacea.tensor.TensorOps;

/** Means over a grid of rows and columns, whatever the picture's size: [B, C, H, W] → [B, C, rows, columns]. */
public record AdaptivePool(int rows, int columns) implements Layer {
    @Override
    public <T extends TensorOps<T>> T forward(T x, Pass<T> pass) {
        return x.adaptiveAvgPool2d(rows, columns);
    }
}
