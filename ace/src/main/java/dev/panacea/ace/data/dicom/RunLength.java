package dev.panacea.ace.data.dicom;

import dev.panacea.ace.data.codec.Samples;
import dev.panacea.tensor.DataException;

/** DICOM's run lengths: each byte of each channel is a plane of its own, high bytes first, packed by PackBits. */
final class RunLength {
    private static final Encoding LITTLE = new Encoding(false, false);
    private static final int HEADER_BYTES = 64;

    private RunLength() {}

    static Samples decode(byte[] frame, PixelLayout layout) {
        int bytes = layout.allocated() / 8;
        int planes = layout.channels() * bytes;
        if (frame.length < HEADER_BYTES || LITTLE.uint32(frame, 0) != planes) {
            throw new DataException("DICOM damaged: run lengths of "
                    + (frame.length < HEADER_BYTES ? "no" : LITTLE.uint32(frame, 0)) + " planes (need " + planes + ")");
        }
        short[] words = new short[layout.pixels() * layout.channels()];
        for (int plane = 0; plane < planes; plane++) {
            long from = LITTLE.uint32(frame, 4 + 4 * plane);
            long to = plane + 1 < planes ? LITTLE.uint32(frame, 8 + 4 * plane) : frame.length;
            if (from < HEADER_BYTES || from > to || to > frame.length) {
                throw new DataException("DICOM damaged: plane " + plane + " of run lengths lies at bytes " + from + ".."
                        + to + " of " + frame.length + " (export the file again)");
            }
            int shift = 8 * (bytes - 1 - plane % bytes);
            unpack(frame, (int) from, (int) to, new Plane(words, plane / bytes, layout.channels(), shift));
        }
        return layout.samples(words);
    }

    /** Where the bytes of a plane go: every so many words, shifted. */
    private record Plane(short[] words, int first, int step, int shift) {
        void put(int index, int value) {
            words[first + index * step] |= (short) ((value & 0xFF) << shift);
        }

        int size() {
            return words.length / step;
        }
    }

    private static void unpack(byte[] packed, int from, int to, Plane plane) {
        int at = from;
        int done = 0;
        while (done < plane.size()) {
            int control = at < to ? packed[at++] : 0;
            int count = Math.min(control >= 0 ? control + 1 : 1 - control, plane.size() - done);
            if (control == -128) {
                continue;
            }
            if (at + (control >= 0 ? count : 1) > to) {
                throw new DataException("DICOM cut off: run lengths end after " + done + " of " + plane.size()
                        + " bytes (copy the file again)");
            }
            for (int i = 0; i < count; i++) {
                plane.put(done++, packed[control >= 0 ? at++ : at]);
            }
            if (control < 0) {
                at++;
            }
        }
    }
}
