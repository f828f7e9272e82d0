package dev.panacea.tensor;

import dev.panacea.tensor.cpu.ParallelRows;
import dev.panacea.tensor.cpu.PeakTask;
import dev.panacea.tensor.cpu.RowTask;
import dev.panacea.tensor.cpu.Scratch;
import dev.panacea.tensor.cpu.TriadTask;
import dev.panacea.tensor.op.Work;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * How fast this machine can be at best: the yardstick of benchmarks, measured beside them.
 *
 * @param oneThread multiply-adds of one thread in registers, in 10⁹ floating-point operations a second
 * @param allThreads the same of all threads that share the rows of kernels
 * @param bandwidth a triad of all threads over arrays larger than the last cache, in 10⁹ bytes a second, each byte read
 *     or written counted once; an op that writes over what it has read may exceed it, since memory that is only written
 *     is fetched first as well
 */
public record HostSpeed(double oneThread, double allThreads, double bandwidth) {
    private static final double SECONDS = 0.15;
    private static final int LEAST_RUNS = 5;
    private static final int MOST_RUNS = 8; // for all threads to be at work at once, where others want them too
    private static final int WARM_ROWS = 2000; // compiled they take 0.03 s, and compiled they are long before the last
    private static final double WARM_SECONDS = 10;
    private static final int QUARTERS = 4;
    private static final long LEAST_BYTES = 48L << 20;
    private static final long MOST_BYTES = 256L << 20;

    /** Measures, in one to three seconds: the best of many short runs, since whatever disturbs one makes it slower. */
    public static HostSpeed measure() {
        PeakTask peak = new PeakTask();
        warm(peak);
        double one = best(() -> peak.rows(0, 16, Scratch.ofThread()), 16e-9 * PeakTask.ROW_FLOPS);
        int rows = 16 * ParallelRows.threads();
        double all = 0;
        for (int run = 0; run < MOST_RUNS && all < 0.9 * ParallelRows.threads() * one; run++) {
            all = Math.max(all, best(() -> ParallelRows.run(peak, rows, 1), 1e-9 * rows * PeakTask.ROW_FLOPS));
        }
        return new HostSpeed(one, all, triad());
    }

    /**
     * Each of the three arrays is as large as the last cache, within reason. A run takes the next quarter of them:
     * short enough for all threads to be at work at once now and then, and long out of the caches when its turn comes
     * again.
     */
    private static double triad() {
        long bytes = Math.clamp(lastCacheBytes(), LEAST_BYTES, MOST_BYTES) & -(4L * QUARTERS * TriadTask.ROW_FLOATS);
        try (Arena arena = Arena.ofShared()) {
            long a = arena.allocate(3 * bytes, 4096).address(); // zeros, so that every page exists
            RowTask[] quarters = new RowTask[QUARTERS];
            for (int i = 0; i < QUARTERS; i++) {
                long at = a + i * (bytes / QUARTERS);
                quarters[i] = new TriadTask(at, at + bytes, at + 2 * bytes);
            }
            warm(quarters[0]);
            int rows = (int) (bytes / QUARTERS / (4L * TriadTask.ROW_FLOATS));
            int[] next = new int[1];
            double work = 1e-9 * rows * TriadTask.ROW_BYTES;
            double one = best(() -> quarters[next[0]++ % QUARTERS].rows(0, rows, Scratch.ofThread()), work);
            double best = one;
            for (int run = 0; run < MOST_RUNS && best < Math.min(2, ParallelRows.threads()) * 0.75 * one; run++) {
                best = Math.max(best, best(() -> ParallelRows.run(quarters[next[0]++ % QUARTERS], rows, 8), work));
            }
            return best;
        }
    }

    /** Has the compiler do its work before the clock runs, however busy the machine is. */
    private static void warm(RowTask task) {
        long begun = System.nanoTime();
        for (int row = 0; row < WARM_ROWS && (System.nanoTime() - begun) * 1e-9 < WARM_SECONDS; row++) {
            task.rows(0, 1, Scratch.ofThread());
        }
    }

    private static double best(Runnable run, double work) {
        double least = Double.POSITIVE_INFINITY;
        long begun = System.nanoTime();
        int runs = 0;
        for (long now = begun; runs < LEAST_RUNS || (now - begun) * 1e-9 < SECONDS; runs++) {
            run.run();
            long end = System.nanoTime();
            least = Math.min(least, (end - now) * 1e-9);
            now = end;
        }
        return work / least;
    }

    /** Bytes of the largest cache that Linux lists, or 0 where it lists none. */
    private static long lastCacheBytes() {
        long bytes = 0;
        for (int index = 0; index < 8; index++) {
            Path size = Path.of("/sys/devices/system/cpu/cpu0/cache/index" + index + "/size");
            try {
                String text = Files.readString(size).strip(); // 32768K
                if (text.matches("\\d{1,12}K")) {
                    bytes = Math.max(bytes, Long.parseLong(text.substring(0, text.length() - 1)) << 10);
                }
            } catch (IOException _) {
                return bytes;
            }
        }
        return bytes;
    }

    /** The least seconds that work can take: by multiply-adds or by memory, whichever takes longer. */
    public double seconds(Work work) {
        return Math.max(work.flops() / (allThreads * 1e9), work.bytes() / (bandwidth * 1e9));
    }
}
