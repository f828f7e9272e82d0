package dev.panacea.ace.data.codec;

import dev.panacea.tensor.DataException;

/**
 * How coarsely the bands of a JPEG 2000 component were rounded.
 *
 * @param derived whether only the first band's step is given
 * @param guard spare bits
 * @param exponents for each band
 * @param mantissas for each band, 11 bits
 */
record J2kSteps(boolean derived, int guard, int[] exponents, int[] mantissas) {
    static J2kSteps read(byte[] file, int at, int end) {
        int kind = file[at] & 31;
        int size = kind == 0 ? 1 : 2;
        int bands = (end - at - 1) / size;
        if (kind > 2 || bands < 1) {
            throw new DataException("JPEG 2000 damaged: quantisation of kind " + kind + " for " + bands
                    + " bands (need 0..2)");
        }
        J2kSteps steps = new J2kSteps(kind == 1, file[at] >> 5 & 7, new int[bands], new int[bands]);
        for (int i = 0; i < bands; i++) {
            int value = kind == 0 ? (file[at + 1 + i] & 0xFF) << 8 : Bytes.uint16(file, at + 1 + 2 * i);
            steps.exponents[i] = value >> 11;
            steps.mantissas[i] = value & 0x7FF;
        }
        return steps;
    }

    /** The exponent of a band, numbered from the coarsest. */
    int exponent(int band) {
        if (derived) {
            return Math.max(0, exponents[0] - (band == 0 ? 0 : (band - 1) / 3));
        }
        if (band >= exponents.length) {
            throw new DataException("JPEG 2000 damaged: quantisation of " + exponents.length + " bands, band " + band
                    + " asked for (copy the file again)");
        }
        return exponents[band];
    }

    int mantissa(int band) {
        return derived ? mantissas[0] : mantissas[band];
    }

    /** Bit planes of a band's numbers. */
    int planes(int band) {
        int planes = guard + exponent(band) - 1;
        if (planes > 30) {
            throw new DataException("JPEG 2000 of " + planes + " bit planes: not readable (convert it to 16 bits)");
        }
        return planes;
    }
}
