package dev.panacea.ace.data.codec;

import java.util.List;

/**
 * A decoded picture before its intensities mean anything: rows from the top, samples of a pixel side by side.
 *
 * @param width pixels of a row
 * @param height rows
 * @param space what the samples of a pixel are
 * @param bits how many low bits of a code count, 1 to 16
 * @param codes [height, width, channels], each an unsigned number of 16 bits
 * @param notes what a reader of the picture should know, for example that it is the first of several pages
 */
public record Samples(int width, int height, Space space, int bits, short[] codes, List<String> notes) {
    /** What the samples of a pixel are. */
    public enum Space {
        /** One: brightness. */
        GREY(1),
        /** Red, green, blue. */
        RGB(3),
        /** Luma, and the differences of blue and red from it, as JPEG has them. */
        YCC(3),
        /** Cyan, magenta, yellow, black, as amounts of ink. */
        CMYK(4);

        private final int channels;

        Space(int channels) {
            this.channels = channels;
        }

        /** Samples of a pixel. */
        public int channels() {
            return channels;
        }
    }

    /** The largest code that {@code bits} allow. */
    public int largest() {
        return (1 << bits) - 1;
    }

    /** Intensities 0..1 [height, width]: Rec. 601 luma of colour. */
    public float[] grey() {
        float largest = largest(); // divided by, so that equal fractions of different depths are equal to the last bit
        int channels = space.channels();
        float[] grey = new float[width * height];
        if (space == Space.GREY || space == Space.YCC) {
            for (int i = 0; i < grey.length; i++) {
                grey[i] = (codes[i * channels] & 0xFFFF) / largest;
            }
            return grey;
        }
        float[] pixel = new float[3];
        for (int i = 0; i < grey.length; i++) {
            colour(i, pixel);
            // Equal parts stay what they are, to the last bit: most colour files of X-rays are grey.
            float luma = pixel[0] == pixel[1] && pixel[1] == pixel[2] ? pixel[0]
                    : 0.299f * pixel[0] + 0.587f * pixel[1] + 0.114f * pixel[2];
            grey[i] = Math.min(luma, largest) / largest;
        }
        return grey;
    }

    /** Intensities 0..1 [height, width, 3]: red, green, blue. */
    public float[] rgb() {
        float largest = largest();
        float[] rgb = new float[width * height * 3];
        float[] pixel = new float[3];
        for (int i = 0; i < width * height; i++) {
            colour(i, pixel);
            for (int c = 0; c < 3; c++) {
                rgb[3 * i + c] = pixel[c] / largest;
            }
        }
        return rgb;
    }

    /** Red, green and blue of one pixel, from 0 to the largest code. */
    private void colour(int index, float[] rgb) {
        int at = index * space.channels();
        float largest = largest();
        switch (space) {
            case GREY -> rgb[0] = rgb[1] = rgb[2] = codes[at] & 0xFFFF;
            case RGB -> {
                for (int c = 0; c < 3; c++) {
                    rgb[c] = codes[at + c] & 0xFFFF;
                }
            }
            case YCC -> {
                float luma = codes[at] & 0xFFFF;
                float blue = (codes[at + 1] & 0xFFFF) - (1 << bits - 1);
                float red = (codes[at + 2] & 0xFFFF) - (1 << bits - 1);
                rgb[0] = Math.clamp(luma + 1.402f * red, 0, largest);
                rgb[1] = Math.clamp(luma - 0.344136f * blue - 0.714136f * red, 0, largest);
                rgb[2] = Math.clamp(luma + 1.772f * blue, 0, largest);
            }
            case CMYK -> {
                float light = largest - (codes[at + 3] & 0xFFFF);
                for (int c = 0; c < 3; c++) {
                    rgb[c] = (largest - (codes[at + c] & 0xFFFF)) * light / largest;
                }
            }
        }
    }

    /**
     * Scaled to the fewest bits, 8 at least, that hold its largest code. Converters write films of 10 or 12 bits as 16
     * bits without a word, and such a file would look black.
     */
    public Samples fitted() {
        int seen = 0;
        for (short code : codes) {
            seen |= code & 0xFFFF;
        }
        int needed = Math.max(8, Integer.SIZE - Integer.numberOfLeadingZeros(seen));
        return needed >= bits ? this : new Samples(width, height, space, needed, codes,
                noted("read as " + needed + " of " + bits + " bits"));
    }

    /**
     * Turned upright.
     *
     * @param orientation the number that EXIF gives, 1 to 8; any other leaves the picture as it is
     */
    public Samples upright(int orientation) {
        if (orientation < 2 || orientation > 8) {
            return this;
        }
        boolean swapped = orientation > 4;
        int newWidth = swapped ? height : width;
        int newHeight = swapped ? width : height;
        boolean fromRight = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
        boolean fromBottom = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
        int channels = space.channels();
        short[] turned = new short[codes.length];
        for (int y = 0; y < newHeight; y++) {
            for (int x = 0; x < newWidth; x++) {
                int across = swapped ? y : x;
                int down = swapped ? x : y;
                int column = fromRight ? width - 1 - across : across;
                int row = fromBottom ? height - 1 - down : down;
                System.arraycopy(codes, (row * width + column) * channels, turned, (y * newWidth + x) * channels,
                        channels);
            }
        }
        return new Samples(newWidth, newHeight, space, bits, turned,
                noted("turned upright (EXIF " + orientation + ")"));
    }

    /** The same picture with one more note. */
    public Samples with(String note) {
        return new Samples(width, height, space, bits, codes, noted(note));
    }

    private List<String> noted(String note) {
        return java.util.stream.Stream.concat(notes.stream(), java.util.stream.Stream.of(note)).toList();
    }
}
