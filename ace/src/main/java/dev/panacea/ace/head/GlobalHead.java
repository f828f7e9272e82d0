package dev.panacea.ace.head;

import dev.panacea.nn.Initial;
import dev.panacea.nn.Parameter;
import dev.panacea.nn.Parameters;
import dev.panacea.nn.Pass;
import dev.panacea.nn.layer.Layer;
import dev.panacea.nn.layer.Linear;
import dev.panacea.tensor.TensorOps;

/**
 * From an embedding pooled over the overlap to the logits of Eq. 1: three linear layers with GELU between, length 1,
 * and a linear layer whose weights are directions, {@code w = g · v / |v|}. [B, K] → [B, outputs].
 *
 * <p>The paper takes the softmax of the pooled embedding itself; the released code has this head, which is DINO's. As
 * there, {@code g} stays at 1, and the last layer is frozen in the first epoch. The recipe {@code paper} has none.
 */
public final class GlobalHead implements Layer {
    private final Linear[] mlp = new Linear[3];
    private final Parameter length;
    private final Parameter direction;

    /**
     * Makes {@code mlp.0}, {@code mlp.2}, {@code mlp.4}, {@code last_layer.weight_g} (a buffer, ones) and
     * {@code last_layer.weight_v}.
     */
    public GlobalHead(Parameters parameters, int channels, GlobalHeadConfig config) {
        Parameters layers = parameters.at("mlp");
        mlp[0] = new Linear(layers.at(0), channels, config.hidden(), true);
        mlp[1] = new Linear(layers.at(2), config.hidden(), config.hidden(), true);
        mlp[2] = new Linear(layers.at(4), config.hidden(), config.bottleneck(), true);
        Parameters last = parameters.at("last_layer");
        length = last.buffer("weight_g", Initial.ONES, config.outputs(), 1);
        direction = last.make("weight_v", Initial.uniform(config.bottleneck()), config.outputs(), config.bottleneck());
    }

    /** The weights that are frozen at first. */
    public Parameter lastLayer() {
        return direction;
    }

    @Override
    public <T extends TensorOps<T>> T forward(T pooled, Pass<T> pass) {
        T x = mlp[0].forward(pooled, pass).gelu();
        x = mlp[2].forward(mlp[1].forward(x, pass).gelu(), pass).l2Normalize(-1, 1e-12); // [B, bottleneck]
        return x.linear(pass.of(direction).l2Normalize(1, 1e-12).mul(pass.of(length)), null);
    }
}
