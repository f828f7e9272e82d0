package dev.panacea.tools;

import java.util.concurrent.CountDownLatch;

/**
 * Lets Ctrl-C or SIGTERM end a run between two steps: the process waits until the step in progress is done and what
 * follows it is saved.
 */
public final class StopSignal implements AutoCloseable {
    /** What a shell expects of a program that was interrupted. */
    public static final int EXIT_CODE = 130;

    private final CountDownLatch done = new CountDownLatch(1);
    private final Thread hook = new Thread(this::stop, "stop");
    private volatile boolean asked;

    /** Listens from now on. */
    public StopSignal() {
        Runtime.getRuntime().addShutdownHook(hook);
    }

    private void stop() {
        asked = true;
        try {
            done.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether the process was asked to end. */
    public boolean asked() {
        return asked;
    }

    @Override
    public void close() {
        done.countDown();
        if (!asked) {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException _) {
                // asked in this very moment: the hook finds that all is done
            }
        }
    }
}
