package dev.panacea.tensor.op;

import dev.panacea.tensor.Shape;
import dev.panacea.tensor.ShapeException;
import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import java.util.List;

/**
 * Two-dimensional convolution (without flipping, as the field does). Inputs are x [B, C, H, W], weight
 * [O, C / groups, KH, KW] and optionally bias [O]; the output is [B, O, OH, OW]. With several groups, the output
 * channels of a group see the input channels of that group alone; groups = C is a depthwise convolution.
 *
 * @param stride step between windows along both axes
 * @param padding zeros around the image on every side
 * @param dilation step between the elements of a window
 * @param groups number of groups of channels
 */
public record Conv2d(int stride, int padding, int dilation, int groups) implements Op {
    /**
     * Checks the attributes.
     *
     * @throws ShapeException if stride, dilation or groups are below 1 or padding is negative
     */
    public Conv2d {
        if (stride < 1 || padding < 0 || dilation < 1 || groups < 1) {
            throw new ShapeException("conv2d: stride " + stride + ", padding " + padding + ", dilation " + dilation
                    + ", groups " + groups + " (need stride, dilation, groups >= 1, padding >= 0)");
        }
    }

    /** A convolution of one group without dilation. */
    public static Conv2d of(int stride, int padding) {
        return new Conv2d(stride, padding, 1, 1);
    }

    @Override
    public String formula() {
        return "y[b,o,i,j] = bias[o] + Σ_c,u,v x[b, c, i·stride + u·dilation - padding, ..] · w[o,c,u,v]";
    }

    @Override
    public List<Spec> shapes(List<Spec> in) {
        Check.count(this, in, 2, 3);
        Check.floats(this, in);
        Shape result = result(this, in.get(0), in.get(1));
        if (in.size() == 3) {
            Check.shape(this, "bias", in.get(2), Shape.of(result.dim(1)));
        }
        return List.of(in.getFirst().with(result));
    }

    /** The output's shape, after checking input and weight on behalf of {@code op}. */
    Shape result(Op op, Spec x, Spec weight) {
        Check.rank(op, "input", x, 4);
        Check.rank(op, "weight", weight, 4);
        if (x.dim(1) != (long) weight.dim(1) * groups || weight.dim(0) % groups != 0) {
            throw new ShapeException(op.name() + ": channels do not match: input " + x.shape() + ", weight "
                    + weight.shape() + ", groups " + groups + " (need [B, C, H, W] · [O, C / groups, KH, KW])");
        }
        int height = outputSize(x.dim(2), weight.dim(2));
        int width = outputSize(x.dim(3), weight.dim(3));
        if (height < 1 || width < 1) {
            throw new ShapeException(op.name() + ": window does not fit: input " + x.shape() + ", weight "
                    + weight.shape() + ", padding " + padding + ", dilation " + dilation
                    + " (need a larger image or more padding)");
        }
        return Shape.of(x.dim(0), weight.dim(0), height, width);
    }

    /** Number of windows along an axis; below 1 if none fits. */
    public int outputSize(int input, int kernel) {
        if (kernel < 1) {
            return 0;
        }
        return (int) Math.floorDiv(input + 2L * padding - (kernel - 1L) * dilation - 1, stride) + 1;
    }

    /** Receives the row-major positions of an element of x, w and y that meet: {@code y += x · w}. */
    interface Meeting {
        void at(long x, long w, long y);
    }

    /** Walks over all products of the convolution, the elements of the output in order. */
    void walk(Shape x, Shape w, Shape y, Meeting meeting) {
        int perGroup = w.dim(0) / groups;
        long at = 0;
        for (int b = 0; b < y.dim(0); b++) {
            for (int o = 0; o < y.dim(1); o++) {
                for (int i = 0; i < y.dim(2); i++) {
                    for (int j = 0; j < y.dim(3); j++) {
                        window(x, w, new int[] {b, o / perGroup, o, i, j}, at++, meeting);
                    }
                }
            }
        }
    }

    private void window(Shape x, Shape w, int[] at, long y, Meeting meeting) {
        for (int c = 0; c < w.dim(1); c++) {
            long plane = ((long) at[0] * x.dim(1) + at[1] * w.dim(1) + c) * x.dim(2);
            for (int u = 0; u < w.dim(2); u++) {
                int row = at[3] * stride + u * dilation - padding;
                for (int v = 0; v < w.dim(3); v++) {
                    int column = at[4] * stride + v * dilation - padding;
                    if (row >= 0 && row < x.dim(2) && column >= 0 && column < x.dim(3)) {
                        long weight = (((long) at[2] * w.dim(1) + c) * w.dim(2) + u) * w.dim(3) + v;
                        meeting.at((plane + row) * x.dim(3) + column, weight, y);
                    }
                }
            }
        }
    }

    @Override
    public void reference(Tensor[] in, Tensor[] out) {
        double[] y = new double[(int) out[0].size()];
        if (in.length == 3) {
            int plane = out[0].dim(2) * out[0].dim(3);
            for (int i = 0; i < y.length; i++) {
                y[i] = in[2].flat(i / plane % out[0].dim(1));
            }
        }
        walk(in[0].shape(), in[1].shape(), out[0].shape(),
                (xAt, wAt, yAt) -> y[(int) yAt] += in[0].flat(xAt) * in[1].flat(wAt));
        for (int i = 0; i < y.length; i++) {
            out[0].flat(i, y[i]);
        }
    }

    @Override
    public boolean savesInput(int index) {
        return index < 2;
    }

    @Override
    public <T extends TensorOps<T>> List<T> vjp(Vjp<T> v) {
        T g = v.gradient();
        T byInput = v.needs(0)
                ? g.apply(new Conv2dBackwardInput(this, v.spec(0).shape()), List.of(g, v.input(1))).getFirst() : null;
        T byWeight = v.needs(1)
                ? g.apply(new Conv2dBackwardWeight(this, v.spec(1).shape()), List.of(g, v.input(0))).getFirst() : null;
        if (v.inputs() == 2) {
            return Vjp.of(byInput, byWeight);
        }
        return Vjp.of(byInput, byWeight, v.needs(2) ? g.sum(false, 0, 2, 3) : null);
    }

    @Override
    public List<Sample> samples() {
        return List.of(
                Sample.of(of(1, 1), Input.real(2, 3, 5, 7), Input.real(4, 3, 3, 3), Input.real(4)).reduces(27),
                Sample.of(of(1, 0), Input.real(2, 5, 3, 7), Input.real(3, 5, 1, 1)).reduces(5),
                Sample.of(of(2, 1), Input.real(1, 2, 9, 19), Input.real(3, 2, 3, 3)).reduces(18),
                Sample.of(of(4, 0), Input.real(2, 3, 8, 12), Input.real(5, 3, 4, 4), Input.real(5)).reduces(48),
                Sample.of(of(1, 0), Input.real(1, 2, 4, 9), Input.real(3, 2, 2, 5), Input.real(3)).reduces(20),
                Sample.of(of(3, 2), Input.real(2, 1, 4, 5), Input.real(1, 1, 2, 2)).reduces(4),
                Sample.of(new Conv2d(1, 2, 2, 1), Input.real(1, 2, 6, 7), Input.real(2, 2, 3, 3)).reduces(18),
                Sample.of(new Conv2d(1, 1, 1, 2), Input.real(2, 4, 5, 6), Input.real(6, 2, 3, 3), Input.real(6))
                        .reduces(18),
                Sample.of(new Conv2d(2, 2, 1, 3), Input.real(2, 3, 7, 18), Input.real(3, 1, 5, 5), Input.real(3))
                        .reduces(25),
                Sample.of(new Conv2d(1, 1, 1, 3), Input.real(1, 3, 5, 21), Input.real(6, 1, 3, 3)).reduces(9),
                Sample.of(of(1, 1), Input.real(1, 70, 3, 3), Input.real(2, 70, 3, 3)).reduces(630),
                Sample.of(new Conv2d(1, 1, 2, 2), Input.real(2, 2, 7, 9), Input.real(2, 1, 3, 3)).reduces(9),
                Sample.of(of(1, 1), Input.real(1, 2, 45, 46), Input.real(1, 2, 2, 2)).reduces(8),
                Sample.of(of(1, 0), Input.real(1, 2, 47, 46), Input.real(2, 2, 1, 1)).reduces(2),
                Sample.of(of(1, 1), Input.real(0, 2, 4, 4), Input.real(3, 2, 3, 3), Input.real(3)));
    }

    @Override
    public List<Refusal> refusals() {
        Tensor x = Tensor.zeros(1, 4, 5, 5);
        return List.of(
                new Refusal("conv2d: channels do not match: input [1, 4, 5, 5], weight [6, 3, 3, 3], groups 1 (need "
                        + "[B, C, H, W] · [O, C / groups, KH, KW])",
                        () -> x.conv2d(of(1, 1), Tensor.zeros(6, 3, 3, 3), null)),
                new Refusal("conv2d: window does not fit: input [1, 4, 5, 5], weight [6, 4, 7, 7], padding 0, dilation "
                        + "1 (need a larger image or more padding)",
                        () -> x.conv2d(of(1, 0), Tensor.zeros(6, 4, 7, 7), null)),
                new Refusal("conv2d: bias is [4] (need [6])",
                        () -> x.conv2d(of(1, 1), Tensor.zeros(6, 4, 3, 3), Tensor.zeros(4))),
                new Refusal("conv2d: input is [4, 5, 5] (need 4 axes)",
                        () -> x.select(0, 0).conv2d(of(1, 1), Tensor.zeros(6, 4, 3, 3), null)),
                new Refusal("conv2d: stride 0, padding 1, dilation 1, groups 1 (need stride, dilation, groups >= 1, "
                        + "padding >= 0)", () -> of(0, 1)));
    }
}
