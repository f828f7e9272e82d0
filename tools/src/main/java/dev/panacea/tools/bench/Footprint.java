package dev.panacea.tools.bench;

import com.sun.management.ThreadMXBean;
import dev.panacea.tensor.memory.MemoryPool;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Memory of the process at one moment.
 *
 * @param heapAllocated bytes that all threads ever allocated on the heap
 * @param pool bytes that the pool of tensors holds, in use or idle
 * @param peak the most bytes that the process had in memory, 0 where the system does not say
 */
record Footprint(long heapAllocated, long pool, long peak) {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Path FORGET = Path.of("/proc/self/clear_refs");

    static Footprint now() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        return new Footprint(threads.getTotalThreadAllocatedBytes(),
                MemoryPool.HOST.liveBytes() + MemoryPool.HOST.idleBytes(), peakBytes());
    }

    /** Gives idle memory back, and starts the peak afresh where the system lets us. */
    static void forget() {
        System.gc();
        MemoryPool.HOST.trim();
        try {
            Files.writeString(FORGET, "5");
        } catch (IOException _) {
            return; // then the peak is that of the whole run so far
        }
    }

    private static long peakBytes() {
        try (var lines = Files.lines(STATUS)) {
            return lines.filter(line -> line.startsWith("VmHWM:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10).findFirst().orElse(0);
        } catch (IOException _) {
            return 0;
        }
    }
}
