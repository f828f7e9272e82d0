package dev.panacea.nn.layer;

import dev.panacea.nn.Parameters;
import dev.panacea.nn.Pass;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.TensorOps;
import java.util.List;

/** Self-attention of h heads over all tokens: [B, N, C] → [B, N, C]. */
public final class Attention implements Branch {
    private final Linear qkv;
    private final Linear proj;
    private final int heads;

    /** Makes {@code qkv} and {@code proj}. */
    public Attention(Parameters parameters, int channels, int heads) {
        qkv = new Linear(parameters.at("qkv"), channels, 3 * channels, true);
        proj = new Linear(parameters.at("proj"), channels, channels, true);
        this.heads = heads;
    }

    @Override
    public <T extends TensorOps<T>> T forward(T x, T residual, Pass<T> pass) {
        Shape s = x.spec().shape();
        int depth = s.dim(2) / heads;
        List<T> parts = qkv.forward(x, pass).reshape(s.dim(0), s.dim(1), 3, heads, depth).split(2, 1, 1, 1);
        T y = heads(parts.get(0)).attention(heads(parts.get(1)), heads(parts.get(2)), 1 / Math.sqrt(depth));
        return proj.forward(y.permute(0, 2, 1, 3).reshape(s.dim(0), s.dim(1), s.dim(2)), residual, pass);
    }

    private static <T extends TensorOps<T>> T heads(T part) {
        return part.squeeze(2).permute(0, 2, 1, 3); // [B, h, N, D]
    }
}
