package dev.panacea.ace.loss;

import dev.panacea.nn.ConfigException;

/**
 * Choices of the {@link GlobalLoss}.
 *
 * @param studentTemperature τs, what the student's logits are divided by
 * @param teacherTemperature τt, what the teacher's are divided by
 * @param centering whether the running mean of the teacher's logits is taken off them; the paper says nothing of it
 * @param centreMomentum how much of the running mean stays in a step
 * @param symmetric whether each view is the student's once, or C1 the student's and C2 the teacher's, as in Sec. 3.2
 */
public record GlobalConfig(double studentTemperature, double teacherTemperature, boolean centering,
        double centreMomentum, boolean symmetric) {
    /**
     * Checks the numbers.
     *
     * @throws ConfigException if a temperature is not positive, or the momentum not in 0..1
     */
    public GlobalConfig {
        if (!(studentTemperature > 0 && teacherTemperature > 0 && centreMomentum >= 0 && centreMomentum <= 1)) {
            throw new ConfigException("global loss: temperatures " + studentTemperature + " and " + teacherTemperature
                    + ", centre momentum " + centreMomentum + " (need more than 0, momentum 0..1)");
        }
    }

    /** τs 0.1, τt 0.04, centering with 0.9, both ways. */
    public static GlobalConfig usual() {
        return new GlobalConfig(0.1, 0.04, true, 0.9, true);
    }

    /** One way and without centering; the paper leaves the temperatures open. */
    public static GlobalConfig paper() {
        return new GlobalConfig(0.1, 0.04, false, 0.9, false);
    }
}
