package dev.panacea.ace.head;

import dev.panacea.nn.Parameters;
import dev.panacea.nn.Pass;
import dev.panacea.nn.layer.Layer;
import dev.panacea.nn.layer.LayerNorm;
import dev.panacea.nn.layer.Linear;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.TensorOps;

/**
 * The decomposer D of Eq. 6: each token of the student becomes 2 × 2, {@code y_p1, …, y_p4 = D(p)}. Linear to 4K,
 * LayerNorm, the positive part, Linear, and the 4K channels are the four tokens row by row. [B, h, w, K] → [B, 4·h·w,
 * K], in rows and columns of the finer grid.
 */
public final class Decomposer implements Layer {
    private final Linear in;
    private final LayerNorm norm;
    private final Linear out;

    /** Makes {@code layer.0}, {@code layer.1} (norm) and {@code layer.3}. */
    public Decomposer(Parameters parameters, int channels) {
        Parameters layer = parameters.at("layer");
        in = new Linear(layer.at(0), channels, 4 * channels, true);
        norm = new LayerNorm(layer.at(1), 4 * channels, 1e-5);
        out = new Linear(layer.at(3), 4 * channels, 4 * channels, true);
    }

    @Override
    public <T extends TensorOps<T>> T forward(T tokens, Pass<T> pass) {
        Shape s = tokens.spec().shape();
        T four = out.forward(norm.forward(in.forward(tokens, pass), pass).relu(), pass); // [B, h, w, 4K]
        return four.reshape(s.dim(0), s.dim(1), s.dim(2), 2, 2, s.dim(3)).permute(0, 1, 3, 2, 4, 5)
                .reshape(s.dim(0), 4 * s.dim(1) * s.dim(2), s.dim(3));
    }
}
