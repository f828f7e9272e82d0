package dev.panacea.ace.data.codec;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Finds how a camera was held in the TIFF structure that EXIF puts into JPEG and PNG files. */
final class ExifOrientation {
    private static final int TAG = 274;
    private static final int ENTRY_BYTES = 12;

    private ExifOrientation() {}

    /** The orientation 1..8 told between two places of a file; 1, upright, where none is told or none can be read. */
    static int read(byte[] file, int from, int to) {
        if (to - from < 8) {
            return 1;
        }
        ByteBuffer tiff = ByteBuffer.wrap(file, from, to - from).slice();
        tiff.order(tiff.get(0) == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        int directory = tiff.getInt(4);
        if (directory < 8 || directory > tiff.limit() - 2) {
            return 1;
        }
        int entries = Short.toUnsignedInt(tiff.getShort(directory));
        for (int i = 0; i < entries && directory + 2 + (i + 1) * ENTRY_BYTES <= tiff.limit(); i++) {
            int at = directory + 2 + i * ENTRY_BYTES;
            if (Short.toUnsignedInt(tiff.getShort(at)) == TAG) {
                int orientation = tiff.getShort(at + 8);
                return orientation >= 1 && orientation <= 8 ? orientation : 1;
            }
        }
        return 1;
    }
}
