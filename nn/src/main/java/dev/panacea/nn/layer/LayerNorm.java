package dev.panacea.nn.layer;

import dev.panacea.nn.Initial;
import dev.panacea.nn.Parameter;
import dev.panacea.nn.Parameters;
import dev.panacea.nn.Pass;
import dev.panacea.tensor.TensorOps;

/** {@code y = (x − mean) / √(variance + ε) · γ + β} over the last axis. */
public final class LayerNorm implements Layer {
    private final Parameter weight;
    private final Parameter bias;
    private final double epsilon;

    /** Makes {@code weight} (ones) and {@code bias} (zeros), both [channels]. */
    public LayerNorm(Parameters parameters, int channels, double epsilon) {
        weight = parameters.make("weight", Initial.ONES, channels);
        bias = parameters.make("bias", Initial.ZEROS, channels);
        this.epsilon = epsilon;
    }

    @Override
    public <T extends TensorOps<T>> T forward(T x, Pass<T> pass) {
        return x.layerNorm(pass.of(weight), pass.of(bias), epsilon);
    }
}
