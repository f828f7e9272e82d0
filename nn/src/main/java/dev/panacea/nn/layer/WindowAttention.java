package dev.panacea.nn.layer;

import dev.panacea.nn.Initial;
import dev.panacea.nn.Parameter;
import dev.panacea.nn.Parameters;
import dev.panacea.nn.Pass;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.TensorOps;

/**
 * Self-attention of h heads inside windows of {@code window × window} tokens, with a learned bias for each relative
 * position: [B, H, W, C] → [B, H, W, C]. Where the window does not divide the picture, zeros are added at the bottom
 * and on the right before the shift, as Swin's code for detection does.
 */
public final class WindowAttention implements Branch {
    private final Parameter table;
    private final Linear qkv;
    private final Linear proj;
    private final int window;
    private final int shift;

    /** Makes {@code relative_position_bias_table} [(2·window − 1)², heads], {@code qkv} and {@code proj}. */
    public WindowAttention(Parameters parameters, int channels, int heads, int window, int shift) {
        int side = 2 * window - 1;
        table = parameters.make("relative_position_bias_table", Initial.TRANSFORMER, side * side, heads);
        qkv = new Linear(parameters.at("qkv"), channels, 3 * channels, true);
        proj = new Linear(parameters.at("proj"), channels, channels, true);
        this.window = window;
        this.shift = shift;
    }

    @Override
    public <T extends TensorOps<T>> T forward(T x, T residual, Pass<T> pass) {
        Shape s = x.spec().shape();
        int bottom = (window - s.dim(1) % window) % window;
        int right = (window - s.dim(2) % window) % window;
        boolean padded = bottom + right > 0;
        T whole = padded ? x.pad(new int[4], new int[] {0, bottom, right, 0}) : x;
        T y = qkv.forward(whole, pass).windowAttention(pass.of(table), window, shift);
        return proj.forward(padded ? y.slice(1, 0, s.dim(1)).slice(2, 0, s.dim(2)) : y, residual, pass);
    }
}
