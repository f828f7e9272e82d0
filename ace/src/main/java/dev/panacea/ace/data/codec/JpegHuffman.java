package dev.panacea.ace.data.codec;

import dev.panacea.tensor.DataException;

/**
 * A Huffman table of JPEG, spread out so that the next 16 bits give symbol and length at once.
 *
 * @param entries length of the code times 256 and its symbol, for every 16 bits; 0 where no code fits
 */
record JpegHuffman(short[] entries) {
    /**
     * Reads a table.
     *
     * @param at where its 16 counts of codes by length stand, followed by the symbols
     */
    static JpegHuffman read(byte[] file, int at) {
        short[] entries = new short[1 << 16];
        int symbol = at + 16;
        int next = 0; // first of the 16 bits that have no code yet
        for (int length = 1; length <= 16; length++) {
            for (int i = 0; i < (file[at + length - 1] & 0xFF); i++) {
                int end = next + (1 << 16 - length);
                if (end > entries.length) {
                    throw new DataException("JPEG damaged: more Huffman codes than fit (copy the file again)");
                }
                java.util.Arrays.fill(entries, next, end, (short) (length << 8 | file[symbol++] & 0xFF));
                next = end;
            }
        }
        return new JpegHuffman(entries);
    }

    /** The next symbol. */
    int decode(JpegBits bits) {
        int entry = entries[bits.peek16()];
        if (entry == 0) {
            throw new DataException("JPEG damaged: no such Huffman code (copy the file again)");
        }
        bits.skip(entry >> 8);
        return entry & 0xFF;
    }
}
