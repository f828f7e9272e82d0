package dev.panacea.tensor.op;

import dev.panacea.tensor.ShapeException;
import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import java.util.List;

/**
 * The mean of each square window of x [B, C, H, W]; padding counts as zeros.
 *
 * @param kernel side of the window
 * @param stride step between windows
 * @param padding rows and columns of zeros around the image on every side, at most half a window
 */
public record AvgPool2d(int kernel, int stride, int padding) implements Resampling {
    /**
     * Checks the attributes.
     *
     * @throws ShapeException if the window or its step are below 1, or the padding is above half a window
     */
    public AvgPool2d {
        MaxPool2d.checkWindow("avgPool2d", kernel, stride, padding);
    }

    @Override
    public String formula() {
        return "y[b,c,i,j] = 1/kernel² · Σ_u,v x[b, c, i·stride + u - padding, j·stride + v - padding]";
    }

    @Override
    public int outputs(Spec x, int axis) {
        return MaxPool2d.windows(this, x, axis, kernel, stride, padding);
    }

    @Override
    public Taps taps(int axis, int size) {
        int outputs = (size + 2 * padding - kernel) / stride + 1;
        return Taps.of(size, outputs, i -> {
            int start = i * stride - padding;
            return Taps.mean(Math.max(0, start), Math.min(size, start + kernel), kernel);
        });
    }

    @Override
    public List<Sample> samples() {
        return List.of(
                Sample.of(new AvgPool2d(2, 2, 0), Input.real(2, 3, 6, 8)).reduces(4),
                Sample.of(new AvgPool2d(3, 2, 1), Input.real(2, 2, 7, 9)).reduces(9),
                Sample.of(new AvgPool2d(3, 1, 1), Input.real(1, 2, 5, 37)).reduces(9),
                Sample.of(new AvgPool2d(2, 3, 1), Input.real(1, 2, 5, 4)).reduces(4),
                Sample.of(new AvgPool2d(1, 1, 0), Input.real(1, 2, 3, 4)));
    }

    @Override
    public List<Refusal> refusals() {
        Tensor x = Tensor.zeros(1, 2, 4, 4);
        return List.of(
                new Refusal("avgPool2d: window does not fit: input [1, 2, 4, 4], kernel 5, padding 0 (need a larger "
                        + "image)", () -> x.avgPool2d(5, 1, 0)),
                new Refusal("avgPool2d: kernel 0, stride 2, padding 0 (need kernel, stride >= 1, 0 <= padding <= "
                        + "kernel / 2)", () -> x.avgPool2d(0, 2, 0)));
    }
}
