package dev.panacea.tensor.op;

import dev.panacea.tensor.ShapeException;
import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import java.util.List;

/**
 * Resizes x [B, C, H, W] by bilinear interpolation between the four nearest elements, without smoothing when it
 * shrinks. With aligned corners the outermost elements of both images coincide; otherwise their outer edges do.
 *
 * @param height rows of the result
 * @param width columns of the result
 * @param alignCorners whether the corners' centres coincide
 */
public record Bilinear(int height, int width, boolean alignCorners) implements Resampling {
    /**
     * Checks the attributes.
     *
     * @throws ShapeException if a size is below 1
     */
    public Bilinear {
        AdaptiveAvgPool2d.checkSize("bilinear", height, width);
    }

    @Override
    public String formula() {
        return "y[b,c,i,j] = x at row (i + ½)·H/h - ½, column (j + ½)·W/w - ½, interpolated; with aligned corners at "
                + "row i·(H - 1)/(h - 1), column j·(W - 1)/(w - 1)";
    }

    @Override
    public int outputs(Spec x, int axis) {
        return axis == 2 ? height : width;
    }

    @Override
    public Taps taps(int axis, int size) {
        int outputs = axis == 2 ? height : width;
        return Taps.of(size, outputs, i -> {
            double at = alignCorners
                    ? (outputs > 1 ? (double) i * (size - 1) / (outputs - 1) : 0)
                    : Math.max(0, (i + 0.5) * size / outputs - 0.5);
            int first = Math.min((int) at, size - 1);
            double rest = at - first;
            return first == size - 1 ? new Taps.Run(first, 1) : new Taps.Run(first, 1 - rest, rest);
        });
    }

    @Override
    public List<Sample> samples() {
        return List.of(
                Sample.of(new Bilinear(6, 10, false), Input.real(2, 2, 3, 5)),
                Sample.of(new Bilinear(6, 10, true), Input.real(2, 2, 3, 5)),
                Sample.of(new Bilinear(3, 4, false), Input.real(2, 2, 7, 9)),
                Sample.of(new Bilinear(3, 4, true), Input.real(2, 2, 7, 9)),
                Sample.of(new Bilinear(9, 37, false), Input.real(1, 2, 5, 20)),
                Sample.of(new Bilinear(7, 150, false), Input.real(1, 3, 5, 70)),
                Sample.of(new Bilinear(3, 80, true), Input.real(2, 2, 9, 33)),
                Sample.of(new Bilinear(1, 3, true), Input.real(1, 2, 4, 1)),
                Sample.of(new Bilinear(4, 5, false), Input.real(1, 2, 4, 5)));
    }

    @Override
    public List<Refusal> refusals() {
        return List.of(
                new Refusal("bilinear: size 4 x 0 (need at least 1 x 1)",
                        () -> Tensor.zeros(1, 2, 4, 4).bilinear(4, 0, false)),
                new Refusal("bilinear: input is [1, 2, 0, 4] (need at least one row and one column)",
                        () -> Tensor.zeros(1, 2, 0, 4).bilinear(4, 4, false)));
    }
}
