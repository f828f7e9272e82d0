package dev.panacea.nn.optim;

import dev.panacea.nn.ConfigException;
import dev.panacea.nn.Parameter;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.op.Blend;
import java.util.ArrayList;
import java.util.List;
import java.util.SequencedCollection;

/**
 * A model whose parameters are the exponential moving average of another's, such as a teacher that follows its student.
 * Buffers follow as well. One pass over memory for each call.
 */
public final class Ema {
    private final List<Tensor> inputs = new ArrayList<>();
    private final List<Tensor> outputs = new ArrayList<>();

    /**
     * Pairs the parameters of two models of one form, by their order.
     *
     * @throws ConfigException if paths or shapes differ
     */
    public Ema(SequencedCollection<Parameter> follower, SequencedCollection<Parameter> leader) {
        List<Parameter> to = List.copyOf(follower);
        List<Parameter> from = List.copyOf(leader);
        if (to.size() != from.size() || to.isEmpty()) {
            throw new ConfigException("ema: follower has " + to.size() + " parameters, leader " + from.size()
                    + " (need two models of one configuration)");
        }
        for (int k = 0; k < to.size(); k++) {
            if (!to.get(k).path().equals(from.get(k).path())
                    || !to.get(k).value().spec().equals(from.get(k).value().spec())) {
                throw new ConfigException("ema: parameters differ: " + to.get(k) + " and " + from.get(k)
                        + " (need two models of one configuration)");
            }
            inputs.add(to.get(k).value());
            inputs.add(from.get(k).value());
            outputs.add(to.get(k).value());
        }
    }

    /**
     * Follower becomes {@code momentum · follower + (1 - momentum) · leader}; a momentum of 0 copies.
     *
     * @throws ConfigException if {@code momentum} is not in 0..1
     */
    public void follow(double momentum) {
        if (!(momentum >= 0 && momentum <= 1)) {
            throw new ConfigException("ema: momentum out of range: " + momentum + " (need 0..1)");
        }
        Tensor.into(Blend.average(momentum), inputs, outputs);
    }
}
