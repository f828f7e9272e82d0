package dev.panacea.tensor;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** In debug mode, knows where every live tensor was made: the way to find a leak. Off, it costs one branch. */
public final class MemoryLedger {
    /** System property that switches the ledger on at start. */
    public static final String PROPERTY = "panacea.ledger";

    private static final Set<Entry> LIVE = ConcurrentHashMap.newKeySet();
    private static volatile boolean on = Boolean.getBoolean(PROPERTY);

    /** One live allocation; compared by identity. */
    static final class Entry {
        private final long byteSize;
        private final String site;

        Entry(long byteSize, String site) {
            this.byteSize = byteSize;
            this.site = site;
        }
    }

    private MemoryLedger() {}

    /** Switches the ledger on or off; tensors made while it is off are not in it. */
    public static void enable(boolean enabled) {
        on = enabled;
        if (!enabled) {
            LIVE.clear();
        }
    }

    /** One line for each place that made live tensors, the most bytes first: {@code 3 tensors, 12288 bytes: site}. */
    public static List<String> lines() {
        return LIVE.stream()
                .collect(Collectors.groupingBy(entry -> entry.site,
                        Collectors.summarizingLong(entry -> entry.byteSize)))
                .entrySet().stream()
                .sorted((a, b) -> Long.compare(b.getValue().getSum(), a.getValue().getSum()))
                .map(site -> site.getValue().getCount() + " tensors, " + site.getValue().getSum() + " bytes: "
                        + site.getKey())
                .toList();
    }

    static Entry enter(long byteSize) {
        if (!on) {
            return null;
        }
        String site = StackWalker.getInstance().walk(frames -> frames
                .filter(frame -> !frame.getClassName().startsWith("dev.panacea.tensor.")
                        && !frame.getClassName().startsWith("dev.panacea.autograd."))
                .findFirst()
                .map(frame -> frame.toStackTraceElement().toString())
                .orElse("inside the engine"));
        Entry entry = new Entry(byteSize, site);
        LIVE.add(entry);
        return entry;
    }

    static void leave(Entry entry) {
        if (entry != null) {
            LIVE.remove(entry);
        }
    }
}
