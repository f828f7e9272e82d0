package dev.panacea.ace.transfer;

import dev.panacea.ace.augment.Augment;
import dev.panacea.ace.augment.Plane;
import dev.panacea.ace.data.Picture;
import dev.panacea.ace.data.Reduction;
import dev.panacea.ace.example.Example;
import dev.panacea.ace.example.Examples;
import dev.panacea.ace.example.Placement;
import dev.panacea.ace.run.LoadLimits;
import dev.panacea.ace.run.SampleLoader;
import dev.panacea.tensor.Backends;
import dev.panacea.tensor.HostFacts;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.RandomSource;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * Makes the batches of a fine-tuning run ahead of their use. What a batch holds depends on seed, step and examples
 * alone.
 */
final class TransferLoader implements AutoCloseable {
    /** Which of the children of a run's source views draw from; steps draw from another. */
    private static final int VIEWS = 1;

    private final TransferConfig config;
    private final TransferTask task;
    private final Examples examples;
    private final Reduction reduction;
    private final int batch;
    private final SampleLoader<Sample> samples;

    /** A view of one example, and what to say of it; out of any memory scope. */
    private record Sample(String name, float[] view, TransferTask.Target target) {}

    TransferLoader(TransferConfig config, TransferTask task, Examples examples, SampleLoader.Plan plan,
            LoadLimits limits) {
        this.config = config;
        this.task = task;
        this.examples = examples;
        reduction = config.reduction();
        batch = plan.pictures();
        samples = new SampleLoader<>(plan, this::sample, limits);
    }

    private Sample sample(long epoch, int number) {
        Example example = reduced(examples.read(number), reduction);
        RandomSource random = RandomSource.of(config.seed()).child(VIEWS).child(epoch).child(number);
        Placement placement = config.view().draw(example.picture().width(), example.picture().height(),
                random.child(0));
        int pixels = config.view().pixels();
        float[] view = values(placement.view(example.picture(), pixels), plane -> config.augment().apply(plane,
                random.child(1)));
        return new Sample(example.name(), view, task.target(example, placement));
    }

    /** The same example with no more pixels than views can show. */
    static Example reduced(Example example, Reduction reduction) {
        return new Example(example.name(), reduction.apply(example.picture()), example.targets(), example.masks(),
                example.points());
    }

    /** A view as the network reads it, [C, V, V]. */
    static float[] values(Picture view, Function<Tensor, Tensor> change) {
        return HostFacts.alone(() -> {
            try (MemoryScope _ = MemoryScope.open("view")) {
                return change.apply(new Plane(view.height(), view.width(), view.values()).tensor(1).squeeze(0))
                        .toFloats();
            }
        });
    }

    /** The same for evaluation. */
    static float[] values(Picture view, Augment augment) {
        return values(view, augment::normalise);
    }

    /** The batch of the next step, as tensors of the current scope and device. */
    TransferBatch next() {
        List<Sample> some = samples.next(batch);
        int channels = config.augment().channels();
        int pixels = config.view().pixels();
        List<float[]> counts = some.stream().map(sample -> sample.target.counts()).toList();
        return new TransferBatch(some.stream().map(Sample::name).toList(),
                stacked(Shape.of(batch, channels, pixels, pixels), some.stream().map(Sample::view).toList()),
                stacked(task.targets(batch), some.stream().map(sample -> sample.target.values()).toList()),
                weights(counts, some.getFirst().target.values().length));
    }

    static Tensor stacked(Shape shape, List<float[]> rows) {
        int size = rows.getFirst().length;
        float[] values = new float[rows.size() * size];
        for (int i = 0; i < rows.size(); i++) {
            System.arraycopy(rows.get(i), 0, values, i * size, size);
        }
        return Tensor.of(shape, values).to(Backends.current());
    }

    /** What each target counts in a mean over all, so that those that do not count leave no trace in it. */
    private Tensor weights(List<float[]> counts, int size) {
        if (counts.stream().allMatch(one -> one == null)) {
            return null;
        }
        int length = counts.stream().filter(one -> one != null).findFirst().orElseThrow().length;
        List<float[]> rows = new ArrayList<>();
        double sum = 0;
        for (float[] one : counts) {
            float[] row = new float[length];
            Arrays.fill(row, 1);
            rows.add(one == null ? row : one.clone());
            for (float count : rows.getLast()) {
                sum += count;
            }
        }
        float factor = sum == 0 ? 0 : (float) (rows.size() * (double) length / sum);
        for (float[] row : rows) {
            for (int i = 0; i < row.length; i++) {
                row[i] *= factor;
            }
        }
        return stacked(length == size ? task.targets(rows.size()) : Shape.of(rows.size(), length), rows);
    }

    List<String> bad() {
        return samples.bad();
    }

    double waitedSeconds() {
        return samples.waitedSeconds();
    }

    @Override
    public void close() {
        samples.close();
    }
}
