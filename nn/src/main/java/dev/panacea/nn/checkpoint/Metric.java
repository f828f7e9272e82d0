package dev.panacea.nn.checkpoint;

/** Which of two values of a metric is the better one. */
public enum Metric {
    /** Losses and errors. */
    LOWER_IS_BETTER,
    /** Accuracy, AUC, Dice. */
    HIGHER_IS_BETTER;

    /** Whether a value is better than another; anything is better than NaN, which stands for none. */
    public boolean isBetter(double value, double than) {
        return Double.isNaN(than) ? !Double.isNaN(value) : this == LOWER_IS_BETTER ? value < than : value > than;
    }
}
