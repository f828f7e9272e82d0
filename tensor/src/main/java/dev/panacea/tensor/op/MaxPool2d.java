package dev.panacea.tensor.op;

import dev.panacea.tensor.ElementType;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.ShapeException;
import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import java.util.List;

/**
 * The largest element of each square window of x [B, C, H, W]; of equal elements the first in row-major order, and a
 * NaN wins over all. The second output tells where it was: {@code row · W + column}, as I32. Padding never wins.
 *
 * @param kernel side of the window
 * @param stride step between windows
 * @param padding rows and columns around the image on every side, at most half a window
 */
public record MaxPool2d(int kernel, int stride, int padding) implements Op {
    /**
     * Checks the attributes.
     *
     * @throws ShapeException if the window or its step are below 1, or the padding is above half a window
     */
    public MaxPool2d {
        checkWindow("maxPool2d", kernel, stride, padding);
    }

    static void checkWindow(String where, int kernel, int stride, int padding) {
        if (kernel < 1 || stride < 1 || padding < 0 || padding > kernel / 2) {
            throw new ShapeException(where + ": kernel " + kernel + ", stride " + stride + ", padding " + padding
                    + " (need kernel, stride >= 1, 0 <= padding <= kernel / 2)");
        }
    }

    static int windows(Op op, Spec x, int axis, int kernel, int stride, int padding) {
        int windows = (int) Math.floorDiv(x.dim(axis) + 2L * padding - kernel, stride) + 1;
        if (windows < 1 || x.dim(axis) < 1) {
            throw new ShapeException(op.name() + ": window does not fit: input " + x.shape() + ", kernel " + kernel
                    + ", padding " + padding + " (need a larger image)");
        }
        return windows;
    }

    @Override
    public String formula() {
        return "y[b,c,i,j] = max_u,v x[b, c, i·stride + u - padding, j·stride + v - padding]";
    }

    @Override
    public List<Spec> shapes(List<Spec> in) {
        Check.count(this, in, 1, 1);
        Check.floats(this, in);
        Spec x = in.getFirst();
        Check.rank(this, "input", x, 4);
        Spec y = x.with(Shape.of(x.dim(0), x.dim(1), windows(this, x, 2, kernel, stride, padding),
                windows(this, x, 3, kernel, stride, padding)));
        return List.of(y, y.with(ElementType.I32));
    }

    @Override
    public void reference(Tensor[] in, Tensor[] out) {
        int height = in[0].dim(2);
        int width = in[0].dim(3);
        int columns = out[0].dim(3);
        int windows = out[0].dim(2) * columns;
        for (long i = 0; i < out[0].size(); i++) {
            long plane = i / windows * height * width;
            int top = (int) (i % windows / columns) * stride - padding;
            int left = (int) (i % columns) * stride - padding;
            double best = Double.NEGATIVE_INFINITY;
            int at = -1;
            for (int row = Math.max(0, top); row < Math.min(height, top + kernel); row++) {
                for (int column = Math.max(0, left); column < Math.min(width, left + kernel); column++) {
                    double value = in[0].flat(plane + row * width + column);
                    if (at < 0 || value > best || Double.isNaN(value) && !Double.isNaN(best)) {
                        best = value;
                        at = row * width + column;
                    }
                }
            }
            out[0].flat(i, best);
            out[1].flat(i, at);
        }
    }

    @Override
    public boolean savesInput(int index) {
        return false;
    }

    @Override
    public boolean savesOutput(int index) {
        return index == 1;
    }

    @Override
    public <T extends TensorOps<T>> List<T> vjp(Vjp<T> v) {
        T g = v.gradient();
        return g.apply(new MaxPool2dBackward(v.spec(0).shape()), List.of(g, v.output(1)));
    }

    @Override
    public List<Sample> samples() {
        return List.of(
                Sample.of(new MaxPool2d(2, 2, 0), Input.distinct(2, 3, 6, 8)),
                Sample.of(new MaxPool2d(3, 2, 1), Input.distinct(2, 2, 7, 9)),
                Sample.of(new MaxPool2d(3, 1, 1), Input.distinct(1, 2, 5, 18)),
                Sample.of(new MaxPool2d(2, 3, 1), Input.distinct(1, 2, 5, 4)),
                Sample.of(new MaxPool2d(3, 2, 1), Input.distinct(1, 3, 9, 67)),
                Sample.of(new MaxPool2d(1, 1, 0), Input.distinct(1, 2, 3, 4)));
    }

    @Override
    public List<Refusal> refusals() {
        Tensor x = Tensor.zeros(1, 2, 4, 4);
        return List.of(
                new Refusal("maxPool2d: window does not fit: input [1, 2, 4, 4], kernel 5, padding 0 (need a larger "
                        + "image)", () -> x.maxPool2d(5, 1, 0)),
                new Refusal("maxPool2d: kernel 2, stride 2, padding 2 (need kernel, stride >= 1, 0 <= padding <= "
                        + "kernel / 2)", () -> x.maxPool2d(2, 2, 2)),
                new Refusal("maxPool2d: input is [2, 4, 4] (need 4 axes)", () -> x.select(0, 0).maxPool2d(2, 2, 0)));
    }
}
