package dev.panacea.ace.data.codec;

import dev.panacea.tensor.DataException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * What the markers of a JPEG file say, and the file without those that tell nothing about its pixels.
 *
 * @param frame the marker that names the process: 0xC0 baseline, 0xC1 extended, 0xC2 progressive, 0xC3 lossless,
 *     0xF7 JPEG-LS
 * @param bits of a sample
 * @param width pixels of a row
 * @param height rows
 * @param components samples of a pixel
 * @param names their identifiers
 * @param transform what Adobe's segment says of the colours: 0 none, 1 YCbCr, 2 YCCK; -1 where there is no such segment
 * @param jfif whether the file says that it is plain JFIF, whose three components are luma and differences
 * @param orientation from EXIF, 1 to 8
 * @param bare the file without comments, colour profiles, thumbnails and the like
 */
record JpegHeader(int frame, int bits, int width, int height, int components, byte[] names, int transform,
        boolean jfif, int orientation, byte[] bare) {
    private static final int MOST_SCANS = 100;
    private static final byte[] EXIF = {'E', 'x', 'i', 'f', 0, 0};
    private static final byte[] JFIF = {'J', 'F', 'I', 'F', 0};
    private static final byte[] ADOBE = {'A', 'd', 'o', 'b', 'e'};

    static JpegHeader read(byte[] file) {
        ByteArrayOutputStream bare = new ByteArrayOutputStream(file.length);
        bare.write(file, 0, 2);
        int frame = 0;
        int frameAt = 0;
        int transform = -1;
        boolean jfif = false;
        int orientation = 1;
        int scans = 0;
        int at = 2;
        while (true) {
            while (at < file.length - 1 && !(file[at] == (byte) 0xFF && isSegment(file[at + 1] & 0xFF))) {
                at++; // fill bytes, and the coded data behind a start of scan
            }
            if (at >= file.length - 1) {
                break;
            }
            int marker = file[at + 1] & 0xFF;
            if (marker == 0xD9) {
                break;
            }
            int length = at + 4 > file.length ? 0 : Bytes.uint16(file, at + 2);
            if (length < 2 || at + 2 + length > file.length) {
                throw cutOff(at);
            }
            int data = at + 4;
            int end = at + 2 + length;
            if (isFrame(marker)) {
                if (frame != 0) {
                    throw new DataException("JPEG damaged: a second frame at byte " + at + " (need one)");
                }
                frame = marker;
                frameAt = data;
            } else if (marker == 0xE1 && Bytes.startsWith(file, data, EXIF)) {
                orientation = ExifOrientation.read(file, data + EXIF.length, end);
            } else if (marker == 0xE0 && Bytes.startsWith(file, data, JFIF)) {
                jfif = true;
            } else if (marker == 0xEE && length >= 14 && Bytes.startsWith(file, data, ADOBE)) {
                transform = file[data + 11];
            }
            if (marker == 0xDA && ++scans > MOST_SCANS) {
                throw new DataException("JPEG forged: more than " + MOST_SCANS
                        + " scans (real ones have a dozen; convert the file again)");
            }
            if (marker == 0xDA && scans == 1) {
                bare.write(file, at, file.length - at);
            } else if (scans == 0 && marker != 0xFE && (marker < 0xE0 || marker > 0xEF || marker == 0xEE)) {
                bare.write(file, at, end - at);
            }
            at = end;
        }
        if (frame == 0 || scans == 0) {
            throw cutOff(file.length);
        }
        return frame(file, frameAt, new JpegHeader(frame, 0, 0, 0, 0, null, transform, jfif,
                orientation, bare.toByteArray()));
    }

    private static JpegHeader frame(byte[] file, int at, JpegHeader known) {
        int length = Bytes.uint16(file, at - 2);
        int components = length < 8 ? 0 : file[at + 5] & 0xFF;
        if (components < 1 || components > 4 || length < 8 + 3 * components) {
            throw new DataException("JPEG damaged: " + components + " components in a frame of " + length
                    + " bytes (need 1..4)");
        }
        byte[] names = new byte[components];
        for (int i = 0; i < components; i++) {
            names[i] = file[at + 6 + 3 * i];
        }
        return new JpegHeader(known.frame, file[at] & 0xFF, Bytes.uint16(file, at + 3), Bytes.uint16(file, at + 1),
                components, names, known.transform, known.jfif, known.orientation, known.bare);
    }

    private static DataException cutOff(int at) {
        return new DataException("JPEG cut off: at byte " + at + " (copy the file again)");
    }

    /** Markers that are followed by a length, and the end of the image. */
    private static boolean isSegment(int marker) {
        return marker >= 0xC0 && marker <= 0xFE && !(marker >= 0xD0 && marker <= 0xD8);
    }

    private static boolean isFrame(int marker) {
        return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC
                || marker == 0xF7;
    }

    /** What three components are. Lossless files never are luma and differences for being called JFIF. */
    Samples.Space three(Samples.Space unmarked) {
        if (transform >= 0) {
            return transform == 0 ? Samples.Space.RGB : Samples.Space.YCC;
        }
        return new String(names, StandardCharsets.ISO_8859_1).equals("RGB") ? Samples.Space.RGB
                : jfif && frame <= 0xC2 ? Samples.Space.YCC : unmarked;
    }

    /** A few words for the facts. */
    String process() {
        return switch (frame) {
            case 0xC0 -> "baseline";
            case 0xC1 -> "extended";
            case 0xC2 -> "progressive";
            case 0xC3 -> "lossless";
            case 0xF7 -> "JPEG-LS";
            default -> "process " + Integer.toHexString(frame);
        };
    }
}
