package dev.panacea.tools;

import java.io.PrintWriter;
import java.util.List;
import java.util.function.UnaryOperator;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** A bar on standard error that tells how far a command is; nothing where that is no terminal. */
public final class Progress implements AutoCloseable {
    /** Set by the launcher, which alone can tell, since it stands between the JVM and the terminal. */
    private static final String TERMINAL = "panacea.terminal";
    private static final String COLUMNS = "panacea.columns";
    private static final int USUAL_COLUMNS = 80;
    private static final int FIXED = 36; // columns for share, times and the shortest bar
    private static final String ERASE = "\r\u001b[K";

    private final PrintWriter err;
    private final ProgressBar bar;
    private final int room; // columns for notes

    private Progress(PrintWriter err, ProgressBar bar, int room) {
        this.err = err;
        this.bar = bar;
        this.room = room;
    }

    /**
     * Shows a bar.
     *
     * @param task what is being done, in a word
     * @param steps how many steps there are
     */
    public static Progress open(String task, long steps, PrintWriter err) {
        return open(task, steps, err, ProgressBarBuilder::showSpeed);
    }

    /** The same without steps a second, for those who note a speed of their own. */
    public static Progress withoutSpeed(String task, long steps, PrintWriter err) {
        return open(task, steps, err, UnaryOperator.identity());
    }

    private static Progress open(String task, long steps, PrintWriter err, UnaryOperator<ProgressBarBuilder> more) {
        int columns = Math.max(20, Integer.getInteger(COLUMNS, USUAL_COLUMNS));
        ProgressBar bar = !Boolean.getBoolean(TERMINAL) ? null : more.apply(new ProgressBarBuilder().setTaskName(task)
                .setInitialMax(steps).setUpdateIntervalMillis(500).setStyle(ProgressBarStyle.UNICODE_BLOCK)
                .setConsumer(new DelegatingProgressBarConsumer(text -> {
                    err.print("\r" + text);
                    err.flush();
                }, columns))).build();
        return new Progress(err, bar, columns - FIXED - task.length() - 2 * Long.toString(steps).length());
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

    /** Shows a few words behind the bar: as many from the first on as the terminal has room for. */
    public void note(List<String> words) {
        if (bar != null) {
            bar.setExtraMessage(fitting(words, room));
        }
    }

    /** The first words that fit into a width together, with a blank before each; at least one. */
    public static String fitting(List<String> words, int width) {
        StringBuilder line = new StringBuilder();
        for (String word : words) {
            if (!line.isEmpty() && line.length() + 1 + word.length() > width) {
                break;
            }
            line.append(' ').append(word);
        }
        return line.toString();
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
