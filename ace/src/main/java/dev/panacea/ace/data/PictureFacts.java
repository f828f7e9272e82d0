package dev.panacea.ace.data;

import java.util.List;

/**
 * What is known of a picture beside its pixels.
 *
 * @param format what the file is, by its content: {@code PNG}, {@code JPEG}, {@code TIFF}, {@code BMP}, {@code GIF},
 *     {@code DICOM}, {@code JPEG 2000} or {@code JSRT}
 * @param bits the bits that a sample was read with. Intensity 1 was {@code 2^bits - 1} in the file; not in DICOM,
 *     where windows and tables stand between
 * @param applied what was done to get from stored samples to intensities, in order, for people to read: inversion,
 *     window, rescaling, turning, transparency left out, which page
 */
public record PictureFacts(String format, int bits, List<String> applied) {
    /** Copies the list. */
    public PictureFacts {
        applied = List.copyOf(applied);
    }

    /** One line, such as {@code DICOM, 12 bits: window 2048/4096, inverted (MONOCHROME1)}. */
    @Override
    public String toString() {
        return format + ", " + bits + " bits" + (applied.isEmpty() ? "" : ": " + String.join(", ", applied));
    }
}
