package dev.panacea.nn.model;

import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Tensor;

/** Key points from heat maps, such as those of a {@link UperNet} with one output for each point. */
public final class HeatMaps {
    private HeatMaps() {}

    /**
     * Where the largest element of each map [B, points, H, W] is, the first of equal ones: I32 [B, points, 2], row and
     * column.
     */
    public static Tensor points(Tensor maps) {
        Shape s = maps.shape();
        double[] largest = maps.flatten(2, 3).argmax(false, 2).toDoubles();
        int[] points = new int[2 * largest.length];
        for (int point = 0; point < largest.length; point++) {
            points[2 * point] = (int) largest[point] / s.dim(3);
            points[2 * point + 1] = (int) largest[point] % s.dim(3);
        }
        return Tensor.of(Shape.of(s.dim(0), s.dim(1), 2), points);
    }
}
