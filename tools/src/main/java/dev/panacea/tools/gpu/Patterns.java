package dev.panacea.tools.gpu;

import dev.panacea.ace.augment.Plane;
import dev.panacea.ace.train.Batch;
import dev.panacea.ace.train.PretrainConfig;
import dev.panacea.ace.train.Views;
import dev.panacea.tensor.RandomSource;
import dev.panacea.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** Pictures of crossing waves: something to train on for which no file is needed. */
final class Patterns {
    private static final int WAVES = 5;

    private Patterns() {}

    /** As many pictures as a batch has, the same for the same step. */
    static Batch batch(PretrainConfig config, long step) {
        List<Views> views = new ArrayList<>();
        for (int k = 0; k < config.optimizer().batch(); k++) {
            long number = step * config.optimizer().batch() + k;
            views.add(Views.of(picture(config.grid().imagePixels(), number), config, 0, number));
        }
        return Batch.of(views);
    }

    private static Tensor picture(int side, long number) {
        RandomSource random = RandomSource.of(number);
        float[] grey = new float[side * side];
        for (int wave = 0; wave < WAVES; wave++) {
            RandomSource own = random.child(wave);
            double down = 60 * (own.uniform(0) - 0.5) / side;
            double right = 60 * (own.uniform(1) - 0.5) / side;
            double phase = 6 * own.uniform(2);
            for (int i = 0; i < grey.length; i++) {
                grey[i] += (float) ((0.5 + 0.5 * Math.sin(i / side * down + i % side * right + phase)) / WAVES);
            }
        }
        return new Plane(side, side, grey).tensor(1).squeeze(0);
    }
}
