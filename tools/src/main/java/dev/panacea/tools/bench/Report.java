package dev.panacea.tools.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.util.Map;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Prints rows as they come: a table, or JSON lines; and, where standard error is a terminal, how far it is. */
final class Report implements AutoCloseable {
    /** Set by the launcher, which alone can tell, since it stands between the JVM and the terminal. */
    private static final String TERMINAL = "panacea.terminal";
    private static final int BAR_COLUMNS = 100;
    private static final String ERASE = "\r\u001b[K";

    private final ObjectMapper mapper = new ObjectMapper();
    private final PrintWriter out;
    private final PrintWriter err;
    private final boolean json;
    private final ProgressBar bar;
    private final String erase;
    private String bench = "";

    private Report(PrintWriter out, PrintWriter err, boolean json, int rows) {
        this.out = out;
        this.err = err;
        this.json = json;
        bar = Boolean.getBoolean(TERMINAL) ? bar(rows) : null;
        erase = bar != null && System.console() != null && System.console().isTerminal() ? ERASE : "";
    }

    static Report open(PrintWriter out, PrintWriter err, boolean json, int rows) {
        return new Report(out, err, json, rows);
    }

    /** Its thread wakes once a second, which takes nothing from what is measured. */
    private ProgressBar bar(int rows) {
        return new ProgressBarBuilder().setTaskName("bench").setInitialMax(rows).setUpdateIntervalMillis(1000)
                .setStyle(ProgressBarStyle.UNICODE_BLOCK)
                .setConsumer(new DelegatingProgressBarConsumer(text -> {
                    err.print("\r" + text);
                    err.flush();
                }, BAR_COLUMNS)).build();
    }

    void machine(Machine machine) {
        machine.lines().forEach(json ? err::println : out::println);
        err.flush();
        if (json) {
            json(machine.fields());
        }
        out.flush();
    }

    /** Says what runs next. */
    void begin(Case next) {
        if (bar != null) {
            bar.setExtraMessage(next.name());
            bar.refresh();
        }
    }

    void row(Row row) {
        if (bar != null) {
            bar.step();
        }
        if (json) {
            json(row.fields());
        } else {
            if (!bench.equals(row.bench())) {
                bench = row.bench();
                out.printf("%s%n%s%n", erase, bench);
            }
            out.println(erase + row.line());
        }
        out.flush();
    }

    private void json(Map<String, Object> fields) {
        try {
            out.println(erase + mapper.writeValueAsString(fields));
        } catch (JsonProcessingException never) {
            throw new IllegalStateException(never); // strings and numbers can always be written
        }
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
