package dev.panacea.ace.run;

import dev.panacea.ace.data.Ahead;
import dev.panacea.ace.train.TrainingException;
import dev.panacea.tensor.DataException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * Makes the samples of a run ahead of their use, on threads of its own, in an order that depends on seed and place
 * alone: each picture once in an epoch. Where a step takes more pictures than there are, it goes on in the next epoch,
 * so that it never sees one view twice.
 *
 * <p>A picture that cannot be read is named once, and the next one of the epoch's order that can be takes its place.
 *
 * @param <S> what is made of a picture
 */
public final class SampleLoader<S> implements AutoCloseable {
    private final Plan plan;
    private final Maker<S> maker;
    private final SampleOrder order;
    private final double badShare;
    private final Ahead<S> ahead;
    private final SequencedMap<Integer, String> bad = new LinkedHashMap<>();

    /**
     * Which samples are wanted.
     *
     * @param size pictures of the data
     * @param seed what their order comes from
     * @param pictures how many a step takes
     * @param step the first step whose samples are wanted
     * @param steps how many steps the run has
     */
    public record Plan(int size, long seed, int pictures, long step, long steps) {
        /** Steps in which each picture is seen once; the rest that fills no step is left out. */
        public long stepsPerEpoch() {
            return Math.max(1, size / pictures);
        }
    }

    /** Makes the sample of a picture; called on several threads at a time. */
    @FunctionalInterface
    public interface Maker<S> {
        /**
         * A sample, out of any memory scope.
         *
         * @param number of the picture in the data
         * @throws DataException if the picture cannot be read
         */
        S make(long epoch, int number);
    }

    /**
     * Begins at once.
     *
     * @param limits threads, and how many pictures may be bad
     */
    public SampleLoader(Plan plan, Maker<S> maker, LoadLimits limits) {
        this.plan = plan;
        this.maker = maker;
        order = new SampleOrder(plan.size(), plan.seed());
        badShare = limits.badShare();
        ahead = new Ahead<>(Math.max(0, plan.steps() - plan.step()) * plan.pictures(),
                i -> sample(plan.step() * plan.pictures() + i), limits.threads(),
                2 * plan.pictures() + limits.threads());
    }

    private S sample(long number) {
        long perEpoch = plan.pictures() > plan.size() ? plan.size() : plan.stepsPerEpoch() * plan.pictures();
        long epoch = number / perEpoch;
        long place = number % perEpoch;
        for (int more = 0; more < plan.size(); more++) {
            int sample = order.sample(epoch, place + more);
            try {
                return maker.make(epoch, sample);
            } catch (DataException unreadable) {
                leaveOut(sample, unreadable.getMessage());
            }
        }
        throw new DataException("data: none of " + plan.size() + " pictures can be read (see panacea data check)");
    }

    private void leaveOut(int sample, String why) {
        synchronized (bad) {
            bad.putIfAbsent(sample, why);
            if (bad.size() > badShare * plan.size()) {
                throw new TrainingException("data: " + bad.size() + " of " + plan.size()
                        + " pictures cannot be read, more than " + 100 * badShare + " %: the first " + why
                        + " (see panacea data check, or allow more with --bad)");
            }
        }
    }

    /**
     * The next samples.
     *
     * @throws TrainingException if too many pictures cannot be read
     */
    public List<S> next(int count) {
        List<S> samples = new ArrayList<>();
        while (samples.size() < count) {
            samples.add(ahead.next());
        }
        return samples;
    }

    /** Pictures that could not be read so far, each with the reason, in the order of their being met. */
    public List<String> bad() {
        synchronized (bad) {
            return List.copyOf(bad.values());
        }
    }

    /** Seconds that {@link #next} has waited. */
    public double waitedSeconds() {
        return ahead.waitedSeconds();
    }

    @Override
    public void close() {
        ahead.close();
    }
}
