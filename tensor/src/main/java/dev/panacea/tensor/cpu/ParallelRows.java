package dev.panacea.tensor.cpu;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Runs a {@link RowTask} over one fixed pool of threads. Rows are cut into chunks of a given grain; threads, the caller
 * among them, take chunks until none is left. The cut depends on the task alone, never on the number of threads.
 *
 * <p>Only one task runs at a time. A task started from inside another, or while another thread holds the pool, runs on
 * the calling thread alone: slower, and the same bytes.
 */
public final class ParallelRows {
    /** System property that sets the number of threads; default: all processors. */
    public static final String THREADS_PROPERTY = "panacea.threads";

    private static final int SPINS = 4_000;
    private static final ReentrantLock LOCK = new ReentrantLock();
    private static final ThreadLocal<boolean[]> INSIDE = ThreadLocal.withInitial(() -> new boolean[1]);

    /** Run number in the high 32 bits, next chunk in the low 32: a claim succeeds only in the run it was read in. */
    private static final AtomicLong STATE = new AtomicLong();
    private static final long CLOSED = Integer.MAX_VALUE;
    private static final AtomicInteger DONE = new AtomicInteger();
    private static final AtomicReference<Throwable> FAILURE = new AtomicReference<>();

    // Written by the caller before STATE opens a run, unchanged until its last chunk is done.
    private static RowTask task;
    private static int rows;
    private static int grain;
    private static int chunks;

    private static volatile Worker[] workers = new Worker[0];
    private static volatile int threads;

    static {
        threads(Integer.getInteger(THREADS_PROPERTY, Runtime.getRuntime().availableProcessors()));
    }

    private ParallelRows() {}

    /** How many threads share the work, the caller included. */
    public static int threads() {
        return threads;
    }

    /**
     * Sets how many threads share the work, the caller included.
     *
     * @throws IllegalArgumentException if {@code count} is not in 1..1024
     */
    public static void threads(int count) {
        if (count < 1 || count > 1024) {
            throw new IllegalArgumentException("threads: out of range: " + count + " (need 1..1024)");
        }
        LOCK.lock();
        try {
            if (count == threads) {
                return;
            }
            for (Worker worker : workers) {
                worker.stopped = true;
                LockSupport.unpark(worker);
            }
            Worker[] fresh = new Worker[count - 1];
            for (int i = 0; i < fresh.length; i++) {
                fresh[i] = new Worker(i + 1);
                fresh[i].start();
            }
            workers = fresh;
            threads = count;
        } finally {
            LOCK.unlock();
        }
    }

    /**
     * Runs {@code work} over rows 0..{@code rowCount}-1 in chunks of {@code chunkRows} and returns when all are done.
     * An exception thrown by any chunk is thrown here after the others have ended.
     */
    public static void run(RowTask work, int rowCount, int chunkRows) {
        if (rowCount <= 0) {
            return;
        }
        int step = Math.max(1, chunkRows);
        boolean[] inside = INSIDE.get();
        if (rowCount <= step || threads == 1 || inside[0] || !LOCK.tryLock()) {
            work.rows(0, rowCount, Scratch.ofThread());
            return;
        }
        inside[0] = true;
        try {
            long run = STATE.get() >>> 32;
            STATE.set(run << 32 | CLOSED); // a late worker must not claim a chunk while the fields change
            task = work;
            rows = rowCount;
            grain = step;
            chunks = (int) (((long) rowCount + step - 1) / step);
            DONE.set(0);
            FAILURE.set(null);
            STATE.set((run + 1) << 32);
            for (Worker worker : workers) {
                if (worker.parked) {
                    LockSupport.unpark(worker);
                }
            }
            takeChunks(Scratch.ofThread());
            for (int spin = 0; DONE.get() < chunks; spin++) {
                if (spin < SPINS) {
                    Thread.onSpinWait();
                } else {
                    Thread.yield();
                }
            }
            task = null;
            Throwable failure = FAILURE.get();
            if (failure instanceof RuntimeException exception) {
                throw exception;
            } else if (failure != null) {
                throw (Error) failure;
            }
        } finally {
            inside[0] = false;
            LOCK.unlock();
        }
    }

    /** Does some work whose tasks run on the calling thread alone. */
    public static <T> T alone(Supplier<T> work) {
        boolean[] inside = INSIDE.get();
        boolean before = inside[0];
        inside[0] = true;
        try {
            return work.get();
        } finally {
            inside[0] = before;
        }
    }

    /** Rows per chunk so that a chunk holds about {@code target} units of work, given the work of one row. */
    public static int grain(long workPerRow, long target) {
        return (int) Math.clamp(target / Math.max(1, workPerRow), 1, Integer.MAX_VALUE / 2);
    }

    private static void takeChunks(Scratch scratch) {
        while (true) {
            long state = STATE.get();
            int chunk = (int) state;
            RowTask work = task;
            int total = rows;
            int step = grain;
            if (chunk >= chunks || work == null) {
                return;
            }
            if (!STATE.compareAndSet(state, state + 1)) {
                continue;
            }
            try {
                int from = chunk * step;
                work.rows(from, from + Math.min(step, total - from), scratch);
            } catch (RuntimeException | Error failure) {
                FAILURE.compareAndSet(null, failure);
            } finally {
                DONE.incrementAndGet();
            }
        }
    }

    private static final class Worker extends Thread {
        private volatile boolean parked;
        private volatile boolean stopped;

        Worker(int number) {
            super("panacea-" + number);
            setDaemon(true);
        }

        @Override
        public void run() {
            INSIDE.get()[0] = true;
            Scratch scratch = Scratch.ofThread();
            long seen = STATE.get() >>> 32;
            int spins = 0;
            while (!stopped) {
                long run = STATE.get() >>> 32;
                if (run != seen) {
                    seen = run;
                    takeChunks(scratch);
                    spins = 0;
                } else if (++spins < SPINS) {
                    Thread.onSpinWait();
                } else {
                    parked = true;
                    if (STATE.get() >>> 32 == seen && !stopped) {
                        LockSupport.park(this);
                    }
                    parked = false;
                    spins = 0;
                }
            }
        }
    }
}
