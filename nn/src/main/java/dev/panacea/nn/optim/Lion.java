package dev.panacea.nn.optim;

import dev.panacea.tensor.op.Op;
import java.util.List;

/** Lion (Chen et al. 2023): steps of one size in the direction of the signs of the smoothed gradient. */
public final class Lion extends Optimizer {
    private final double beta1;
    private final double beta2;

    /** With the usual 0.9 and 0.99. */
    public Lion(List<ParameterGroup> groups) {
        this(groups, 0.9, 0.99);
    }

    /**
     * With a moment m of each parameter.
     *
     * @param beta1 how much of m is in the direction of a step
     * @param beta2 how much of m stays in a step
     */
    public Lion(List<ParameterGroup> groups, double beta1, double beta2) {
        super(groups, "m");
        this.beta1 = beta1;
        this.beta2 = beta2;
    }

    @Override
    Op update(double rate, double decay, long step) {
        return new dev.panacea.tensor.op.Lion(rate, beta1, beta2, decay);
    }
}
