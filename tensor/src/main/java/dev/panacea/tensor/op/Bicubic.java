package dev.panacea.tensor.op;

import dev.panacea.tensor.ShapeException;
import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import java.util.List;

/**
 * Resizes x [B, C, H, W] by cubic convolution (Keys 1981) of the 4 × 4 nearest elements, the outer edges of both images
 * coinciding. It is exact where PyTorch is: plain, Keys' parameter is -0.75 and elements beyond the edge repeat it;
 * smoothed, it is -0.5, the cubic widens as the image shrinks, and what would lie beyond the edge is left out.
 *
 * @param height rows of the result
 * @param width columns of the result
 * @param smooth whether to smooth an image that shrinks: PyTorch's {@code antialias}
 */
public record Bicubic(int height, int width, boolean smooth) implements Resampling {
    /**
     * Checks the attributes.
     *
     * @throws ShapeException if a size is below 1
     */
    public Bicubic {
        AdaptiveAvgPool2d.checkSize("bicubic", height, width);
    }

    @Override
    public String formula() {
        return "y[b,c,i,j] = Σ k(r - s) · k(c - t) · x[b,c,s,t] with r = (i + ½)·H/h - ½, c = (j + ½)·W/w - ½ and Keys' "
                + "cubic k; smooth: k is stretched by H/h and W/w where these are above 1, and normed";
    }

    @Override
    public int outputs(Spec x, int axis) {
        return axis == 2 ? height : width;
    }

    @Override
    public Taps taps(int axis, int size) {
        int outputs = axis == 2 ? height : width;
        double scale = (double) size / outputs;
        return Taps.of(size, outputs, i -> smooth ? smoothed((i + 0.5) * scale, Math.max(1, scale), size)
                : plain((i + 0.5) * scale - 0.5, size));
    }

    private static Taps.Run plain(double at, int size) {
        int start = (int) Math.floor(at) - 1;
        int first = clamp(start, size);
        double[] weights = new double[clamp(start + 3, size) - first + 1];
        for (int input = start; input < start + 4; input++) {
            weights[clamp(input, size) - first] += cubic(at - input, -0.75);
        }
        return new Taps.Run(first, weights);
    }

    private static int clamp(int input, int size) {
        return Math.clamp(input, 0, size - 1);
    }

    private static Taps.Run smoothed(double centre, double stretch, int size) {
        int first = Math.max(0, (int) (centre - 2 * stretch + 0.5));
        int end = Math.min(size, (int) (centre + 2 * stretch + 0.5));
        double[] weights = new double[end - first];
        double sum = 0;
        for (int t = 0; t < weights.length; t++) {
            weights[t] = cubic((first + t + 0.5 - centre) / stretch, -0.5);
            sum += weights[t];
        }
        for (int t = 0; t < weights.length; t++) {
            weights[t] /= sum;
        }
        return new Taps.Run(first, weights);
    }

    /** Keys' cubic: 1 at 0, 0 at 1 and from 2 on. */
    private static double cubic(double distance, double a) {
        double x = Math.abs(distance);
        if (x <= 1) {
            return ((a + 2) * x - (a + 3)) * x * x + 1;
        }
        return x < 2 ? ((x - 5) * x + 8) * x * a - 4 * a : 0;
    }

    @Override
    public List<Sample> samples() {
        return List.of(
                Sample.of(new Bicubic(6, 10, false), Input.real(2, 2, 3, 5)),
                Sample.of(new Bicubic(6, 10, true), Input.real(2, 2, 3, 5)),
                Sample.of(new Bicubic(3, 4, false), Input.real(2, 2, 7, 9)),
                Sample.of(new Bicubic(3, 4, true), Input.real(2, 2, 7, 9)),
                Sample.of(new Bicubic(9, 37, false), Input.real(1, 2, 5, 20)),
                Sample.of(new Bicubic(9, 37, true), Input.real(1, 2, 5, 20)),
                Sample.of(new Bicubic(1, 3, false), Input.real(1, 2, 4, 1)),
                Sample.of(new Bicubic(4, 5, false), Input.real(1, 2, 4, 5)));
    }

    @Override
    public List<Refusal> refusals() {
        return List.of(new Refusal("bicubic: size 4 x 0 (need at least 1 x 1)",
                () -> Tensor.zeros(1, 2, 4, 4).bicubic(4, 0, false)));
    }
}
