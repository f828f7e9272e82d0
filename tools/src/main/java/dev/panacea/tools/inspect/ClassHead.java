package dev.panacea.tools.inspect;

import dev.panacea.nn.explain.GradCam;
import dev.panacea.nn.model.Backbone;
import dev.panacea.nn.weight.StoredWeight;
import dev.panacea.nn.weight.WeightFile;
import dev.panacea.tensor.DataException;
import dev.panacea.tensor.Tensor;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The linear layer of a classifier, as a file of weights has it.
 *
 * @param weight [classes, K]
 * @param bias [classes]
 */
record ClassHead(Tensor weight, Tensor bias) {
    private static final int SHOWN = 3;

    /** The layer named {@code head} of a file, if it has one that reads K channels. */
    static Optional<ClassHead> in(Path file, int channels) {
        try (WeightFile weights = WeightFile.open(file)) {
            return weights.weights().values().stream().filter(weight -> isHead(weight, channels)).findFirst()
                    .map(StoredWeight::name).flatMap(name -> {
                        String bias = name.substring(0, name.length() - "weight".length()) + "bias";
                        return weights.weights().containsKey(bias)
                                ? Optional.of(new ClassHead(weights.load(name), weights.load(bias))) : Optional.empty();
                    });
        }
    }

    private static boolean isHead(StoredWeight weight, int channels) {
        return (weight.name().equals("head.weight") || weight.name().endsWith(".head.weight"))
                && weight.shape().size() == 2 && weight.shape().get(1) == channels;
    }

    /** Those that are asked for, or else the ones with the largest logits. */
    List<Integer> shown(Tensor pooled, int[] asked) {
        int count = weight.dim(0);
        for (int index : asked) {
            if (index < 0 || index >= count) {
                throw new DataException("inspect: class " + index + ": the classifier has " + count + " (need 0.."
                        + (count - 1) + ")");
            }
        }
        double[] logits = pooled.linear(weight, bias).toDoubles();
        return asked.length > 0 ? IntStream.of(asked).boxed().toList() : IntStream.range(0, count).boxed()
                .sorted(Comparator.comparingDouble(index -> -logits[index])).limit(SHOWN).toList();
    }

    String caption(int index) {
        return String.format(Locale.ROOT, "class %d", index);
    }

    /** The logit of a class. */
    GradCam.Score score(Backbone backbone, int index) {
        return (pictures, pass) -> backbone.pooled(pictures, pass).linear(pictures.lift(weight), pictures.lift(bias))
                .select(1, index);
    }
}
