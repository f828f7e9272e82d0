package dev.panacea.ace.data.codec;

/**
 * A rectangle on one of JPEG 2000's grids; right and bottom edge lie outside.
 *
 * @param left first column
 * @param top first row
 * @param right behind the last column
 * @param bottom behind the last row
 */
record J2kArea(int left, int top, int right, int bottom) {
    int width() {
        return Math.max(0, right - left);
    }

    int height() {
        return Math.max(0, bottom - top);
    }

    boolean isEmpty() {
        return right <= left || bottom <= top;
    }

    /** Halved so often; of a band, the points that it holds: {@code high} says along which axes it is the upper one. */
    J2kArea halved(int times, boolean highX, boolean highY) {
        return new J2kArea(halved(left, times, highX), halved(top, times, highY), halved(right, times, highX),
                halved(bottom, times, highY));
    }

    private static int halved(int value, int times, boolean high) {
        if (times == 0) {
            return value;
        }
        long offset = high ? 1L << times - 1 : 0;
        return (int) (value - offset + (1L << times) - 1 >> times);
    }

    J2kArea within(J2kArea other) {
        return new J2kArea(Math.max(left, other.left), Math.max(top, other.top), Math.min(right, other.right),
                Math.min(bottom, other.bottom));
    }

    @Override
    public String toString() {
        return left + ".." + right + " x " + top + ".." + bottom;
    }
}
