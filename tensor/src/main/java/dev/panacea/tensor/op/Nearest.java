package dev.panacea.tensor.op;

import dev.panacea.tensor.ShapeException;
import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import java.util.List;

/**
 * Resizes x [B, C, H, W] by taking one element for each of the result's, the one at the same share of the way from the
 * upper left corner, rounded down.
 *
 * @param height rows of the result
 * @param width columns of the result
 */
public record Nearest(int height, int width) implements Resampling {
    /**
     * Checks the attributes.
     *
     * @throws ShapeException if a size is below 1
     */
    public Nearest {
        AdaptiveAvgPool2d.checkSize("nearest", height, width);
    }

    @Override
    public String formula() {
        return "y[b,c,i,j] = x[b, c, ⌊i·H/h⌋, ⌊j·W/w⌋]";
    }

    @Override
    public int outputs(Spec x, int axis) {
        return axis == 2 ? height : width;
    }

    @Override
    public Taps taps(int axis, int size) {
        int outputs = axis == 2 ? height : width;
        return Taps.of(size, outputs, i -> new Taps.Run((int) ((long) i * size / outputs), 1));
    }

    @Override
    public List<Sample> samples() {
        return List.of(
                Sample.of(new Nearest(6, 10), Input.real(2, 2, 3, 5)),
                Sample.of(new Nearest(3, 4), Input.real(2, 2, 7, 9)),
                Sample.of(new Nearest(9, 37), Input.real(1, 2, 5, 20)),
                Sample.of(new Nearest(1, 1), Input.real(1, 2, 4, 3)));
    }

    @Override
    public List<Refusal> refusals() {
        return List.of(new Refusal("nearest: size 0 x 4 (need at least 1 x 1)",
                () -> Tensor.zeros(1, 2, 4, 4).nearest(0, 4)));
    }
}
