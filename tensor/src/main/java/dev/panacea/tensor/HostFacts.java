package dev.panacea.tensor;

import dev.panacea.tensor.cpu.ParallelRows;
import dev.panacea.tensor.cpu.VectorWidth;
import java.util.function.Supplier;
import jdk.incubator.vector.FloatVector;

/**
 * What the CPU backend found on this machine, for reports.
 *
 * @param processors processors that the JVM may use
 * @param threads threads that share the rows of a kernel
 * @param vectorBits width of the vectors in use
 * @param widestBits width of the widest vectors that the machine has
 */
public record HostFacts(int processors, int threads, int vectorBits, int widestBits) {
    /** The facts as they are now. */
    public static HostFacts now() {
        return new HostFacts(Runtime.getRuntime().availableProcessors(), ParallelRows.threads(), VectorWidth.bits(),
                FloatVector.SPECIES_PREFERRED.vectorBitSize());
    }

    /**
     * Sets how many threads share the rows of a kernel from now on.
     *
     * @throws IllegalArgumentException if {@code count} is not in 1..1024
     */
    public static void useThreads(int count) {
        ParallelRows.threads(count);
    }

    /**
     * Does some work whose kernels run on the calling thread alone: what prepares data beside a step leaves the threads
     * that share rows to the step. The result is the same bytes.
     */
    public static <T> T alone(Supplier<T> work) {
        return ParallelRows.alone(work);
    }
}
