package dev.panacea.ace.head;

import dev.panacea.nn.Parameters;
import dev.panacea.nn.Pass;
import dev.panacea.nn.layer.BatchNorm2d;
import dev.panacea.nn.layer.Conv2d;
import dev.panacea.nn.layer.Layer;
import dev.panacea.tensor.TensorOps;
import java.util.ArrayList;
import java.util.List;

/**
 * Tokens for matching, from those of the backbone: three times a 1 × 1 convolution, batch normalisation and the
 * positive part, then each token scaled to length 1. [B, h, w, K] → [B, h, w, K].
 *
 * <p>The paper has no such head and matches the backbone's tokens; the released code has it, in student and teacher.
 * The recipe {@code paper} leaves it out.
 */
public final class DenseHead implements Layer {
    private static final int DEPTH = 3;

    private final List<Layer> layers = new ArrayList<>();

    /** Makes {@code layers.0} (convolution), {@code layers.1} (norm), {@code layers.3}, and so on to 7. */
    public DenseHead(Parameters parameters, int channels) {
        Parameters all = parameters.at("layers");
        for (int k = 0; k < DEPTH; k++) {
            layers.add(Conv2d.over(all.at(3 * k), channels, channels, 1));
            layers.add(new BatchNorm2d(all.at(3 * k + 1), channels));
        }
    }

    @Override
    public <T extends TensorOps<T>> T forward(T tokens, Pass<T> pass) {
        T x = tokens.permute(0, 3, 1, 2); // [B, K, h, w]
        for (int k = 0; k < DEPTH; k++) {
            x = layers.get(2 * k + 1).forward(layers.get(2 * k).forward(x, pass), pass).relu();
        }
        return x.permute(0, 2, 3, 1).l2Normalize(-1, 1e-12);
    }
}
