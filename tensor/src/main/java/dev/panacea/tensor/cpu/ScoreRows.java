package dev.panacea.tensor.cpu;

import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.MAX;
import static jdk.incubator.vector.VectorOperators.NE;

import dev.panacea.tensor.memory.Memory;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The softmax of attention on a block of score rows in scratch, padded to whole vectors: an added term of −∞ in the
 * padding makes its probabilities zero, so no loop has a tail.
 */
final class ScoreRows {
    private static final VectorSpecies<Float> S = PanelProduct.S;
    private static final int LANES = PanelProduct.LANES;
    private static final ElementwiseTask LOG_SUM_EXP = LoopCopy.binary((sum, max, p, q) -> VectorMath.log(sum).add(max));

    private ScoreRows() {}

    /**
     * Replaces scores by exp(score + added − max) of their row, and leaves each row's max and sum. A row of −∞ alone
     * becomes zeros, with max −∞ and sum 0. Row i of {@code added} starts at {@code i · addedRow}.
     */
    static void exponentials(float[] scores, int rows, int width, float[] added, int addedAt, int addedRow, float[] max,
            float[] sum) {
        for (int row = 0; row < rows; row++) {
            int at = row * width;
            int plus = addedAt + row * addedRow;
            FloatVector most = FloatVector.broadcast(S, Float.NEGATIVE_INFINITY);
            for (int j = 0; j < width; j += LANES) {
                FloatVector s = FloatVector.fromArray(S, scores, at + j).add(FloatVector.fromArray(S, added, plus + j));
                s.intoArray(scores, at + j);
                most = most.max(s);
            }
            float top = most.reduceLanes(MAX);
            float shift = top == Float.NEGATIVE_INFINITY ? 0 : top;
            FloatVector total = FloatVector.zero(S);
            for (int j = 0; j < width; j += LANES) {
                FloatVector e = VectorMath.expNonPositive(FloatVector.fromArray(S, scores, at + j).sub(shift));
                e.intoArray(scores, at + j);
                total = total.add(e);
            }
            max[row] = top;
            sum[row] = VectorMath.sum(total);
        }
    }

    /**
     * From max and sum of each row: its log-sum-exp in place of the max, and 1 / sum (0 for an empty row). {@code rows}
     * is a multiple of the vector length, and {@code buffer} the address of 8 bytes for each.
     */
    static void normalisers(float[] max, float[] sum, int rows, long buffer) {
        long maxima = buffer + 4L * rows;
        for (int row = 0; row < rows; row += LANES) {
            FloatVector.fromArray(S, sum, row).intoMemorySegment(Memory.ALL, buffer + 4L * row, Memory.ORDER);
            FloatVector.fromArray(S, max, row).intoMemorySegment(Memory.ALL, maxima + 4L * row, Memory.ORDER);
        }
        LOG_SUM_EXP.over(buffer, maxima, buffer, rows);
        for (int row = 0; row < rows; row += LANES) {
            FloatVector s = FloatVector.fromArray(S, sum, row);
            FloatVector.broadcast(S, 1).div(s).blend(0f, s.compare(EQ, 0f)).intoArray(sum, row);
            FloatVector.fromMemorySegment(S, Memory.ALL, buffer + 4L * row, Memory.ORDER).intoArray(max, row);
        }
    }

    /**
     * Replaces scores by probabilities P = exp(score + added − logSumExp), and the gradients of probabilities dP by
     * those of scores, P ∘ (dP − Σ P ∘ dP). A row whose log-sum-exp is −∞ has no keys: all zeros.
     */
    static void gradients(float[] scores, float[] gradients, int rows, int width, float[] added, int addedAt,
            int addedRow, float[] logSumExp) {
        for (int row = 0; row < rows; row++) {
            int at = row * width;
            int plus = addedAt + row * addedRow;
            float shift = logSumExp[row] == Float.NEGATIVE_INFINITY ? Float.POSITIVE_INFINITY : logSumExp[row];
            FloatVector total = FloatVector.zero(S);
            for (int j = 0; j < width; j += LANES) {
                FloatVector s = FloatVector.fromArray(S, scores, at + j).add(FloatVector.fromArray(S, added, plus + j));
                FloatVector p = VectorMath.expNonPositive(s.sub(shift));
                p.intoArray(scores, at + j);
                total = p.fma(FloatVector.fromArray(S, gradients, at + j), total);
            }
            float mean = VectorMath.sum(total);
            for (int j = 0; j < width; j += LANES) {
                FloatVector p = FloatVector.fromArray(S, scores, at + j);
                p.mul(FloatVector.fromArray(S, gradients, at + j).sub(mean)).intoArray(gradients, at + j);
            }
        }
    }

    /** Adds {@code term} to each score whose query (row {@code first}..) and key belong to different regions. */
    static void separate(float[] scores, int rows, int width, float[] region, int first, float term) {
        for (int row = 0; row < rows; row++) {
            int at = row * width;
            float own = region[first + row];
            for (int j = 0; j < width; j += LANES) {
                FloatVector s = FloatVector.fromArray(S, scores, at + j);
                s.blend(s.add(term), FloatVector.fromArray(S, region, j).compare(NE, own)).intoArray(scores, at + j);
            }
        }
    }

    /** {@code to[toAt + i] += from[fromAt + i]} for {@code width} elements, a multiple of the vector length. */
    static void add(float[] from, int fromAt, float[] to, int toAt, int width) {
        for (int j = 0; j < width; j += LANES) {
            FloatVector.fromArray(S, to, toAt + j).add(FloatVector.fromArray(S, from, fromAt + j))
                    .intoArray(to, toAt + j);
        }
    }

    /** Sum of {@code width} elements, a multiple of the vector length, in a fixed order. */
    static float sum(float[] from, int fromAt, int width) {
        FloatVector total = FloatVector.zero(S);
        for (int j = 0; j < width; j += LANES) {
            total = total.add(FloatVector.fromArray(S, from, fromAt + j));
        }
        return VectorMath.sum(total);
    }
}
