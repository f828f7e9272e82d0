package dev.panacea.nn.layer;

import dev.panacea.nn.Parameters;
import dev.panacea.nn.Pass;
import dev.panacea.tensor.TensorOps;

/** {@code x ← x + attention(norm1(x))}, {@code x ← x + mlp(norm2(x))} on [B, N, C] (Dosovitskiy et al. 2021). */
public final class TransformerBlock implements Layer {
    private final LayerNorm norm1;
    private final Attention attention;
    private final LayerNorm norm2;
    private final Mlp mlp;
    private final DropPath path;

    /** Makes {@code norm1}, {@code attn}, {@code norm2} and {@code mlp}, which has four times the channels inside. */
    public TransformerBlock(Parameters parameters, int channels, int heads, double epsilon, DropPath path) {
        norm1 = new LayerNorm(parameters.at("norm1"), channels, epsilon);
        attention = new Attention(parameters.at("attn"), channels, heads);
        norm2 = new LayerNorm(parameters.at("norm2"), channels, epsilon);
        mlp = new Mlp(parameters.at("mlp"), channels, 4 * channels);
        this.path = path;
    }

    @Override
    public <T extends TensorOps<T>> T forward(T x, Pass<T> pass) {
        T attended = path.add(x, norm1.forward(x, pass), attention, pass);
        return path.add(attended, norm2.forward(attended, pass), mlp, pass);
    }
}
