package dev.panacea.tools;

import java.io.PrintWriter;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** A bar on standard error that tells how far a command is; nothing where that is no terminal. */
public final class Progress implements AutoCloseable {
    /** Set by the launcher, which alone can tell, since it stands between the JVM and the terminal. */
    private static final String TERMINAL = "panacea.terminal";
    private static final int COLUMNS = 100;
    private static final String ERASE = "\r\u001b[K";

    private final PrintWriter err;
    private final ProgressBar bar;

    private Progress(PrintWriter err, ProgressBar bar) {
        this.err = err;
        this.bar = bar;
    }

    /**
     * Shows a bar.
     *
     * @param task what is being done, in a word
     * @param steps how many steps there are
     */
    public static Progress open(String task, long steps, PrintWriter err) {
        return new Progress(err, !Boolean.getBoolean(TERMINAL) ? null : new ProgressBarBuilder().setTaskName(task)
                .setInitialMax(steps).setUpdateIntervalMillis(500).setStyle(ProgressBarStyle.UNICODE_BLOCK).showSpeed()
                .setConsumer(new DelegatingProgressBarConsumer(text -> {
                    err.print("\r" + text);
                    err.flush();
                }, COLUMNS)).build());
    }

    /** One step more is done; any thread may say so. */
    public void step() {
        if (bar != null) {
            bar.step();
        }
    }

    /** Shows a few words behind the bar. */
    public void note(String words) {
        if (bar != null) {
            bar.setExtraMessage(words);
        }
    }

    /** Says a line, above the bar where there is one. */
    public void say(String line) {
        err.println(bar == null ? line : ERASE + line);
        err.flush();
    }

    /** Prints a result at once, without the bar before it. */
    public void print(PrintWriter out, String result) {
        if (bar != null) {
            err.print(ERASE);
            err.flush();
        }
        out.print(result);
        out.flush();
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
            err.print(ERASE);
            err.flush();
        }
    }
}
