package dev.panacea.nn.layer;

import dev.panacea.nn.Initial;
import dev.panacea.nn.Parameter;
import dev.panacea.nn.Parameters;
import dev.panacea.nn.Pass;
import dev.panacea.tensor.TensorOps;

/** {@code y = x·Wᵀ + b} on the last axis: [.., in] → [.., out]. */
public final class Linear implements Branch {
    private final Parameter weight;
    private final Parameter bias;

    /** Makes {@code weight} [out, in] and, where asked for, {@code bias} [out]. */
    public Linear(Parameters parameters, int in, int out, boolean biased) {
        weight = parameters.linear("weight", out, in);
        bias = biased ? parameters.make("bias", Initial.ZEROS, out) : null;
    }

    /** {@code y = x·Wᵀ}. */
    public <T extends TensorOps<T>> T withoutBias(T x, Pass<T> pass) {
        return x.linear(pass.of(weight), null);
    }

    @Override
    public <T extends TensorOps<T>> T forward(T x, T residual, Pass<T> pass) {
        T w = pass.of(weight);
        T b = bias == null ? null : pass.of(bias);
        return residual == null ? x.linear(w, b) : x.linearAdd(w, b, residual);
    }
}
