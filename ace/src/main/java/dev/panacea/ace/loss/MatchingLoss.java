package dev.panacea.ace.loss;

import dev.panacea.tensor.ElementType;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;

/**
 * Local consistency (Eq. 3, 5 and 7): the matching matrix {@code M = sigmoid(scale · t · sᵀ)} of the teacher's N tokens
 * t and the student's M composed or decomposed tokens s, against the target T.
 *
 * <p>{@code L = mean over all N·M entries of w · BCE(M, T)} with {@code w = α·T + (1 − α)·(1 − T)}, from the logits:
 * never the logarithm of a sigmoid. The paper says "α CE(M, T), α balances positive and negative samples", which we
 * read so; Algorithm 1, {@code −Σ_j T·ln M} averaged over i, has no negatives and is least where M is 1 everywhere.
 * It is kept as {@code positivesOnly}. Eq. 7's T_comp means T_decomp, and Algorithm 1's second call means the tokens s2
 * and t1. The scale and the length 1 of the teacher's tokens are the recipe's choice; Eq. 3 has the plain product.
 *
 * @param config the choices
 */
public record MatchingLoss(MatchingConfig config) {
    /** The logits of M: student [B, M, K] and teacher [B, N, K] → [B, N, M]. */
    public <T extends TensorOps<T>> T logits(T student, Tensor teacher) {
        Tensor t = config.normalised() ? teacher.l2Normalize(-1, 1e-12) : teacher;
        return student.lift(t.affine(config.scale(), 0)).matmul(student.transpose(1, 2));
    }

    /** The loss of logits [B, N, M] and their target: a scalar. */
    public <T extends TensorOps<T>> T loss(T logits, Tensor target) {
        if (config.positivesOnly()) { // BCE with 1 is -ln M; the mean over j becomes the sum
            Tensor ones = Tensor.ones(target.shape().dims());
            return logits.bceWithLogits(logits.lift(ones), logits.lift(target)).affine(target.dim(2), 0);
        }
        Tensor weights = target.affine(2 * config.alpha() - 1, 1 - config.alpha());
        return logits.bceWithLogits(logits.lift(target), logits.lift(weights));
    }

    /**
     * The share of teacher tokens with a partner for which the largest entry of their row of M is the partner's.
     *
     * @param logits [B, N, M]
     * @param partners [B, N], see {@link MatchingTarget#partners}
     */
    public static Tensor accuracy(Tensor logits, Tensor partners) {
        Tensor right = logits.argmax(false, 2).cast(ElementType.F32).eq(partners).cast(ElementType.F32).sum(false);
        Tensor all = partners.ge(Tensor.scalar(0)).cast(ElementType.F32).sum(false);
        return right.div(all);
    }
}
