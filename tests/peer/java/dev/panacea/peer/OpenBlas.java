package dev.panacea.peer;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** {@code cblas_sgemm} of the OpenBLAS that the system has. */
final class OpenBlas implements AutoCloseable {
    private static final int ROW_MAJOR = 101;
    private static final int AS_IT_LIES = 111;
    private static final int TRANSPOSED = 112;
    private static final Linker LINKER = Linker.nativeLinker();
    private static final SymbolLookup LIBRARY = SymbolLookup.libraryLookup("libopenblas.so.0", Arena.global());
    private static final MethodHandle SGEMM = function("cblas_sgemm", FunctionDescriptor.ofVoid(JAVA_INT, JAVA_INT,
            JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_FLOAT, ADDRESS, JAVA_INT, ADDRESS, JAVA_INT, JAVA_FLOAT,
            ADDRESS, JAVA_INT));
    private static final MethodHandle SET_THREADS =
            function("openblas_set_num_threads", FunctionDescriptor.ofVoid(JAVA_INT));
    private static final MethodHandle CONFIGURATION = function("openblas_get_config", FunctionDescriptor.of(ADDRESS));

    private final int threads;
    private final ExecutorService pool;

    OpenBlas(int threads) {
        this.threads = threads;
        pool = Executors.newFixedThreadPool(threads, Thread.ofPlatform().daemon().factory());
    }

    private static MethodHandle function(String name, FunctionDescriptor type) {
        return LINKER.downcallHandle(LIBRARY.findOrThrow(name), type);
    }

    /** Version and processor, as it says itself. */
    static String version() {
        try {
            return ((MemorySegment) CONFIGURATION.invokeExact()).reinterpret(256).getString(0);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /**
     * One product, shared by OpenBLAS among its threads; or a batch of small ones, which it would compute on one
     * thread: as a framework does, each thread here takes its part of the batch.
     */
    void multiply(Product product, long a, long b, long c) {
        if (product.batch() == 1) {
            setThreads(threads);
            part(product, a, b, c, 0, 1);
            return;
        }
        setThreads(1);
        List<Future<?>> parts = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            int from = (int) ((long) product.batch() * i / threads);
            int to = (int) ((long) product.batch() * (i + 1) / threads);
            parts.add(pool.submit(() -> part(product, a, b, c, from, to)));
        }
        try {
            for (Future<?> part : parts) {
                part.get();
            }
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void setThreads(int count) {
        try {
            SET_THREADS.invokeExact(count);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    private static void part(Product p, long a, long b, long c, int from, int to) {
        try {
            for (int i = from; i < to; i++) {
                SGEMM.invokeExact(ROW_MAJOR, p.leftTransposed() ? TRANSPOSED : AS_IT_LIES,
                        p.rightTransposed() ? TRANSPOSED : AS_IT_LIES, p.m(), p.n(), p.k(), 1f,
                        MemorySegment.ofAddress(a + 4L * i * p.m() * p.k()), p.leftTransposed() ? p.m() : p.k(),
                        MemorySegment.ofAddress(b + 4L * i * p.k() * p.n()), p.rightTransposed() ? p.k() : p.n(), 0f,
                        MemorySegment.ofAddress(c + 4L * i * p.m() * p.n()), p.n());
            }
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        pool.shutdown();
    }
}
