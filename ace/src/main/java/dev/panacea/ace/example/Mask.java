package dev.panacea.ace.example;

import dev.panacea.tensor.DataException;

/**
 * Where something is in a picture, pixel by pixel.
 *
 * @param width pixels of a row, at least 1
 * @param height rows, at least 1
 * @param values [height, width], rows from the top, each {@link #OUTSIDE}, {@link #INSIDE} or {@link #UNKNOWN}; the
 *     array is not copied
 */
public record Mask(int width, int height, byte[] values) {
    /** It is not here. */
    public static final byte OUTSIDE = 0;
    /** It is here. */
    public static final byte INSIDE = 1;
    /** Whether it is here nobody says, and nothing should be learned or counted here. */
    public static final byte UNKNOWN = 2;

    /**
     * Checks the sizes.
     *
     * @throws DataException if they do not agree
     */
    public Mask {
        if (width < 1 || height < 1 || values.length != (long) width * height) {
            throw new DataException("mask: " + values.length + " values for " + width + " x " + height
                    + " pixels (need their product)");
        }
    }

    /** A mask of pixels that are inside or not, [height, width]. */
    public static Mask of(int width, int height, boolean[] inside) {
        byte[] values = new byte[inside.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = inside[i] ? INSIDE : OUTSIDE;
        }
        return new Mask(width, height, values);
    }

    /** A mask that is outside everywhere. */
    public static Mask empty(int width, int height) {
        return new Mask(width, height, new byte[width * height]);
    }

    /** One pixel. */
    public byte value(int row, int column) {
        return values[row * width + column];
    }

    /** Inside where either is; of the rest, unknown where either is. Both have one size. */
    Mask or(Mask other) {
        byte[] both = new byte[values.length];
        for (int i = 0; i < both.length; i++) {
            both[i] = values[i] == INSIDE || other.values[i] == INSIDE ? INSIDE
                    : (byte) Math.max(values[i], other.values[i]);
        }
        return new Mask(width, height, both);
    }
}
