package dev.panacea.ace.data.codec;

/** The arithmetic decoder of JPEG 2000 (ITU T.800, annex C). */
final class MqDecoder {
    private static final int[] LIKELIHOOD = {0x5601, 0x3401, 0x1801, 0x0AC1, 0x0521, 0x0221, 0x5601, 0x5401, 0x4801,
        0x3801, 0x3001, 0x2401, 0x1C01, 0x1601, 0x5601, 0x5401, 0x5101, 0x4801, 0x3801, 0x3401, 0x3001, 0x2801, 0x2401,
        0x2201, 0x1C01, 0x1801, 0x1601, 0x1401, 0x1201, 0x1101, 0x0AC1, 0x09C1, 0x08A1, 0x0521, 0x0441, 0x02A1, 0x0221,
        0x0141, 0x0111, 0x0085, 0x0049, 0x0025, 0x0015, 0x0009, 0x0005, 0x0001, 0x5601};
    private static final int[] AFTER_LIKELY = {1, 2, 3, 4, 5, 38, 7, 8, 9, 10, 11, 12, 13, 29, 15, 16, 17, 18, 19, 20,
        21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 45, 46};
    private static final int[] AFTER_UNLIKELY = {1, 6, 9, 12, 29, 33, 6, 14, 14, 14, 17, 18, 20, 21, 14, 14, 15, 16, 17,
        18, 19, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 46};
    private static final int CONTEXTS = 19;
    static final int RUN = 17;
    static final int EVEN = 18; // both outcomes are equally likely

    private final int[] state = new int[CONTEXTS]; // twice the row of the tables, and the likely outcome
    private byte[] bytes;
    private int at;
    private int end;
    private int code;
    private int interval;
    private int left; // bits until the next byte

    /** Forgets what the contexts have learnt. */
    void reset() {
        java.util.Arrays.fill(state, 0);
        state[0] = 4 << 1;
        state[RUN] = 3 << 1;
        state[EVEN] = 46 << 1;
    }

    /** Begins with the bytes between two places. */
    void start(byte[] data, int from, int to) {
        bytes = data;
        at = from;
        end = to;
        code = byteAt(at) << 16;
        feed();
        code <<= 7;
        left -= 7;
        interval = 0x8000;
    }

    private int byteAt(int index) {
        return index < end ? bytes[index] & 0xFF : 0xFF;
    }

    private void feed() {
        int next = byteAt(at + 1);
        if (byteAt(at) != 0xFF) {
            at++;
            code += next << 8;
            left = 8;
        } else if (next > 0x8F) {
            code += 0xFF00; // a marker, or the end: ones for ever
            left = 8;
        } else {
            at++;
            code += next << 9;
            left = 7;
        }
    }

    int decode(int context) {
        int row = state[context] >> 1;
        int likely = state[context] & 1;
        int share = LIKELIHOOD[row];
        interval -= share;
        boolean low = code >>> 16 < share;
        if (!low) {
            code -= share << 16;
            if ((interval & 0x8000) != 0) {
                return likely;
            }
        }
        // The shares are estimates: where the unlikely one has become the larger, they change roles.
        boolean asExpected = low == interval < share;
        if (low) {
            interval = share;
        }
        if (asExpected) {
            state[context] = AFTER_LIKELY[row] << 1 | likely;
        } else {
            boolean turns = row == 0 || row == 6 || row == 14;
            state[context] = AFTER_UNLIKELY[row] << 1 | (turns ? 1 - likely : likely);
        }
        do {
            if (left == 0) {
                feed();
            }
            interval <<= 1;
            code <<= 1;
            left--;
        } while ((interval & 0x8000) == 0);
        return asExpected ? likely : 1 - likely;
    }
}
