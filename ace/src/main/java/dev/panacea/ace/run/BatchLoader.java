package dev.panacea.ace.run;

import dev.panacea.ace.crop.CropPair;
import dev.panacea.ace.data.Picture;
import dev.panacea.ace.data.Reduction;
import dev.panacea.ace.train.Batch;
import dev.panacea.ace.train.PretrainConfig;
import dev.panacea.ace.train.Views;
import dev.panacea.tensor.HostFacts;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Makes the batches of a run ahead of their use, on threads of its own. What a batch holds depends on seed, step and
 * pictures alone, not on which thread was faster.
 */
public final class BatchLoader implements AutoCloseable {
    private final PictureSource source;
    private final PretrainConfig config;
    private final Reduction reduction;
    private final SampleLoader<Sample> samples;

    /** Both views of one picture, out of any memory scope. */
    private record Sample(String name, CropPair crops, float[] first, float[] second, Shape shape) {}

    /**
     * Begins at once.
     *
     * @param step the first step whose batches are wanted
     * @param steps how many steps the run has
     * @param limits threads, and how many pictures may be bad
     */
    public BatchLoader(PictureSource source, PretrainConfig config, long step, long steps, LoadLimits limits) {
        this.source = source;
        this.config = config;
        reduction = reduction(config);
        samples = new SampleLoader<>(new SampleLoader.Plan(source.size(), config.seed(),
                config.optimizer().pictures(), step, steps), this::views, limits);
    }

    /** Steps in which each picture is seen once; the rest that fills no step is left out. */
    public static long stepsPerEpoch(PictureSource source, PretrainConfig config) {
        return Math.max(1, source.size() / config.optimizer().pictures());
    }

    /** What is kept of each picture, whatever the source gives. */
    public static Reduction reduction(PretrainConfig config) {
        return Reduction.squares(config.grid().imagePixels(),
                config.resizedCrop().random() ? config.resizedCrop().leastScale() : 1);
    }

    private Sample views(long epoch, int sample) {
        Picture picture = reduction.apply(source.picture(sample));
        return HostFacts.alone(() -> {
            try (MemoryScope _ = MemoryScope.open("sample")) {
                Views views = Views.of(picture, config, epoch, sample);
                return new Sample(source.name(sample), views.crops(), views.first().toFloats(),
                        views.second().toFloats(), views.first().shape());
            }
        });
    }

    /** The batches of the next step, as tensors of the current scope and device. */
    public List<Batch> next() {
        List<Batch> batches = new ArrayList<>();
        for (int number = 0; number < config.optimizer().accumulate(); number++) {
            List<Sample> some = samples.next(config.optimizer().batch());
            batches.add(new Batch(some.stream().map(Sample::name).toList(),
                    some.stream().map(Sample::crops).toList(), stacked(some, Sample::first),
                    stacked(some, Sample::second)));
        }
        return batches;
    }

    private static Tensor stacked(List<Sample> samples, Function<Sample, float[]> view) {
        Shape one = samples.getFirst().shape; // [C, V, V]
        return Tensor.of(Shape.of(samples.size(), one.dim(0), one.dim(1), one.dim(2)),
                samples.stream().map(view).toList());
    }

    /** Pictures that could not be read so far, each with the reason, in the order of their being met. */
    public List<String> bad() {
        return samples.bad();
    }

    /** Seconds that steps have waited for pictures. */
    public double waitedSeconds() {
        return samples.waitedSeconds();
    }

    @Override
    public void close() {
        samples.close();
    }
}
