package dev.panacea.tests.ace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.panacea.ace.augment.Plane;
import dev.panacea.ace.data.Picture;
import dev.panacea.ace.data.PictureFacts;
import dev.panacea.ace.run.BatchLoader;
import dev.panacea.ace.run.LoadLimits;
import dev.panacea.ace.run.PictureSource;
import dev.panacea.ace.train.Batch;
import dev.panacea.ace.train.PretrainConfig;
import dev.panacea.ace.train.Recipe;
import dev.panacea.ace.train.StepWatch;
import dev.panacea.ace.train.TrainingException;
import dev.panacea.ace.train.Views;
import dev.panacea.tensor.DataException;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which pictures a run sees when: each once in an epoch, the same whoever loads them and wherever a run goes on. */
class BatchLoaderTest {
    private static final LoadLimits TWO = new LoadLimits(2, 0);

    /** What a batch holds: names, where the crops lie, and all bytes of both views. */
    private record Seen(List<String> names, Object crops, int first, int second) {
        static Seen of(Batch batch) {
            return new Seen(batch.names(), batch.crops(), Arrays.hashCode(batch.first().toFloats()),
                    Arrays.hashCode(batch.second().toFloats()));
        }
    }

    private static PretrainConfig config(int batch, int accumulate) {
        return Runs.config(Recipe.PANACEA, "vit_nano").with(Map.of("optimizer.batch", Integer.toString(batch),
                "optimizer.accumulate", Integer.toString(accumulate)));
    }

    /** Pictures of discs; those of the numbers given cannot be read. */
    private static PictureSource pictures(int size, Integer... broken) {
        List<Tensor> pictures = Runs.pictures();
        return new PictureSource() {
            @Override
            public int size() {
                return size;
            }

            @Override
            public String name(int number) {
                return "picture " + number;
            }

            @Override
            public Picture picture(int number) {
                if (List.of(broken).contains(number)) {
                    throw new DataException("picture " + number + ": broken (draw it again)");
                }
                return new Picture(Runs.SIDE, Runs.SIDE, 1, pictures.get(number).toFloats(),
                        new PictureFacts("discs", 8, List.of()));
            }
        };
    }

    /** All batches of the steps from one to another, those of a step together. */
    private static List<List<Seen>> load(PictureSource source, PretrainConfig config, long from, long to,
            LoadLimits limits) {
        List<List<Seen>> steps = new ArrayList<>();
        try (BatchLoader loader = new BatchLoader(source, config, from, to, limits)) {
            for (long step = from; step < to; step++) {
                try (MemoryScope _ = MemoryScope.open("step")) {
                    steps.add(loader.next().stream().map(Seen::of).toList());
                }
            }
            assertThatThrownBy(loader::next).isInstanceOf(NoSuchElementException.class);
        }
        return steps;
    }

    private static List<String> names(List<List<Seen>> steps) {
        return steps.stream().flatMap(List::stream).flatMap(batch -> batch.names().stream()).toList();
    }

    @Test
    void anyNumberOfWorkersLoadsTheSame() {
        List<List<Seen>> one = load(pictures(10), config(3, 1), 0, 7, new LoadLimits(1, 0));
        for (int workers : new int[] {2, 3, 8}) {
            assertThat(load(pictures(10), config(3, 1), 0, 7, new LoadLimits(workers, 0))).isEqualTo(one);
        }
        assertThat(load(pictures(10), config(3, 1).with(Map.of("seed", "5")), 0, 7, TWO)).isNotEqualTo(one);
    }

    /** As lessons do it: the picture, what is kept of it, and its views. */
    @Test
    void viewsMadeByHandAreThoseOfTheBatch() {
        PictureSource large = large();
        PretrainConfig config = config(2, 1);
        try (MemoryScope _ = MemoryScope.open("hand");
                BatchLoader loader = new BatchLoader(large, config, 1, 2, TWO)) {
            Batch batch = loader.next().getFirst();
            for (int k = 0; k < 2; k++) {
                int number = Integer.parseInt(batch.names().get(k));
                Picture kept = BatchLoader.reduction(config).apply(large.picture(number));
                Views views = Views.of(new Plane(kept.height(), kept.width(), kept.values()).tensor(1).squeeze(0),
                        config, Views.random(config, 0, number), StepWatch.NONE);
                assertThat(views.crops()).isEqualTo(batch.crops().get(k));
                assertThat(views.first().toFloats()).isEqualTo(batch.first().select(0, k).toFloats());
                assertThat(views.second().toFloats()).isEqualTo(batch.second().select(0, k).toFloats());
            }
        }
    }

    /** Four pictures of more pixels than are needed. */
    private static PictureSource large() {
        return new PictureSource() {
            @Override
            public int size() {
                return 4;
            }

            @Override
            public String name(int number) {
                return Integer.toString(number);
            }

            @Override
            public Picture picture(int number) {
                float[] values = new float[700 * 500];
                for (int i = 0; i < values.length; i++) {
                    values[i] = (float) (0.5 + 0.5 * Math.sin(i * (number + 1) * 1e-3));
                }
                return new Picture(500, 700, 1, values, new PictureFacts("waves", 8, List.of()));
            }
        };
    }

    @Test
    void noPictureIsLostOrUsedTwiceInAnEpoch() {
        List<List<Seen>> steps = load(pictures(12), config(2, 2), 0, 12, TWO);
        Set<List<String>> orders = new HashSet<>();
        for (int epoch = 0; epoch < 4; epoch++) {
            List<String> names = names(steps.subList(3 * epoch, 3 * epoch + 3));
            assertThat(names).hasSize(12).doesNotHaveDuplicates();
            orders.add(names);
        }
        assertThat(orders).as("each epoch has an order of its own").hasSize(4);
        assertThat(steps.stream().flatMap(List::stream).map(Seen::first)).as("and other views").doesNotHaveDuplicates();
    }

    @Test
    void whatFillsNoBatchComesInOtherEpochs() {
        List<List<Seen>> steps = load(pictures(11), config(4, 1), 0, 16, TWO);
        for (int epoch = 0; epoch < 8; epoch++) {
            assertThat(names(steps.subList(2 * epoch, 2 * epoch + 2))).hasSize(8).doesNotHaveDuplicates();
        }
        assertThat(new HashSet<>(names(steps))).hasSize(11);
    }

    @Test
    void aStepOfMorePicturesThanThereAreSeesNoViewTwice() {
        List<List<Seen>> steps = load(pictures(3), config(4, 1), 0, 6, TWO);
        for (int epoch = 0; epoch < 8; epoch++) {
            assertThat(names(steps).subList(3 * epoch, 3 * epoch + 3)).doesNotHaveDuplicates();
        }
        List<List<Seen>> one = load(pictures(1), config(2, 1), 0, 3, TWO);
        assertThat(names(one)).containsOnly("picture 0");
        try (BatchLoader loader = new BatchLoader(pictures(1), config(2, 1), 0, 1, TWO);
                MemoryScope _ = MemoryScope.open("step")) {
            Tensor views = loader.next().getFirst().first();
            assertThat(views.select(0, 0).toFloats()).isNotEqualTo(views.select(0, 1).toFloats());
        }
    }

    @Test
    void aRunThatGoesOnSeesWhatItHasNotSeen() {
        List<List<Seen>> whole = load(pictures(12), config(2, 2), 0, 6, TWO);
        for (int step = 1; step < 6; step++) {
            assertThat(load(pictures(12), config(2, 2), step, 6, TWO)).as("from step %d", step)
                    .isEqualTo(whole.subList(step, 6));
        }
    }

    @Test
    void whatCannotBeReadIsNamedOnceAndCounted() {
        PretrainConfig config = config(4, 1);
        try (BatchLoader loader = new BatchLoader(pictures(12, 5, 7), config, 0, 9, new LoadLimits(3, 0.2))) {
            for (int epoch = 0; epoch < 3; epoch++) {
                Set<String> seen = new HashSet<>();
                for (int step = 0; step < 3; step++) {
                    try (MemoryScope _ = MemoryScope.open("step")) {
                        seen.addAll(loader.next().getFirst().names());
                    }
                }
                assertThat(seen).hasSize(10).doesNotContain("picture 5", "picture 7");
            }
            assertThat(loader.bad()).containsExactlyInAnyOrder("picture 5: broken (draw it again)",
                    "picture 7: broken (draw it again)");
        }
        assertThatThrownBy(() -> load(pictures(12, 5, 7), config, 0, 3, new LoadLimits(1, 0.1)))
                .isInstanceOf(TrainingException.class).hasMessageStartingWith("data: 2 of 12 pictures cannot be read");
    }
}
