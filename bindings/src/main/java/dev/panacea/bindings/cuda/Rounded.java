package dev.panacea.bindings.cuda;

import java.util.ArrayDeque;
import java.util.Iterator;

/**
 * The last matrices that were rounded, and what of them: in backward one gradient is a factor of two products in turn.
 * They count as long as nothing but products was run since, none of which wrote over what was rounded.
 */
final class Rounded {
    private static final int MOST = 3; // a gradient, the weight that it is multiplied by, and the input made again
    private final ArrayDeque<Kept> kept = new ArrayDeque<>();
    private long writes; // of the device's memory, when the kept were last known to be good

    /** A stretch of F32 elements, and the memory that holds them rounded. */
    private record Kept(long address, long size, Scratch rounded) {}

    /** Begins a product; {@code now} is how often the device's memory was written. */
    void begin(long now) {
        if (now != writes) {
            clear();
            writes = now;
        }
    }

    /** Counts one write of the product itself, to memory of its own. */
    void wrote() {
        writes++;
    }

    /** Where those elements are rounded already, or 0. */
    long find(long address, long size) {
        for (Kept one : kept) {
            if (one.address == address && one.size == size) {
                kept.remove(one);
                kept.addLast(one); // the other goes first
                return one.rounded.address();
            }
        }
        return 0;
    }

    /** Takes over the memory of elements that were rounded. */
    void put(long address, long size, Scratch rounded) {
        while (kept.size() >= MOST) {
            kept.removeFirst().rounded.close();
        }
        kept.addLast(new Kept(address, size, rounded));
    }

    /** Lets go of what was rounded from bytes that a product has written, or a kernel will write. */
    void written(long from, long byteSize) {
        for (Iterator<Kept> each = kept.iterator(); each.hasNext();) {
            Kept one = each.next();
            if (one.address < from + byteSize && from < one.address + one.size * Float.BYTES) {
                each.remove();
                one.rounded.close();
            }
        }
    }

    private void clear() {
        kept.forEach(one -> one.rounded.close());
        kept.clear();
    }
}
