package dev.panacea.ace.loss;

import dev.panacea.nn.Initial;
import dev.panacea.nn.Parameter;
import dev.panacea.nn.Parameters;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import dev.panacea.tensor.op.Blend;
import java.util.List;

/**
 * Global consistency (Eq. 1): {@code L = CE(P_t, P_s) = −Σ P_t · ln P_s} with {@code P_s = softmax(y_s / τs)} and
 * {@code P_t = softmax((y_t − c) / τt)}, averaged over the batch. Each view's student learns the other view's teacher;
 * without symmetry only C1's student learns C2's teacher. The centre c follows the mean of the teacher's logits of both
 * views.
 */
public final class GlobalLoss {
    private final GlobalConfig config;
    private final Parameter centre;

    /** Makes the buffer {@code centre} [1, outputs], zeros. */
    public GlobalLoss(Parameters parameters, GlobalConfig config, int outputs) {
        this.config = config;
        centre = parameters.buffer("centre", Initial.ZEROS, 1, outputs);
    }

    /** The centre c, [1, outputs], which {@link #follow} changes. */
    public Parameter centre() {
        return centre;
    }

    /** The teacher's probabilities P_t of its logits [B, outputs]. */
    public Tensor probabilities(Tensor logits) {
        Tensor centred = config.centering() ? logits.sub(centre.value()) : logits;
        return centred.affine(1 / config.teacherTemperature(), 0).softmax(-1);
    }

    /** The loss of the student's logits [B, outputs] of C1 and C2 and the teacher's probabilities of both: a scalar. */
    public <T extends TensorOps<T>> T loss(T student1, T student2, Tensor teacher1, Tensor teacher2) {
        T one = crossEntropy(student1, teacher2);
        return config.symmetric() ? one.add(crossEntropy(student2, teacher1)).affine(0.5, 0) : one;
    }

    private <T extends TensorOps<T>> T crossEntropy(T student, Tensor teacher) {
        return student.affine(1 / config.studentTemperature(), 0).crossEntropy(student.lift(teacher));
    }

    /** Lets the centre follow the teacher's logits [B, outputs] of both views; after the loss, once a step. */
    public void follow(Tensor logits1, Tensor logits2) {
        if (config.centering()) {
            Tensor mean = TensorOps.concat(0, List.of(logits1, logits2)).mean(true, 0);
            Tensor.into(Blend.average(config.centreMomentum()), List.of(centre.value(), mean), List.of(centre.value()));
        }
    }

    /** Mean entropy of probabilities [B, outputs] in nats: near ln outputs, or near 0, the teacher has collapsed. */
    public static Tensor entropy(Tensor probabilities) {
        return probabilities.mul(probabilities.clamp(1e-30, 1).log()).sum(false, -1).mean(false).neg();
    }
}
