package dev.panacea.nn.optim;

import dev.panacea.tensor.op.Op;
import java.util.List;

/** Adam with decoupled weight decay (Loshchilov and Hutter 2019), as PyTorch computes it. */
public final class AdamW extends Optimizer {
    private final double beta1;
    private final double beta2;
    private final double epsilon;

    /** With the usual 0.9, 0.999 and 1e-8. */
    public AdamW(List<ParameterGroup> groups) {
        this(groups, 0.9, 0.999, 1e-8);
    }

    /**
     * With moments m and v of each parameter.
     *
     * @param beta1 how much of m stays in a step
     * @param beta2 how much of v stays in a step
     * @param epsilon added to the root of v
     */
    public AdamW(List<ParameterGroup> groups, double beta1, double beta2, double epsilon) {
        super(groups, "m", "v");
        this.beta1 = beta1;
        this.beta2 = beta2;
        this.epsilon = epsilon;
    }

    @Override
    Op update(double rate, double decay, long step) {
        return new dev.panacea.tensor.op.AdamW(rate, beta1, beta2, epsilon, decay, step);
    }
}
