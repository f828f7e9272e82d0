package dev.panacea.nn.layer;

import dev.panacea.nn.Parameters;
import dev.panacea.nn.Pass;
import dev.panacea.tensor.TensorOps;
import java.util.ArrayList;
import java.util.List;

/**
 * Brings a map to a power of two of its size: twice as large by transposed convolutions with batch normalisation and
 * GELU between them, or smaller by the largest element: [B, C, H, W] → [B, C, H · 2^doublings, W · 2^doublings].
 */
public final class Rescale implements Layer {
    private final int doublings;
    private final List<ConvTranspose2d> convs = new ArrayList<>();
    private final List<BatchNorm2d> norms = new ArrayList<>();

    /**
     * Makes, for each doubling but the first, {@code 3n - 2}, a norm; and for each {@code 3n}, a transposed
     * convolution.
     *
     * @param doublings how often the size doubles; how often it halves where negative
     */
    public Rescale(Parameters parameters, int channels, int doublings) {
        this.doublings = doublings;
        for (int n = 0; n < doublings; n++) {
            if (n > 0) {
                norms.add(new BatchNorm2d(parameters.at(3 * n - 2), channels));
            }
            convs.add(new ConvTranspose2d(parameters.at(3 * n), channels, channels, 2));
        }
    }

    @Override
    public <T extends TensorOps<T>> T forward(T x, Pass<T> pass) {
        if (doublings <= 0) {
            return doublings == 0 ? x : x.maxPool2d(1 << -doublings, 1 << -doublings, 0);
        }
        T y = convs.getFirst().forward(x, pass);
        for (int n = 1; n < doublings; n++) {
            y = convs.get(n).forward(norms.get(n - 1).forward(y, pass).gelu(), pass);
        }
        return y;
    }
}
