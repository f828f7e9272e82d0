package dev.panacea.nn.optim;

import dev.panacea.nn.ConfigException;

/**
 * A number that depends on the step alone, such as a learning rate, a weight decay or a momentum. Steps count from 0. A
 * resumed run therefore needs nothing but its step.
 */
@FunctionalInterface
public interface Schedule {
    /** The value at a step. */
    double at(long step);

    /** The same value always. */
    static Schedule constant(double value) {
        return step -> value;
    }

    /**
     * Half a wave of the cosine from one value to another, and the last from then on.
     *
     * @param steps how many steps the way takes
     * @throws ConfigException if {@code steps} is not positive
     */
    static Schedule cosine(double from, double to, long steps) {
        positive("cosine", steps);
        return step -> step >= steps ? to : to + (from - to) * (1 + StrictMath.cos(Math.PI * step / steps)) / 2;
    }

    /**
     * This schedule after a straight rise: {@code from} at step 0, and this schedule's first value at {@code steps},
     * where it begins.
     *
     * @throws ConfigException if {@code steps} is negative
     */
    default Schedule warmUp(double from, long steps) {
        if (steps < 0) {
            throw new ConfigException("warm-up: steps out of range: " + steps + " (need 0 or more)");
        }
        return step -> step < steps ? from + (at(0) - from) * step / steps : at(step - steps);
    }

    /**
     * Another value from a step on, such as a rate of zero while something settles.
     *
     * @param step the first step of {@code next}, at which it begins
     */
    default Schedule then(long step, Schedule next) {
        return now -> now < step ? at(now) : next.at(now - step);
    }

    private static void positive(String what, long steps) {
        if (steps <= 0) {
            throw new ConfigException(what + ": steps out of range: " + steps + " (need more than 0)");
        }
    }
}
