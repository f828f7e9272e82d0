package dev.panacea.tensor.op;

import dev.panacea.tensor.ShapeException;
import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import java.util.List;

/**
 * Averages x [B, C, H, W] over a grid of a given size; cells share a row or column of the image where the sizes do not
 * divide.
 *
 * @param height rows of the grid
 * @param width columns of the grid
 */
public record AdaptiveAvgPool2d(int height, int width) implements Resampling {
    /**
     * Checks the attributes.
     *
     * @throws ShapeException if a size is below 1
     */
    public AdaptiveAvgPool2d {
        checkSize("adaptiveAvgPool2d", height, width);
    }

    static void checkSize(String where, int height, int width) {
        if (height < 1 || width < 1) {
            throw new ShapeException(where + ": size " + height + " x " + width + " (need at least 1 x 1)");
        }
    }

    @Override
    public String formula() {
        return "y[b,c,i,j] = mean of x[b,c,⌊i·H/h⌋ .. ⌈(i+1)·H/h⌉, ⌊j·W/w⌋ .. ⌈(j+1)·W/w⌉]";
    }

    @Override
    public int outputs(Spec x, int axis) {
        return axis == 2 ? height : width;
    }

    @Override
    public Taps taps(int axis, int size) {
        int outputs = axis == 2 ? height : width;
        return Taps.of(size, outputs, i -> {
            int start = (int) ((long) i * size / outputs);
            int end = (int) (((i + 1L) * size + outputs - 1) / outputs);
            return Taps.mean(start, end, end - start);
        });
    }

    @Override
    public List<Sample> samples() {
        return List.of(
                Sample.of(new AdaptiveAvgPool2d(1, 1), Input.real(2, 3, 7, 7)).reduces(49),
                Sample.of(new AdaptiveAvgPool2d(3, 2), Input.real(2, 2, 7, 9)).reduces(15),
                Sample.of(new AdaptiveAvgPool2d(6, 6), Input.real(1, 2, 14, 35)).reduces(21),
                Sample.of(new AdaptiveAvgPool2d(5, 4), Input.real(1, 2, 3, 4)).reduces(2));
    }

    @Override
    public List<Refusal> refusals() {
        return List.of(
                new Refusal("adaptiveAvgPool2d: size 0 x 1 (need at least 1 x 1)",
                        () -> Tensor.zeros(1, 2, 4, 4).adaptiveAvgPool2d(0, 1)),
                new Refusal("adaptiveAvgPool2d: input is [2, 4] (need 4 axes)",
                        () -> Tensor.zeros(2, 4).adaptiveAvgPool2d(1, 1)));
    }
}
