package dev.panacea.ace.data.codec;

/** Decodes the lines of a JPEG-LS scan, keeping the statistics of its 367 contexts (ITU T.87, annex A). */
final class JpegLsLine {
    private static final int CONTEXTS = 365;
    private static final int[] RUN_BITS = {0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 9,
        10, 11, 12, 13, 14, 15};

    private final JpegLsBits bits;
    private final JpegLsScale scale;
    private final int width;
    private final int turns;
    private final int[] sizes = new int[CONTEXTS + 2]; // of the differences, summed up
    private final int[] seen = new int[CONTEXTS + 2];
    private final int[] drift = new int[CONTEXTS];
    private final int[] correction = new int[CONTEXTS];
    private final int[] negative = new int[2]; // differences below 0 at the ends of runs
    private int[][] above;
    private int[][] row;
    private int run; // how long runs have been lately, 0 to 31

    JpegLsLine(JpegLsBits bits, JpegLsScale scale, int width, int turns) {
        this.bits = bits;
        this.scale = scale;
        this.width = width;
        this.turns = turns;
        java.util.Arrays.fill(sizes, Math.max(2, (scale.range() + 32) / 64));
        java.util.Arrays.fill(seen, 1);
    }

    /**
     * Reads one line of each of the components that take turns.
     *
     * @param aboves the lines above, [turns, 1 + width + 1]
     * @param rows where the lines go
     * @param runState what the call for the line above returned, 0 at first
     */
    int read(int[][] aboves, int[][] rows, int runState) {
        above = aboves;
        row = rows;
        run = runState;
        for (int c = 0; c < turns; c++) {
            above[c][width + 1] = above[c][width];
            row[c][0] = above[c][1];
        }
        for (int x = 1; x <= width;) {
            if (isFlat(x)) {
                x = readRun(x);
            } else {
                for (int c = 0; c < turns; c++) {
                    row[c][x] = readSample(above[c], row[c], x);
                }
                x++;
            }
        }
        return run;
    }

    private boolean isFlat(int x) {
        for (int c = 0; c < turns; c++) {
            if (context(above[c], row[c], x) != 0) {
                return false;
            }
        }
        return true;
    }

    private int context(int[] above, int[] row, int x) {
        return 81 * scale.kind(above[x + 1] - above[x]) + 9 * scale.kind(above[x] - above[x - 1])
                + scale.kind(above[x - 1] - row[x - 1]);
    }

    private int readSample(int[] above, int[] row, int x) {
        int signed = context(above, row, x);
        int sign = signed < 0 ? -1 : 1;
        int context = sign * signed;
        int a = row[x - 1];
        int b = above[x];
        int c = above[x - 1];
        int guess = c >= Math.max(a, b) ? Math.min(a, b) : c <= Math.min(a, b) ? Math.max(a, b) : a + b - c;
        guess = Math.clamp(guess + sign * correction[context], 0, scale.largest());
        int k = golombBits(seen[context], sizes[context]);
        int code = bits.golomb(k, scale.limit(), scale.plainBits());
        int difference = (code & 1) == 0 ? code / 2 : -(code / 2) - 1;
        if (scale.near() == 0 && k == 0 && 2 * drift[context] <= -seen[context]) {
            difference = -difference - 1;
        }
        learn(context, difference);
        return scale.sample(guess, sign * difference);
    }

    private void learn(int context, int difference) {
        drift[context] += difference * (2 * scale.near() + 1);
        sizes[context] += Math.abs(difference);
        if (seen[context] == scale.reset()) {
            sizes[context] >>= 1;
            drift[context] = drift[context] >= 0 ? drift[context] >> 1 : -(1 - drift[context] >> 1);
            seen[context] >>= 1;
        }
        int count = ++seen[context];
        if (drift[context] <= -count) {
            drift[context] = Math.max(drift[context] + count, 1 - count);
            correction[context] = Math.max(correction[context] - 1, -128);
        } else if (drift[context] > 0) {
            drift[context] = Math.min(drift[context] - count, 0);
            correction[context] = Math.min(correction[context] + 1, 127);
        }
    }

    private static int golombBits(int count, int size) {
        int k = 0;
        while (k < 24 && count << k < size) {
            k++;
        }
        return k;
    }

    /** Reads a run of equal pixels and, unless the line ends, the pixel that breaks it; returns what comes next. */
    private int readRun(int from) {
        int x = from;
        while (x <= width && bits.bit() == 1) {
            int length = 1 << RUN_BITS[run];
            int end = Math.min(x + length, width + 1);
            if (end == x + length) {
                run = Math.min(run + 1, 31);
            }
            x = repeat(x, end);
        }
        if (x > width) {
            return x;
        }
        x = repeat(x, Math.min(x + bits.read(RUN_BITS[run]), width + 1));
        if (x > width) {
            throw new dev.panacea.tensor.DataException("JPEG-LS damaged: a run beyond its line (copy the file again)");
        }
        for (int c = 0; c < turns; c++) {
            row[c][x] = readBreak(row[c][x - 1], above[c][x]);
        }
        run = Math.max(run - 1, 0);
        return x + 1;
    }

    private int repeat(int from, int to) {
        for (int c = 0; c < turns; c++) {
            java.util.Arrays.fill(row[c], from, to, row[c][from - 1]);
        }
        return to;
    }

    private int readBreak(int left, int upper) {
        int kind = turns == 1 && Math.abs(left - upper) <= scale.near() ? 1 : 0;
        int context = CONTEXTS + kind;
        int size = kind == 0 ? sizes[context] : sizes[context] + (seen[context] >> 1);
        int k = golombBits(seen[context], size);
        int code = bits.golomb(k, scale.limit() - RUN_BITS[run] - 1, scale.plainBits());
        int odd = code + kind & 1;
        int difference = code + kind + odd >> 1;
        boolean mostlyNegative = 2 * negative[kind] >= seen[context];
        if ((k != 0 || mostlyNegative) == (odd == 1)) {
            difference = -difference;
        }
        if (difference < 0) {
            negative[kind]++;
        }
        sizes[context] += code + 1 - kind >> 1;
        if (seen[context] == scale.reset()) {
            sizes[context] >>= 1;
            seen[context] >>= 1;
            negative[kind] >>= 1;
        }
        seen[context]++;
        return kind == 1 ? scale.sample(left, difference)
                : scale.sample(upper, left > upper ? -difference : difference);
    }
}
