package dev.panacea.ace.data.codec;

import dev.panacea.tensor.DataException;

/**
 * The numbers that a JPEG-LS scan is coded with (ITU T.87, C.2.4.1).
 *
 * @param largest largest sample
 * @param near how far a decoded sample may be from the original, 0 for lossless
 * @param range how many differences there are
 * @param plainBits bits of a difference written plainly
 * @param limit longest code in bits
 * @param thresholds between gradients of different kinds
 * @param reset after how many samples the statistics are halved
 */
record JpegLsScale(int largest, int near, int range, int plainBits, int limit, int[] thresholds, int reset) {
    /** The defaults for so many bits, with what the file gives of its own. */
    static JpegLsScale of(int bits, int near, int[] preset) {
        int largest = preset[0] == 0 ? (1 << bits) - 1 : preset[0];
        if (largest >= 1 << bits || near > largest / 2) {
            throw new DataException("JPEG-LS damaged: largest value " + largest + " of " + bits + " bits, tolerance "
                    + near + " (copy the file again)");
        }
        int[] thresholds = new int[3];
        int[] standard = {3, 7, 21};
        int low = near + 1;
        for (int i = 0; i < 3; i++) {
            int base = i + 2; // what 8 bits less their factor leave: 3 - 1, 7 - 4, 21 - 17 are 2, 3, 4
            int spread = (2 * i + 3) * near;
            int value;
            if (largest >= 128) {
                int factor = Math.min(largest, 4095) + 128 >> 8;
                value = factor * (standard[i] - base) + base + spread;
            } else {
                value = Math.max(base, standard[i] / (256 / (largest + 1)) + spread);
            }
            thresholds[i] = preset[i + 1] != 0 ? preset[i + 1] : value > largest || value < low ? low : value;
            low = thresholds[i];
        }
        int step = 2 * near + 1;
        int range = (largest + 2 * near) / step + 1;
        int width = Math.max(2, Integer.SIZE - Integer.numberOfLeadingZeros(largest));
        return new JpegLsScale(largest, near, range, Integer.SIZE - Integer.numberOfLeadingZeros(range - 1),
                2 * (width + Math.max(8, width)), thresholds, preset[4] == 0 ? 64 : preset[4]);
    }

    /** A difference between neighbours as one of nine kinds, -4 to 4. */
    int kind(int difference) {
        int size = Math.abs(difference);
        int kind = size <= near ? 0 : size < thresholds[0] ? 1 : size < thresholds[1] ? 2
                : size < thresholds[2] ? 3 : 4;
        return difference < 0 ? -kind : kind;
    }

    /** A guess and a difference put together. */
    int sample(int guess, int difference) {
        int step = 2 * near + 1;
        int value = guess + difference * step;
        if (value < -near) {
            value += range * step;
        } else if (value > largest + near) {
            value -= range * step;
        }
        return Math.clamp(value, 0, largest);
    }
}
