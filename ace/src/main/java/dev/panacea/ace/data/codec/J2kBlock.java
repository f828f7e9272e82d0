package dev.panacea.ace.data.codec;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/** A code block of JPEG 2000: its place in its band, and what the packets have brought of it. */
final class J2kBlock {
    /** Passes that were coded together, and the bytes that they take. */
    static final class Segment {
        final int most;
        int passes;
        int bytes;

        Segment(int most) {
            this.most = most;
        }
    }

    final int x;
    final int y;
    final int width;
    final int height;
    final ByteArrayOutputStream data = new ByteArrayOutputStream(0);
    final List<Segment> segments = new ArrayList<>(1);
    int emptyPlanes; // bit planes above the first that holds a one
    int lengthBits = 3;
    int passes;

    J2kBlock(int x, int y, int width, int height) {
        this.x = x;
        this.y = y;
        this.width = width;
        this.height = height;
    }

    boolean isSeen() {
        return !segments.isEmpty();
    }

    /** The segment that the next pass belongs to. */
    Segment open(J2kCoding coding) {
        Segment last = segments.isEmpty() ? null : segments.getLast();
        if (last == null || last.passes == last.most) {
            // Bypassing begins after ten passes: two raw ones, then one that is coded, in turns.
            int most = coding.has(J2kCoding.END_EACH) ? 1 : !coding.has(J2kCoding.BYPASS) ? Integer.MAX_VALUE
                    : last == null ? 10 : last.most == 2 ? 1 : 2;
            last = new Segment(most);
            segments.add(last);
        }
        return last;
    }
}
