package dev.panacea.ace.data.dicom;

import dev.panacea.ace.data.codec.Bytes;
import dev.panacea.ace.data.codec.Samples;
import dev.panacea.ace.data.codec.SizeCheck;
import dev.panacea.tensor.DataException;
import java.io.ByteArrayOutputStream;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** Reads DICOM files, of those with several frames the first, as a viewer would show it. */
public final class DicomDecoder {
    private static final int PREAMBLE = 128;
    private static final String IMPLICIT = "1.2.840.10008.1.2";
    private static final String DEFLATED = "1.2.840.10008.1.2.1.99";
    private static final String BIG = "1.2.840.10008.1.2.2";
    private static final int MOST_FROM_ONE_BYTE = 1032;

    private DicomDecoder() {}

    /** Whether a file is DICOM, with its preamble or, as from older machines, beginning with the first element. */
    public static boolean recognises(byte[] file) {
        if (hasPreamble(file)) {
            return true;
        }
        if (file.length < 64) {
            return false;
        }
        boolean big = file[0] == 0;
        Encoding encoding = new Encoding(Encoding.hasType(file, 0), big);
        int group = encoding.uint16(file, 0);
        if (group != 2 && group != 8 || encoding.uint16(file, 2) > 0x70) {
            return false;
        }
        return encoding.explicit() ? "AE CS DA DT LO OB PN SH SQ TM UI UL US".contains(
                new String(file, 4, 2, java.nio.charset.StandardCharsets.ISO_8859_1))
                : encoding.uint32(file, 4) <= 256;
    }

    private static boolean hasPreamble(byte[] file) {
        return Bytes.startsWith(file, PREAMBLE, (byte) 'D', (byte) 'I', (byte) 'C', (byte) 'M');
    }

    /**
     * What a file shows.
     *
     * @param samples grey of 16 bits, after rescaling, window and inversion; or colour
     * @param storedBits the bits of a sample in the file
     */
    public record Shown(Samples samples, int storedBits) {}

    /**
     * Decodes a file.
     *
     * @throws DataException if it is damaged, cut off, too large, holds no picture, or one that is not readable
     */
    public static Shown decode(byte[] file, SizeCheck sizes) {
        int start = hasPreamble(file) ? PREAMBLE + 4 : 0;
        DataSet meta = DataSet.readGroup(file, start, 2);
        String syntax = meta.text(Tag.TRANSFER_SYNTAX);
        int at = meta.end();
        byte[] bytes = file;
        if (syntax.equals(DEFLATED)) {
            bytes = inflated(file, at);
            at = 0;
        }
        Encoding encoding = syntax.isEmpty() ? guessed(bytes, at)
                : new Encoding(!syntax.equals(IMPLICIT), syntax.equals(BIG));
        Frame frame = Frame.read(DataSet.read(bytes, at, encoding), syntax, sizes);
        return new Shown(frame.shown(), frame.layout().stored());
    }

    private static Encoding guessed(byte[] file, int at) {
        return new Encoding(Encoding.hasType(file, at), at < file.length && file[at] == 0);
    }

    private static byte[] inflated(byte[] file, int from) {
        long most = Math.min(Integer.MAX_VALUE - 8, (long) (file.length - from) * MOST_FROM_ONE_BYTE);
        most = Math.min(most, Math.max(1 << 28, 20L * file.length)); // real films shrink to a half at best
        Inflater inflater = new Inflater(true);
        try {
            inflater.setInput(file, from, file.length - from);
            ByteArrayOutputStream out = new ByteArrayOutputStream(4 * file.length);
            byte[] part = new byte[1 << 16];
            while (!inflater.finished()) {
                int got = inflater.inflate(part);
                out.write(part, 0, got);
                if (got == 0 || out.size() > most) {
                    throw new DataException(got == 0
                            ? "DICOM cut off: its deflated data set ends early (copy the file again)"
                            : "DICOM too large: more than " + most + " bytes when inflated (store it uncompressed)");
                }
            }
            return out.toByteArray();
        } catch (DataFormatException damaged) {
            throw new DataException("DICOM damaged: deflated data set: " + damaged.getMessage()
                    + " (copy the file again)", damaged);
        } finally {
            inflater.end();
        }
    }
}
