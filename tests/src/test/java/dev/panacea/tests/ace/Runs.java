package dev.panacea.tests.ace;

import dev.panacea.ace.train.Batch;
import dev.panacea.ace.train.PretrainConfig;
import dev.panacea.ace.train.PretrainStep;
import dev.panacea.ace.train.Recipe;
import dev.panacea.ace.train.StepReport;
import dev.panacea.ace.train.Views;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.RandomSource;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Small runs of pretraining on pictures of random discs. */
public final class Runs {
    static final int PICTURES = 12;
    static final int SIDE = 112;

    private Runs() {}

    /** A recipe with a nano model on pictures of 112 pixels: 36 tokens, 9 composed, 144 decomposed. */
    public static PretrainConfig config(Recipe recipe, String model) {
        return recipe.config().with(Map.ofEntries(
                Map.entry("model.name", model), Map.entry("model.window", "6"), Map.entry("augment.channels", "1"),
                Map.entry("grid.imagePixels", Integer.toString(SIDE)), Map.entry("grid.cellPixels", "8"),
                Map.entry("grid.viewCells", "6"), Map.entry("globalHead.hidden", "64"),
                Map.entry("globalHead.bottleneck", "32"), Map.entry("globalHead.outputs", "128"),
                Map.entry("optimizer.batch", "4"), Map.entry("optimizer.epochs", "20"),
                Map.entry("optimizer.rate", "0.05")));
    }

    /** Discs of random place, size and grey, the same for each number. */
    static Tensor picture(int number) {
        RandomSource random = RandomSource.of(77).child(number);
        float[] grey = new float[SIDE * SIDE];
        for (int disc = 0; disc < 40; disc++) {
            RandomSource own = random.child(disc);
            double y = SIDE * own.uniform(0);
            double x = SIDE * own.uniform(1);
            double radius = 3 + 12 * own.uniform(2);
            for (int i = 0; i < grey.length; i++) {
                if (Math.hypot(i / SIDE - y, i % SIDE - x) < radius) {
                    grey[i] = (float) own.uniform(3);
                }
            }
        }
        return Tensor.of(Shape.of(SIDE, SIDE), grey);
    }

    /** The batch of a step: four pictures in turn. */
    public static Batch batch(PretrainConfig config, long step, List<Tensor> pictures) {
        List<Views> views = new ArrayList<>();
        int size = config.optimizer().batch();
        for (int k = 0; k < size; k++) {
            long number = step * size + k;
            int sample = (int) (number % pictures.size());
            views.add(Views.of(pictures.get(sample), config, number / pictures.size(), sample)
                    .named("picture " + sample));
        }
        return Batch.of(views);
    }

    public static List<Tensor> pictures() {
        List<Tensor> pictures = new ArrayList<>();
        for (int number = 0; number < PICTURES; number++) {
            pictures.add(picture(number));
        }
        return pictures;
    }

    /** Runs steps from where the training stands. */
    static List<StepReport> run(PretrainStep training, int steps) {
        List<Tensor> pictures = pictures();
        List<StepReport> reports = new ArrayList<>();
        for (int k = 0; k < steps; k++) {
            try (MemoryScope _ = MemoryScope.open("run")) {
                reports.add(training.run(List.of(batch(training.config(), training.steps(), pictures))));
            }
        }
        return reports;
    }
}
