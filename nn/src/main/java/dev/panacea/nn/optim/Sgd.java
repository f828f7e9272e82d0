package dev.panacea.nn.optim;

import dev.panacea.tensor.op.Op;
import java.util.List;

/** Gradient descent with momentum, as PyTorch computes it: weight decay is part of the gradient. */
public final class Sgd extends Optimizer {
    private final double momentum;
    private final boolean nesterov;

    /**
     * With a velocity m of each parameter.
     *
     * @param momentum how much of the velocity stays in a step
     * @param nesterov whether a step looks ahead along the new velocity
     */
    public Sgd(List<ParameterGroup> groups, double momentum, boolean nesterov) {
        super(groups, "m");
        this.momentum = momentum;
        this.nesterov = nesterov;
    }

    @Override
    Op update(double rate, double decay, long step) {
        return new dev.panacea.tensor.op.Sgd(rate, momentum, decay, nesterov);
    }
}
