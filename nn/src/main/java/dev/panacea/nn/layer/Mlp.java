package dev.panacea.nn.layer;

import dev.panacea.nn.Initial;
import dev.panacea.nn.Parameter;
import dev.panacea.nn.Parameters;
import dev.panacea.nn.Pass;
import dev.panacea.tensor.TensorOps;

/** Two linear layers with exact GELU between: [.., channels] → [.., channels]. */
public final class Mlp implements Branch {
    private final Parameter weight1;
    private final Parameter bias1;
    private final Linear fc2;

    /** Makes {@code fc1} to {@code hidden} channels and {@code fc2} back. */
    public Mlp(Parameters parameters, int channels, int hidden) {
        Parameters fc1 = parameters.at("fc1");
        weight1 = fc1.linear("weight", hidden, channels);
        bias1 = fc1.make("bias", Initial.ZEROS, hidden);
        fc2 = new Linear(parameters.at("fc2"), hidden, channels, true);
    }

    @Override
    public <T extends TensorOps<T>> T forward(T x, T residual, Pass<T> pass) {
        return fc2.forward(x.linearGelu(pass.of(weight1), pass.of(bias1)), residual, pass);
    }
}
