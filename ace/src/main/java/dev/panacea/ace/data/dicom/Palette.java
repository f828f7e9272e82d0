package dev.panacea.ace.data.dicom;

import dev.panacea.ace.data.codec.Samples;
import dev.panacea.tensor.DataException;

/**
 * The colours of a DICOM picture that stores numbers of colours.
 *
 * @param channels tables of red, green and blue
 */
record Palette(Table... channels) {
    static Palette read(DataSet set) {
        boolean signed = set.number(Tag.SIGNED, 0) == 1;
        Table[] channels = new Table[3];
        for (int c = 0; c < 3; c++) {
            channels[c] = Table.read(set, Tag.PALETTE_DESCRIPTOR + c, Tag.PALETTE_DATA + c, signed);
            if (channels[c] == null) {
                throw new DataException("DICOM incomplete: no table of its colours (export the file as RGB)");
            }
        }
        return new Palette(channels);
    }

    Samples colour(Samples indices, PixelLayout layout) {
        short[] codes = new short[indices.codes().length * 3];
        int sign = layout.signed() ? 1 << layout.stored() - 1 : 0;
        for (int i = 0; i < indices.codes().length; i++) {
            int index = ((indices.codes()[i] & 0xFFFF) ^ sign) - sign;
            for (int c = 0; c < 3; c++) {
                codes[3 * i + c] = (short) channels[c].of(index);
            }
        }
        return new Samples(indices.width(), indices.height(), Samples.Space.RGB, channels[0].bits(), codes,
                indices.notes()).with("colours of its palette");
    }
}
