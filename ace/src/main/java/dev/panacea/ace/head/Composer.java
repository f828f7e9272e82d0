package dev.panacea.ace.head;

import dev.panacea.nn.Parameters;
import dev.panacea.nn.Pass;
import dev.panacea.nn.layer.Layer;
import dev.panacea.nn.layer.LayerNorm;
import dev.panacea.nn.layer.Linear;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.ShapeException;
import dev.panacea.tensor.TensorOps;

/**
 * The composer C of Eq. 2: each 2 × 2 of the student's tokens become one, {@code y_q = C(q1, q2, q3, q4)}. The four are
 * concatenated row by row (4K), then Linear, LayerNorm, the positive part, Linear. [B, h, w, K] → [B, h·w / 4, K].
 *
 * <p>The paper says "2-layer MLP" from 4K to K; that the first layer goes to K already, as the decomposer's goes to 4K,
 * is our reading.
 */
public final class Composer implements Layer {
    private final Linear in;
    private final LayerNorm norm;
    private final Linear out;

    /** Makes {@code layer.0}, {@code layer.1} (norm) and {@code layer.3}. */
    public Composer(Parameters parameters, int channels) {
        Parameters layer = parameters.at("layer");
        in = new Linear(layer.at(0), 4 * channels, channels, true);
        norm = new LayerNorm(layer.at(1), channels, 1e-5);
        out = new Linear(layer.at(3), channels, channels, true);
    }

    /**
     * Composes.
     *
     * @throws ShapeException if rows or columns are odd in number
     */
    @Override
    public <T extends TensorOps<T>> T forward(T tokens, Pass<T> pass) {
        Shape s = tokens.spec().shape();
        int rows = s.dim(1) / 2;
        int columns = s.dim(2) / 2;
        if (s.dim(1) % 2 != 0 || s.dim(2) % 2 != 0) {
            throw new ShapeException("composer: tokens are " + s + " (need an even number of rows and columns)");
        }
        T four = tokens.reshape(s.dim(0), rows, 2, columns, 2, s.dim(3)).permute(0, 1, 3, 2, 4, 5)
                .reshape(s.dim(0), rows * columns, 4 * s.dim(3)); // [B, h·w / 4, 4K]
        return out.forward(norm.forward(in.forward(four, pass), pass).relu(), pass);
    }
}
