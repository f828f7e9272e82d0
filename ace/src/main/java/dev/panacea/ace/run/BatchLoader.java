package dev.panacea.ace.run;

import dev.panacea.ace.crop.CropPair;
import dev.panacea.ace.data.Ahead;
import dev.panacea.ace.data.Picture;
import dev.panacea.ace.data.Reduction;
import dev.panacea.ace.train.Batch;
import dev.panacea.ace.train.PretrainConfig;
import dev.panacea.ace.train.TrainingException;
import dev.panacea.ace.train.Views;
import dev.panacea.tensor.Backends;
import dev.panacea.tensor.DataException;
import dev.panacea.tensor.HostFacts;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * Makes the batches of a run ahead of their use, on threads of its own. What a batch holds depends on seed, step and
 * pictures alone, not on which thread was faster.
 *
 * <p>A picture that cannot be read is named once, and the next one of the epoch's order that can be takes its place.
 */
public final class BatchLoader implements AutoCloseable {
    private final PictureSource source;
    private final PretrainConfig config;
    private final SampleOrder order;
    private final Reduction reduction;
    private final int batch;
    private final long perEpoch;
    private final double badShare;
    private final Ahead<Sample> ahead;
    private final SequencedMap<Integer, String> bad = new LinkedHashMap<>();

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
        order = new SampleOrder(source.size(), config.seed());
        reduction = reduction(config);
        batch = config.optimizer().batch();
        int pictures = config.optimizer().pictures();
        perEpoch = stepsPerEpoch(source, config) * pictures;
        badShare = limits.badShare();
        ahead = new Ahead<>(Math.max(0, steps - step) * pictures, i -> sample(step * pictures + i), limits.threads(),
                2 * pictures + limits.threads());
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

    private Sample sample(long number) {
        long epoch = number / perEpoch;
        long place = number % perEpoch;
        for (int more = 0; more < source.size(); more++) {
            int sample = order.sample(epoch, place + more);
            try {
                return views(reduction.apply(source.picture(sample)), epoch, sample);
            } catch (DataException unreadable) {
                leaveOut(sample, unreadable.getMessage());
            }
        }
        throw new DataException("data: none of " + source.size() + " pictures can be read (see panacea data check)");
    }

    private Sample views(Picture picture, long epoch, int sample) {
        return HostFacts.alone(() -> {
            try (MemoryScope _ = MemoryScope.open("sample")) {
                Views views = Views.of(picture, config, epoch, sample);
                return new Sample(source.name(sample), views.crops(), views.first().toFloats(),
                        views.second().toFloats(), views.first().shape());
            }
        });
    }

    private void leaveOut(int sample, String why) {
        synchronized (bad) {
            bad.putIfAbsent(sample, why);
            if (bad.size() > badShare * source.size()) {
                throw new TrainingException("data: " + bad.size() + " of " + source.size()
                        + " pictures cannot be read, more than " + 100 * badShare + " %: the first " + why
                        + " (see panacea data check, or allow more with --bad)");
            }
        }
    }

    /** The batches of the next step, as tensors of the current scope and device. */
    public List<Batch> next() {
        List<Batch> batches = new ArrayList<>();
        for (int number = 0; number < config.optimizer().accumulate(); number++) {
            List<Sample> samples = new ArrayList<>();
            while (samples.size() < batch) {
                samples.add(ahead.next());
            }
            batches.add(new Batch(samples.stream().map(Sample::name).toList(),
                    samples.stream().map(Sample::crops).toList(), stacked(samples, true), stacked(samples, false)));
        }
        return batches;
    }

    private static Tensor stacked(List<Sample> samples, boolean first) {
        Shape one = samples.getFirst().shape; // [C, V, V]
        int size = samples.getFirst().first.length;
        float[] values = new float[samples.size() * size];
        for (int i = 0; i < samples.size(); i++) {
            System.arraycopy(first ? samples.get(i).first : samples.get(i).second, 0, values, i * size, size);
        }
        return Tensor.of(Shape.of(samples.size(), one.dim(0), one.dim(1), one.dim(2)), values)
                .to(Backends.current());
    }

    /** Pictures that could not be read so far, each with the reason, in the order of their being met. */
    public List<String> bad() {
        synchronized (bad) {
            return List.copyOf(bad.values());
        }
    }

    /** Seconds that steps have waited for pictures. */
    public double waitedSeconds() {
        return ahead.waitedSeconds();
    }

    @Override
    public void close() {
        ahead.close();
    }
}
