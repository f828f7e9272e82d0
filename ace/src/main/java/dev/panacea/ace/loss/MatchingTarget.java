package dev.panacea.ace.loss;

import dev.panacea.ace.crop.Correspondence;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.ShapeException;
import dev.panacea.tensor.Tensor;
import java.util.List;

/**
 * What the matching matrix should be (Eq. 4): {@code T[i, j] = exp(−(Δx² + Δy²) / (2σ²))} where student token j lies
 * within {@code (k − 1) / 2} rows and columns of the partner of teacher token i, else 0. Distances are in tokens.
 *
 * <p>The paper's condition for 0 reads "|Δx| <b>and</b> |Δy| > (k − 1) / 2", which is no k × k kernel; we take "or".
 * Where it is silent: a teacher token without partner has a row of zeros, which stays in the mean; the Gaussian is cut
 * off at the border of the student's view. The released code takes k = 5 for decomposition, the paper 3 for both.
 */
public final class MatchingTarget {
    private MatchingTarget() {}

    /**
     * The targets of a batch, [B, N teacher, M student].
     *
     * @throws ShapeException if the views differ in size, or there are none
     */
    public static Tensor of(List<Correspondence> batch, MatchingConfig config) {
        if (batch.isEmpty()) {
            throw new ShapeException("matching target: 0 pairs of crops (need 1 or more)");
        }
        int n = batch.getFirst().teacherSide() * batch.getFirst().teacherSide();
        int m = batch.getFirst().studentSide() * batch.getFirst().studentSide();
        float[] values = new float[Math.multiplyExact(batch.size(), Math.multiplyExact(n, m))];
        for (int sample = 0; sample < batch.size(); sample++) {
            Correspondence pairs = batch.get(sample);
            if (pairs.teacherSide() != batch.getFirst().teacherSide()
                    || pairs.studentSide() != batch.getFirst().studentSide()) {
                throw new ShapeException("matching target: views differ: " + batch.getFirst() + ", " + pairs
                        + " (need one grid)");
            }
            for (int i = 0; i < n; i++) {
                spread(pairs, i, config, values, (sample * n + i) * m);
            }
        }
        return Tensor.of(Shape.of(batch.size(), n, m), values);
    }

    /** Writes one row: the Gaussian around the partner of teacher token {@code i}. */
    private static void spread(Correspondence pairs, int i, MatchingConfig config, float[] values, int row) {
        int partner = pairs.partner(i);
        if (partner < 0) {
            return;
        }
        int side = pairs.studentSide();
        int reach = (config.kernel() - 1) / 2;
        int y = partner / side;
        int x = partner % side;
        for (int v = Math.max(0, y - reach); v <= Math.min(side - 1, y + reach); v++) {
            for (int u = Math.max(0, x - reach); u <= Math.min(side - 1, x + reach); u++) {
                int squares = (v - y) * (v - y) + (u - x) * (u - x);
                values[row + v * side + u] = (float) StrictMath.exp(-squares / (2 * config.sigma() * config.sigma()));
            }
        }
    }

    /** The partner of each teacher token, -1 where it has none, [B, N]: numbers to compare with, so F32. */
    public static Tensor partners(List<Correspondence> batch) {
        int n = batch.getFirst().teacherSide() * batch.getFirst().teacherSide();
        float[] partners = new float[batch.size() * n];
        for (int i = 0; i < partners.length; i++) {
            partners[i] = batch.get(i / n).partner(i % n);
        }
        return Tensor.of(Shape.of(batch.size(), n), partners);
    }
}
