package dev.panacea.ace.data;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.LongFunction;

/**
 * Makes items on threads of its own ahead of their use, and hands them out in order, whichever is ready first.
 *
 * <pre>{@code
 * try (Ahead<Picture> pictures = new Ahead<>(files.size(), i -> decoder.decode(files.get((int) i)), 2, 16)) {
 *     while (pictures.hasNext()) {
 *         use(pictures.next());
 *     }
 * }
 * }</pre>
 *
 * @param <T> what is made
 */
public final class Ahead<T> implements AutoCloseable {
    private final long count;
    private final LongFunction<T> work;
    private final int most;
    private final ExecutorService threads;
    private final Queue<Future<T>> begun = new ArrayDeque<>();
    private long submitted;
    private long waitedNanos;

    /**
     * Begins at once.
     *
     * @param count how many items there are
     * @param work makes the item of a number from 0; called on several threads at a time
     * @param threads how many, at least 1
     * @param most how many items are begun or ready but not handed out yet, at least 1: what bounds the memory
     */
    public Ahead(long count, LongFunction<T> work, int threads, int most) {
        this.count = count;
        this.work = work;
        this.most = most;
        this.threads = Executors.newFixedThreadPool(threads, Thread.ofPlatform().daemon().name("ahead-", 1).factory());
        fill();
    }

    private void fill() {
        for (; begun.size() < most && submitted < count; submitted++) {
            long number = submitted;
            begun.add(threads.submit(() -> work.apply(number)));
        }
    }

    /** Whether an item is left. */
    public boolean hasNext() {
        return !begun.isEmpty();
    }

    /**
     * The next item, waited for if it is not ready. What its making threw is thrown here.
     *
     * @throws java.util.NoSuchElementException if none is left
     */
    public T next() {
        Future<T> next = begun.remove();
        fill();
        long start = System.nanoTime();
        try {
            return next.get();
        } catch (ExecutionException failed) {
            switch (failed.getCause()) {
                case RuntimeException exception -> throw exception;
                case Error error -> throw error;
                default -> throw new IllegalStateException(failed.getCause()); // the work declares no other
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("ahead: interrupted while waiting for an item (close it first)", stopped);
        } finally {
            waitedNanos += System.nanoTime() - start;
        }
    }

    /** Seconds that {@link #next} has waited so far. */
    public double waitedSeconds() {
        return waitedNanos * 1e-9;
    }

    /** Ends the threads; items not handed out are lost. */
    @Override
    public void close() {
        threads.shutdownNow();
        begun.clear();
    }
}
