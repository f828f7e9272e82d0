package dev.panacea.ace.train;

import dev.panacea.nn.ConfigException;
import dev.panacea.nn.optim.Schedule;

/**
 * What changes with the step alone: learning rate, weight decay, momentum of the teacher. Each reaches its last value
 * at the last step.
 *
 * @param steps steps of the run
 * @param frozenSteps steps for which the last layer of the global head stays as it is
 * @param rate learning rate: a straight rise, then half a wave of the cosine
 * @param decay weight decay
 * @param momentum λ of {@code teacher ← λ·teacher + (1 − λ)·student}
 */
public record Schedules(long steps, long frozenSteps, Schedule rate, Schedule decay, Schedule momentum) {
    /**
     * The schedules of a run of {@link OptimizerConfig#epochs}.
     *
     * @throws ConfigException if {@code stepsPerEpoch} is not positive
     */
    public static Schedules of(OptimizerConfig config, long stepsPerEpoch) {
        if (stepsPerEpoch < 1) {
            throw new ConfigException("schedules: steps in an epoch out of range: " + stepsPerEpoch
                    + " (need 1 or more: is the batch larger than the data?)");
        }
        long steps = Math.max(1, Math.round(config.epochs() * stepsPerEpoch));
        return new Schedules(steps, Math.round(config.frozenEpochs() * stepsPerEpoch),
                rate(config.peakRate(), config.finalRate(), steps, Math.round(config.warmUpEpochs() * stepsPerEpoch)),
                Schedule.cosine(config.decay(), config.finalDecay(), Math.max(1, steps - 1)),
                Schedule.cosine(config.momentum(), 1, Math.max(1, steps - 1)));
    }

    /**
     * A learning rate that rises straight from 0, then falls by half a wave of the cosine.
     *
     * @param peak after the rise
     * @param last at the last step
     * @param steps of the run
     * @param warmUp steps of the rise, of which a quarter of the run are taken at most
     */
    public static Schedule rate(double peak, double last, long steps, long warmUp) {
        long rise = Math.min(steps / 4, warmUp);
        return Schedule.cosine(peak, last, Math.max(1, steps - rise - 1)).warmUp(0, rise);
    }
}
