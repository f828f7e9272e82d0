package dev.panacea.ace.run;

import dev.panacea.tensor.Backends;
import dev.panacea.tensor.memory.MemoryPool;
import java.util.Map;
import java.util.function.DoubleSupplier;

/** How fast a run goes, from the moment at which this was made, and what memory it takes. */
public final class RunSpeed {
    private final long begun;
    private final long pictures;
    private final DoubleSupplier waited;
    private final long beganNanos = System.nanoTime();

    /**
     * Begins to measure.
     *
     * @param begun steps that were done before
     * @param pictures pictures in a step
     * @param waited seconds that steps have waited for pictures
     */
    public RunSpeed(long begun, long pictures, DoubleSupplier waited) {
        this.begun = begun;
        this.pictures = pictures;
        this.waited = waited;
    }

    /**
     * Pictures a second.
     *
     * @param step steps done by now
     */
    public double picturesPerSecond(long step) {
        return (step - begun) * pictures / seconds();
    }

    /** Share of the time that steps have waited for pictures, 0..1. */
    public double waiting() {
        return waited.getAsDouble() / seconds();
    }

    private double seconds() {
        return (System.nanoTime() - beganNanos) * 1e-9;
    }

    /** Bytes of the device that tensors take, or have taken and that wait for the next ones. */
    public static long memory() {
        MemoryPool pool = Backends.current().pool();
        return pool.liveBytes() + pool.idleBytes();
    }

    /** Adds all of it to the numbers of a step for the log. */
    public void log(long step, Map<String, Object> numbers) {
        numbers.put("pictures a second", picturesPerSecond(step));
        numbers.put("waiting", waiting());
        numbers.put("seconds", seconds());
        numbers.put("memory", (double) memory());
    }
}
