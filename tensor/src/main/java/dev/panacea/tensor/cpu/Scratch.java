package dev.panacea.tensor.cpu;

/** Reusable buffers of one thread, grown on demand and never shrunk: packed panels and running sums live here. */
public final class Scratch {
    private static final ThreadLocal<Scratch> OF_THREAD = ThreadLocal.withInitial(Scratch::new);

    private float[][] floats = new float[8][];

    private Scratch() {}

    /** The buffers of the calling thread. */
    public static Scratch ofThread() {
        return OF_THREAD.get();
    }

    /**
     * A buffer of at least {@code length} floats with undefined content. The same slot returns the same array until a
     * larger one is asked for; a kernel uses one slot for each buffer that it needs at the same time.
     */
    public float[] floats(int slot, int length) {
        if (slot >= floats.length) {
            floats = java.util.Arrays.copyOf(floats, slot + 8);
        }
        float[] buffer = floats[slot];
        if (buffer == null || buffer.length < length) {
            buffer = new float[length];
            floats[slot] = buffer;
        }
        return buffer;
    }
}
