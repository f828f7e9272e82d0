package dev.panacea.ace.data.codec;

import java.util.function.IntSupplier;

/** A quad tree whose nodes hold the least of the values below them, told bit by bit (ITU T.800, B.10.2). */
final class TagTree {
    private final int levels;
    private final int[] widths;
    private final int[] starts;
    private final int[] least; // what each node is known to be at least
    private final boolean[] known;

    TagTree(int width, int height) {
        int count = 1;
        for (int w = width, h = height; w > 1 || h > 1; w = w + 1 >> 1, h = h + 1 >> 1) {
            count++;
        }
        levels = count;
        widths = new int[count];
        starts = new int[count + 1];
        for (int level = 0, w = width, h = height; level < count; level++, w = w + 1 >> 1, h = h + 1 >> 1) {
            widths[level] = w;
            starts[level + 1] = starts[level] + w * h;
        }
        least = new int[starts[count]];
        known = new boolean[starts[count]];
    }

    /** Reads bits until the value at a place is known or at least {@code limit}; returns whether it is below. */
    boolean isBelow(int x, int y, int limit, IntSupplier bits) {
        int floor = 0;
        for (int level = levels - 1; level >= 0; level--) {
            int node = starts[level] + (y >> level) * widths[level] + (x >> level);
            least[node] = Math.max(least[node], floor);
            while (!known[node] && least[node] < limit) {
                if (bits.getAsInt() == 1) {
                    known[node] = true;
                } else {
                    least[node]++;
                }
            }
            floor = least[node];
        }
        return known[starts[0] + y * widths[0] + x] && floor < limit;
    }
}
