package dev.panacea.tensor;

import dev.panacea.tensor.op.Op;
import dev.panacea.tensor.op.Work;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Where the time goes: while one is running, every op that computes on its thread is timed.
 *
 * <pre>{@code
 * try (OpProfile profile = OpProfile.start()) {
 *     model.pooled(x, Pass.EVALUATION);
 *     System.out.print(profile);
 * }
 * }</pre>
 */
public final class OpProfile implements AutoCloseable {
    private static final ThreadLocal<OpProfile> RUNNING = new ThreadLocal<>();
    private static volatile boolean any;

    private final Map<String, Entry> entries = new HashMap<>();
    private final OpProfile outer;
    private Work work = Work.NONE;

    private OpProfile(OpProfile outer) {
        this.outer = outer;
    }

    /**
     * The calls of one op with inputs of the same shapes.
     *
     * @param op its name
     * @param inputs the shapes of its inputs
     * @param calls how often it ran
     * @param seconds how long, all calls together
     */
    public record Entry(String op, String inputs, int calls, double seconds) {}

    /** Begins to time the ops of the calling thread, until closed. */
    public static OpProfile start() {
        OpProfile profile = new OpProfile(RUNNING.get());
        RUNNING.set(profile);
        any = true;
        return profile;
    }

    /** The one that times this thread, or null; costs a field read where there never was one. */
    static OpProfile running() {
        return any ? RUNNING.get() : null;
    }

    void count(Op op, Tensor[] in, long nanoseconds) {
        StringBuilder shapes = new StringBuilder();
        for (Tensor input : in) {
            shapes.append(shapes.isEmpty() ? "" : " ").append(input.shape());
        }
        Entry more = new Entry(op.name(), shapes.toString(), 1, nanoseconds * 1e-9);
        work = work.plus(Work.of(op, Arrays.stream(in).map(Tensor::spec).toList()));
        entries.merge(more.op() + more.inputs(), more, (a, b) -> new Entry(a.op, a.inputs, a.calls + b.calls,
                a.seconds + b.seconds));
    }

    /** What all ops together must do at least. */
    public Work work() {
        return work;
    }

    /** What was timed so far, the longest first. */
    public List<Entry> entries() {
        List<Entry> sorted = new ArrayList<>(entries.values());
        sorted.sort(Comparator.comparingDouble(Entry::seconds).reversed());
        return sorted;
    }

    /** What was timed so far, shapes taken together, the longest first. */
    public List<Entry> byOp() {
        Map<String, Entry> ops = new HashMap<>();
        entries.values().forEach(e -> ops.merge(e.op, new Entry(e.op, "", e.calls, e.seconds),
                (a, b) -> new Entry(a.op, "", a.calls + b.calls, a.seconds + b.seconds)));
        List<Entry> sorted = new ArrayList<>(ops.values());
        sorted.sort(Comparator.comparingDouble(Entry::seconds).reversed());
        return sorted;
    }

    /** Ends the timing. */
    @Override
    public void close() {
        RUNNING.set(outer);
    }

    /** A table, one line for each op. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (Entry entry : byOp()) {
            text.append("%-24s %6d calls %9.3f s%n".formatted(entry.op, entry.calls, entry.seconds));
        }
        return text.toString();
    }
}
