package dev.panacea.nn.optim;

import dev.panacea.nn.ConfigException;
import dev.panacea.nn.Parameter;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.op.Blend;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Adds up the gradients of several small batches, for a step as if of one large batch. The sums belong to the memory
 * scope in which this was made, and are written over and over.
 *
 * <pre>{@code
 * for (Batch batch : batches) {
 *     sum.add(gradientsOf(batch), 1.0 / batches.size());
 * }
 * optimizer.step(sum.take(), rate, decay, clipping);
 * }</pre>
 */
public final class GradientSum {
    private final List<Parameter> parameters;
    private final List<Tensor> inputs = new ArrayList<>();
    private final List<Tensor> sums = new ArrayList<>();
    private final Map<Parameter, Tensor> byParameter = new IdentityHashMap<>();
    private int batches;

    /** Sums for these parameters. */
    public GradientSum(List<Parameter> parameters) {
        this.parameters = List.copyOf(parameters);
        for (Parameter parameter : parameters) {
            Tensor sum = Tensor.zeros(parameter.value().type(), parameter.shape().dims());
            inputs.add(sum);
            inputs.add(null);
            sums.add(sum);
            byParameter.put(parameter, sum);
        }
    }

    /**
     * Adds the gradients of one batch, times a weight: one in the number of batches, for the mean.
     *
     * @throws ConfigException if a parameter has no gradient
     */
    public void add(Function<Parameter, Tensor> gradient, double weight) {
        for (int k = 0; k < parameters.size(); k++) {
            Tensor taken = gradient.apply(parameters.get(k));
            if (taken == null) {
                throw new ConfigException("gradient sum: no gradient for " + parameters.get(k).path()
                        + " (leave frozen parameters out)");
            }
            inputs.set(2 * k + 1, taken);
        }
        Tensor.into(new Blend(batches == 0 ? 0 : 1, weight), inputs, sums);
        batches++;
        for (int k = 0; k < parameters.size(); k++) {
            inputs.set(2 * k + 1, null);
        }
    }

    /**
     * The sums so far, valid until the next {@link #add}, which begins anew.
     *
     * @throws ConfigException if nothing was added
     */
    public Function<Parameter, Tensor> take() {
        if (batches == 0) {
            throw new ConfigException("gradient sum: nothing to take: 0 batches (add one or more)");
        }
        batches = 0;
        return byParameter::get;
    }
}
