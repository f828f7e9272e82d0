package dev.panacea.nn.explain;

import dev.panacea.autograd.Tape;
import dev.panacea.autograd.Variable;
import dev.panacea.nn.Pass;
import dev.panacea.nn.model.Backbone;
import dev.panacea.nn.model.Classifier;
import dev.panacea.nn.model.SwinConfig;
import dev.panacea.nn.model.VitConfig;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.Tensor;
import java.util.function.Function;

/**
 * Grad-CAM (Selvaraju et al. 2017): which places speak for a score. Of an activation A [h, w, K] the channels are
 * weighed by the mean of the score's gradient over all places, and what is positive of the sum is the map:
 * {@code max(0, Σ_k A_k · mean ∂score / ∂A_k)}.
 *
 * <p>The paper takes the last convolution. Here A is what goes into the last block: of what comes out of it the class
 * token of a Vision Transformer has all the gradient, and the patches none.
 */
public final class GradCam {
    /** What is explained: one number for each picture. */
    @FunctionalInterface
    public interface Score {
        /** Pictures [B, C, H, W] → scores [B], through the backbone that is explained. */
        Variable of(Variable pictures, Pass<Variable> pass);
    }

    private GradCam() {}

    /** The logit of a class. */
    public static Score ofClass(Classifier classifier, int index) {
        return (pictures, pass) -> classifier.forward(pictures, pass).select(1, index);
    }

    /** Half the squared length of the pooled embedding, so that its gradient is the embedding itself. */
    public static Score ofEmbedding(Backbone backbone) {
        return (pictures, pass) -> {
            Variable pooled = backbone.pooled(pictures, pass);
            return pooled.mul(pooled).sum(false, 1).affine(0.5, 0);
        };
    }

    /**
     * The map of each picture, as large as the grid of tokens in the last block, [B, h, w].
     *
     * @param pictures [B, C, H, W]
     * @param score through that backbone
     */
    public static Tensor map(Backbone backbone, Tensor pictures, Score score) {
        int last = switch (backbone.config()) {
            case VitConfig vit -> vit.depth();
            case SwinConfig swin -> swin.depths().stream().mapToInt(depth -> depth + 1).sum() - 1;
        };
        try (MemoryScope scope = MemoryScope.open("Grad-CAM"); Tape tape = new Tape()) {
            LeafPass pass = new LeafPass(tape, last);
            Variable scores = score.of(tape.constant(pictures), pass);
            Tensor activation = pass.leaf().value();
            Tensor gradient = tape.backward(scores.sum(false)).of(pass.leaf());
            if (activation.shape().rank() == 3) { // a class token and a sequence of patches
                activation = patches(activation, pictures, backbone.stride());
                gradient = patches(gradient, pictures, backbone.stride());
            }
            return scope.keep(weighed(activation, gradient));
        }
    }

    private static Tensor patches(Tensor sequence, Tensor pictures, int stride) {
        return sequence.slice(1, 1, sequence.dim(1))
                .reshape(sequence.dim(0), pictures.dim(2) / stride, pictures.dim(3) / stride, sequence.dim(2));
    }

    /**
     * The map of an activation by any score of it.
     *
     * @param activation [B, h, w, K]
     * @param score [B, h, w, K] → [B]
     * @return [B, h, w]
     */
    public static Tensor of(Tensor activation, Function<Variable, Variable> score) {
        try (MemoryScope scope = MemoryScope.open("Grad-CAM"); Tape tape = new Tape()) {
            Variable leaf = tape.variable(activation);
            return scope.keep(weighed(activation, tape.backward(score.apply(leaf).sum(false)).of(leaf)));
        }
    }

    private static Tensor weighed(Tensor activation, Tensor gradient) {
        return activation.mul(gradient.mean(true, 1, 2)).sum(false, 3).relu();
    }
}
