package dev.panacea.ace.label;

import dev.panacea.nn.ConfigException;

/**
 * The size of picture that marks are measured in. A picture of another size needs them scaled.
 *
 * @param width pixels of a row
 * @param height rows
 */
public record Frame(int width, int height) {
    private static final int LARGEST = 1 << 14;

    /**
     * Checks the size.
     *
     * @throws ConfigException if it is out of range
     */
    public Frame {
        if (width < 1 || height < 1 || width > LARGEST || height > LARGEST) {
            throw new ConfigException("frame: " + width + " x " + height + " pixels (need 1.." + LARGEST + ")");
        }
    }

    /** A square. */
    public static Frame square(int side) {
        return new Frame(side, side);
    }
}
