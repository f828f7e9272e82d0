package dev.panacea.tensor;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Counts how often an op was computed by its reference code for want of a kernel. */
public final class Fallbacks {
    private static final Map<String, LongAdder> COUNTS = new ConcurrentHashMap<>();

    private Fallbacks() {}

    static void count(String backend, String op) {
        COUNTS.computeIfAbsent(backend + " " + op, key -> new LongAdder()).increment();
    }

    /** Calls so far, by backend and op ({@code "cpu softmax"}), in alphabetical order. */
    public static Map<String, Long> counts() {
        Map<String, Long> copy = new TreeMap<>();
        COUNTS.forEach((name, count) -> copy.put(name, count.sum()));
        return copy;
    }

    /** Calls so far over all ops. */
    public static long total() {
        return COUNTS.values().stream().mapToLong(LongAdder::sum).sum();
    }
}
