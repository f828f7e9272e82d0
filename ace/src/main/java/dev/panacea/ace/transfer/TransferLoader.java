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
import dev.panacea.tensor.DataException;
import dev.panacea.tensor.HostFacts;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.RandomSource;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Tensor;
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
    private final SampleLoader<TransferBatch.Sample> samples;

    TransferLoader(TransferConfig config, TransferTask task, Examples examples, SampleLoader.Plan plan,
            LoadLimits limits) {
        this.config = config;
        this.task = task;
        this.examples = examples;
        reduction = config.reduction();
        batch = plan.pictures();
        samples = new SampleLoader<>(plan, this::sample, limits);
    }

    private TransferBatch.Sample sample(long epoch, int number) {
        Example example = reduced(examples.read(number), reduction);
        RandomSource random = RandomSource.of(config.seed()).child(VIEWS).child(epoch).child(number);
        Placement placement = config.view().draw(example.picture().width(), example.picture().height(),
                random.child(0));
        int pixels = config.view().pixels();
        float[] view = values(placement.view(example.picture(), pixels), plane -> config.augment().apply(plane,
                random.child(1)));
        return new TransferBatch.Sample(example.name(), view, task.target(example, placement));
    }

    /** The same example with no more pixels than views can show. */
    static Example reduced(Example example, Reduction reduction) {
        return new Example(example.name(), reduction.apply(example.picture()), example.targets(), example.masks(),
                example.points());
    }

    /**
     * A view as the network reads it, [C, V, V].
     *
     * @throws DataException if it is not grey
     */
    static float[] values(Picture view, Function<Tensor, Tensor> change) {
        if (view.channels() != 1) {
            throw new DataException("picture: " + view.channels() + " channels (need a grey one)");
        }
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
        int pixels = config.view().pixels();
        return TransferBatch.of(task, Shape.of(config.augment().channels(), pixels, pixels), samples.next(batch));
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
