package dev.panacea.ace.data.codec;

import dev.panacea.tensor.DataException;

/**
 * How a component of a JPEG 2000 picture is coded.
 *
 * @param progression order of packets: 0 layers first, 1 resolutions then layers, 2 resolutions then places, 3 places,
 *     4 components
 * @param layers how often each block may be refined
 * @param mixed whether the first three components are mixed into luma and differences
 * @param levels how often the picture was halved
 * @param blockWidth bits of a block's width
 * @param blockHeight bits of a block's height
 * @param style bits: 1 bypass, 2 reset, 4 end after each pass, 8 causal, 32 symbols between
 * @param reversible whether whole numbers were transformed, without loss
 * @param precincts for each resolution the bits of a precinct's width, and of its height times 16
 */
record J2kCoding(int progression, int layers, boolean mixed, int levels, int blockWidth, int blockHeight, int style,
        boolean reversible, int[] precincts) {
    static final int BYPASS = 1;
    static final int RESET = 2;
    static final int END_EACH = 4;
    static final int CAUSAL = 8;
    static final int SYMBOLS = 32;

    /** Reads what stands for all components, and then for this one. */
    static J2kCoding read(byte[] file, int at) {
        J2kCoding all = new J2kCoding(file[at + 1] & 0xFF, Bytes.uint16(file, at + 2), file[at + 4] == 1, 0, 0, 0, 0,
                false, null);
        return all.component(file, at + 5, (file[at] & 1) != 0);
    }

    /** The same with what stands for one component. */
    J2kCoding component(byte[] file, int at, boolean ownPrecincts) {
        int halvings = file[at] & 0xFF;
        int wide = (file[at + 1] & 15) + 2;
        int high = (file[at + 2] & 15) + 2;
        if (halvings > 32 || wide + high > 12 || wide > 10 || high > 10 || progression > 4 || layers < 1
                || (file[at + 3] & 0xC0) != 0 || file[at + 4] < 0 || file[at + 4] > 1) {
            throw new DataException("JPEG 2000 damaged or of an unknown kind: " + halvings + " levels, blocks of 2^"
                    + wide + " x 2^" + high + ", progression " + progression + ", " + layers
                    + " layers (convert it to PNG)");
        }
        int[] sizes = new int[halvings + 1];
        for (int r = 0; r <= halvings; r++) {
            sizes[r] = ownPrecincts ? file[at + 5 + r] & 0xFF : 0xFF;
        }
        return new J2kCoding(progression, layers, mixed, halvings, wide, high, file[at + 3], file[at + 4] == 1, sizes);
    }

    boolean has(int flag) {
        return (style & flag) != 0;
    }
}
