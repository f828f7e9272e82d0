package dev.panacea.ace.loss;

import dev.panacea.nn.ConfigException;
import dev.panacea.tensor.TensorOps;

/**
 * {@code L = λ1·L_global + λ2·L_comp + λ3·L_decomp} (Eq. 8). A weight of 0 leaves the part out, and the heads that only
 * it needs are not made: the ablations of the paper are made so.
 *
 * @param global λ1
 * @param composition λ2
 * @param decomposition λ3
 */
public record TotalLoss(double global, double composition, double decomposition) {
    /**
     * Checks the weights.
     *
     * @throws ConfigException if one is negative or not finite, or all are 0
     */
    public TotalLoss {
        double sum = global + composition + decomposition;
        if (!(global >= 0 && composition >= 0 && decomposition >= 0 && sum > 0 && sum < Double.POSITIVE_INFINITY)) {
            throw new ConfigException("total loss: weights " + global + ", " + composition + ", " + decomposition
                    + " (need finite, 0 or more, one above 0)");
        }
    }

    /** The sum of the parts, scalars; null for those of weight 0. */
    public <T extends TensorOps<T>> T of(T globalLoss, T compositionLoss, T decompositionLoss) {
        T total = add(null, global, globalLoss);
        total = add(total, composition, compositionLoss);
        return add(total, decomposition, decompositionLoss);
    }

    private static <T extends TensorOps<T>> T add(T sum, double weight, T part) {
        if (weight == 0) {
            return sum;
        }
        T weighted = part.affine(weight, 0);
        return sum == null ? weighted : sum.add(weighted);
    }
}
