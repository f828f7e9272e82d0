package dev.panacea.peer;

/** A model with given weights and one batch of pictures, as one of the two sides runs it. */
interface Workload extends AutoCloseable {
    /** The model's output without anything kept for backward: [B, C], pooled and normed. */
    float[] forward();

    /**
     * Forward, the mean of the output's squares as loss, and backward to all parameters.
     *
     * @return the seconds it took
     */
    double forwardBackward();

    /** The gradient of a parameter, by timm's name, that the last {@link #forwardBackward} left. */
    float[] gradient(String name);

    @Override
    void close();

    /** Seconds of one forward pass. */
    default double forwardSeconds() {
        long start = System.nanoTime();
        forward();
        return (System.nanoTime() - start) * 1e-9;
    }
}
