package dev.panacea.ace.data.codec;

import dev.panacea.ace.data.codec.J2kBlock.Segment;

/** Decodes the bit planes of JPEG 2000's code blocks (ITU T.800, annex D). One object serves block after block. */
final class J2kBits {
    private static final int SIGNIFICANT = 1;
    private static final int NEGATIVE = 2;
    private static final int VISITED = 4; // in this bit plane
    private static final int REFINED = 8;
    private static final int STRIPE = 4;

    /** The high-pass directions of a band. */
    enum Band { LL, HL, LH, HH }

    private final MqDecoder coded = new MqDecoder();
    private int width;
    private int height;
    private int stride;
    private byte[] flags = new byte[0]; // [1 + height + 1, 1 + width + 1]
    private int[] sizes = new int[0]; // twice the absolute values, the middle of what is still unknown included
    private Band band;
    private boolean causal;
    private int plane;
    private byte[] raw; // where a pass bypasses the coder, what it reads instead
    private int rawAt;
    private int rawEnd;
    private int rawBits;
    private int rawLeft;

    /** Decodes a block; {@link #value} gives its numbers. */
    void decode(J2kBlock block, Band ofBand, J2kCoding coding, int planes) {
        band = ofBand;
        causal = coding.has(J2kCoding.CAUSAL);
        width = block.width;
        height = block.height;
        stride = width + 2;
        if (flags.length < stride * (height + 2)) {
            flags = new byte[stride * (height + 2)];
            sizes = new int[stride * (height + 2)];
        }
        java.util.Arrays.fill(flags, 0, stride * (height + 2), (byte) 0);
        java.util.Arrays.fill(sizes, 0, stride * (height + 2), 0);
        coded.reset();
        byte[] data = block.data.toByteArray();
        int at = 0;
        int pass = 0;
        for (Segment segment : block.segments) {
            boolean bypass = coding.has(J2kCoding.BYPASS) && pass >= 10 && (pass + 2) % 3 != 2;
            raw = bypass ? data : null;
            rawAt = at;
            rawEnd = at + segment.bytes;
            rawBits = 0;
            rawLeft = 0;
            if (!bypass) {
                coded.start(data, at, rawEnd);
            }
            for (int i = 0; i < segment.passes; i++, pass++) {
                plane = planes - 1 - (pass + 2) / 3;
                switch ((pass + 2) % 3) {
                    case 0 -> significance();
                    case 1 -> refinement();
                    default -> cleanUp(coding.has(J2kCoding.SYMBOLS));
                }
                if (coding.has(J2kCoding.RESET)) {
                    coded.reset();
                }
            }
            at = rawEnd;
        }
    }

    /** Twice the value at a place. */
    int value(int x, int y) {
        int at = (y + 1) * stride + x + 1;
        return (flags[at] & NEGATIVE) != 0 ? -sizes[at] : sizes[at];
    }

    private int bit(int context) {
        if (raw == null) {
            return coded.decode(context);
        }
        if (rawLeft == 0) {
            rawLeft = rawBits == 0xFF ? 7 : 8;
            rawBits = rawAt < rawEnd ? raw[rawAt++] & 0xFF : 0xFF;
        }
        return rawBits >> --rawLeft & 1;
    }

    private void significance() {
        for (int top = 0; top < height; top += STRIPE) {
            int bottom = Math.min(top + STRIPE, height);
            for (int x = 0; x < width; x++) {
                for (int y = top; y < bottom; y++) {
                    int at = (y + 1) * stride + x + 1;
                    if ((flags[at] & SIGNIFICANT) != 0) {
                        continue;
                    }
                    int context = zeroContext(at, y);
                    if (context != 0) {
                        if (bit(context) == 1) {
                            becomeSignificant(at, y);
                        }
                        flags[at] |= VISITED;
                    }
                }
            }
        }
    }

    private void refinement() {
        for (int top = 0; top < height; top += STRIPE) {
            int bottom = Math.min(top + STRIPE, height);
            for (int x = 0; x < width; x++) {
                for (int y = top; y < bottom; y++) {
                    int at = (y + 1) * stride + x + 1;
                    if ((flags[at] & (SIGNIFICANT | VISITED)) != SIGNIFICANT) {
                        continue;
                    }
                    int context = (flags[at] & REFINED) != 0 ? 16 : zeroContext(at, y) != 0 ? 15 : 14;
                    sizes[at] += bit(context) == 1 ? 1 << plane : -(1 << plane);
                    flags[at] |= REFINED;
                }
            }
        }
    }

    private void cleanUp(boolean symbols) {
        for (int top = 0; top < height; top += STRIPE) {
            int bottom = Math.min(top + STRIPE, height);
            for (int x = 0; x < width; x++) {
                int y = top;
                boolean found = false;
                if (top + STRIPE <= height && isQuiet(x, top)) {
                    if (coded.decode(MqDecoder.RUN) == 0) {
                        continue;
                    }
                    y += coded.decode(MqDecoder.EVEN) << 1;
                    y += coded.decode(MqDecoder.EVEN);
                    found = true;
                }
                for (; y < bottom; y++) {
                    int at = (y + 1) * stride + x + 1;
                    if ((flags[at] & (SIGNIFICANT | VISITED)) == 0
                            && (found || coded.decode(zeroContext(at, y)) == 1)) {
                        becomeSignificant(at, y);
                    }
                    found = false;
                }
            }
        }
        for (int y = 1; y <= height; y++) {
            for (int x = 1; x <= width; x++) {
                flags[y * stride + x] &= ~VISITED;
            }
        }
        if (symbols) {
            for (int i = 0; i < 4; i++) {
                coded.decode(MqDecoder.EVEN);
            }
        }
    }

    /** Whether nothing is or borders on anything significant in a column of a stripe. */
    private boolean isQuiet(int x, int top) {
        for (int y = top; y < top + STRIPE; y++) {
            int at = (y + 1) * stride + x + 1;
            if ((flags[at] & (SIGNIFICANT | VISITED)) != 0 || zeroContext(at, y) != 0) {
                return false;
            }
        }
        return true;
    }

    private void becomeSignificant(int at, int y) {
        int across = sign(at - 1) + sign(at + 1);
        int down = sign(at - stride) + (seesBelow(y) ? sign(at + stride) : 0);
        across = Math.clamp(across, -1, 1);
        down = Math.clamp(down, -1, 1);
        int negative;
        if (raw != null) {
            negative = bit(0);
        } else {
            boolean flip = across < 0 || across == 0 && down < 0;
            int context = across == 0 ? 9 + Math.abs(down) : 12 + across * down;
            negative = coded.decode(context) ^ (flip ? 1 : 0);
        }
        flags[at] |= (byte) (SIGNIFICANT | (negative == 1 ? NEGATIVE : 0));
        sizes[at] = 3 << plane;
    }

    private int sign(int at) {
        return (flags[at] & SIGNIFICANT) == 0 ? 0 : (flags[at] & NEGATIVE) != 0 ? -1 : 1;
    }

    /** Whether the row below may be looked at: where stripes are causal, not from a stripe's last row. */
    private boolean seesBelow(int y) {
        return !causal || y % STRIPE != STRIPE - 1;
    }

    /** The context of a number not yet significant: 0 where no neighbour is. */
    private int zeroContext(int at, int y) {
        int across = (flags[at - 1] & 1) + (flags[at + 1] & 1);
        int up = at - stride;
        int down = flags[up] & 1;
        int diagonal = (flags[up - 1] & 1) + (flags[up + 1] & 1);
        if (seesBelow(y)) {
            int below = at + stride;
            down += flags[below] & 1;
            diagonal += (flags[below - 1] & 1) + (flags[below + 1] & 1);
        }
        if (band == Band.HH) {
            int beside = across + down;
            return switch (diagonal) {
                case 0 -> Math.min(beside, 2);
                case 1 -> 3 + Math.min(beside, 2);
                case 2 -> beside == 0 ? 6 : 7;
                default -> 8;
            };
        }
        int along = band == Band.HL ? down : across;
        int other = band == Band.HL ? across : down;
        return switch (along) {
            case 0 -> other > 0 ? 2 + other : Math.min(diagonal, 2);
            case 1 -> other > 0 ? 7 : diagonal > 0 ? 6 : 5;
            default -> 8;
        };
    }
}
