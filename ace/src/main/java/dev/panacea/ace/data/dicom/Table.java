package dev.panacea.ace.data.dicom;

import dev.panacea.tensor.DataException;

/**
 * A lookup table of DICOM: what lies below its first entry gets the first value, what lies above its last the last.
 *
 * @param first the value that the first entry stands for
 * @param bits of a value
 * @param values the entries
 */
record Table(int first, int bits, int[] values) {
    /** Reads a table from its two elements, or returns null where they are absent. */
    static Table read(DataSet set, int descriptorTag, int dataTag, boolean signed) {
        Element descriptor = set.find(descriptorTag);
        Element data = set.find(dataTag);
        if (descriptor == null || data == null) {
            return null;
        }
        int[] told = set.words(descriptor);
        int entries = told.length < 3 ? 0 : told[0] == 0 ? 1 << 16 : told[0];
        int bits = told.length < 3 ? 0 : told[2];
        boolean bytes = data.length() >= entries && data.length() < 2 * entries && bits <= 8;
        if (entries < 1 || bits < 1 || bits > 16 || !bytes && data.length() < 2 * entries) {
            throw new DataException("DICOM damaged: table " + Element.name(dataTag) + " of " + data.length()
                    + " bytes, described by " + java.util.Arrays.toString(told)
                    + " (need entries, first value, 1..16 bits)");
        }
        int[] values = bytes ? new int[entries] : set.words(data);
        if (bytes) {
            for (int i = 0; i < entries; i++) {
                values[i] = set.bytes()[data.from() + i] & 0xFF;
            }
        }
        for (int i = 0; i < entries; i++) {
            values[i] &= (1 << bits) - 1;
        }
        return new Table(signed ? (short) told[1] : told[1], bits, java.util.Arrays.copyOf(values, entries));
    }

    int of(double value) {
        return values[(int) Math.clamp(Math.round(value) - first, 0, values.length - 1)];
    }
}
