package dev.panacea.ace.data.codec;

import dev.panacea.tensor.DataException;
import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.util.Arrays;
import java.util.List;

/** Reads TIFF files, of those with several pages the first. */
public final class TiffDecoder {
    private static final int OLD_JPEG = 6;
    private static final int JPEG = 7;
    private static final int WHITE_IS_ZERO = 0;
    private static final int CMYK = 5;
    private static final int LARGEST = 65535;

    private TiffDecoder() {}

    /** Whether a file begins as a TIFF file does, of either byte order. */
    public static boolean recognises(byte[] file) {
        return file.length > 8 && (Bytes.startsWith(file, 0, (byte) 'I', (byte) 'I', (byte) 42, (byte) 0)
                || Bytes.startsWith(file, 0, (byte) 'M', (byte) 'M', (byte) 0, (byte) 42)
                || Bytes.startsWith(file, 0, (byte) 'I', (byte) 'I', (byte) 43, (byte) 0)
                || Bytes.startsWith(file, 0, (byte) 'M', (byte) 'M', (byte) 0, (byte) 43));
    }

    /**
     * Decodes a file and turns it upright.
     *
     * @throws DataException if it is damaged, cut off, too large, or of a kind that is not readable
     */
    public static Samples decode(byte[] file, SizeCheck sizes) {
        TiffHeader header = TiffHeader.read(file);
        checkSizes(file, header, sizes);
        long bits = header.first(TiffHeader.BITS, 1);
        boolean measured = bits > 16 || header.first(TiffHeader.SAMPLE_FORMAT, 1) != 1;
        boolean differences = bits == 16 && !measured && header.first(TiffHeader.PREDICTOR, 1) == 2;
        BufferedImage image = StandardReader.image("tiff", differences ? TiffHeader.withoutPredictor(file) : file);
        boolean inked = header.first(TiffHeader.PHOTOMETRIC, 1) == CMYK && image.getRaster().getNumBands() == 4;
        Samples samples = measured ? measured(image.getRaster())
                : inked ? new Samples(image.getWidth(), image.getHeight(), Samples.Space.CMYK, (int) bits,
                        StandardReader.codes(image.getRaster()), List.of("CMYK"))
                : StandardReader.samples(image);
        if (differences) {
            addUp(samples, (int) header.first(TiffHeader.TILE_WIDTH, samples.width()),
                    header.first(TiffHeader.PHOTOMETRIC, 1) == WHITE_IS_ZERO);
        }
        if (header.pages() > 1) {
            samples = samples.with("first of " + header.pages() + " pages");
        }
        return samples.upright((int) header.first(TiffHeader.ORIENTATION, 1));
    }

    /** Asks about every size that the JDK's reader would believe: of the picture, of its parts, of a JPEG in them. */
    private static void checkSizes(byte[] file, TiffHeader header, SizeCheck sizes) {
        long bits = header.first(TiffHeader.BITS, 1);
        long channels = header.first(TiffHeader.CHANNELS, 1);
        boolean alike = Arrays.stream(header.tags().getOrDefault(TiffHeader.BITS, new long[0]))
                .allMatch(other -> other == bits);
        if (Long.bitCount(bits) != 1 || bits > 64 || !alike || channels < 1 || channels > 8) {
            throw new DataException("TIFF of " + channels + " channels of " + bits
                    + " bits: not readable (convert it to one of 8 or 16 bits)");
        }
        long width = header.first(TiffHeader.WIDTH, 0);
        long height = header.first(TiffHeader.HEIGHT, 0);
        int pixelBits = (int) (bits * channels);
        sizes.check(width, height, pixelBits);
        sizes.check(header.first(TiffHeader.TILE_WIDTH, width), header.first(TiffHeader.TILE_HEIGHT,
                Math.min(height, header.first(TiffHeader.STRIP_ROWS, height))), pixelBits);
        long compression = header.first(TiffHeader.COMPRESSION, 1);
        if (compression == OLD_JPEG) {
            throw new DataException("TIFF with JPEG of the old kind: not readable (convert it to PNG)");
        }
        if (compression == JPEG) {
            boolean tiled = header.tags().containsKey(TiffHeader.TILE_PLACES);
            long[] places = header.tags().getOrDefault(tiled ? TiffHeader.TILE_PLACES : TiffHeader.STRIP_PLACES,
                    new long[0]);
            long[] lengths = header.tags().getOrDefault(tiled ? TiffHeader.TILE_BYTES : TiffHeader.STRIP_BYTES,
                    new long[0]);
            for (int i = 0; i < Math.min(places.length, lengths.length); i++) {
                long from = Math.min(places[i], file.length);
                JpegHeader part = JpegHeader.read(Arrays.copyOfRange(file, (int) from,
                        (int) Math.min(from + lengths[i], file.length)));
                sizes.check(part.width(), part.height(), part.bits() * part.components());
            }
        }
    }

    /**
     * Undoes what the JDK's reader undoes for 8 bits only: samples stored as differences from the left neighbour.
     *
     * @param tileWidth after so many pixels the differences begin anew
     * @param inverted whether the reader has taken each sample from the largest
     */
    private static void addUp(Samples samples, int tileWidth, boolean inverted) {
        int channels = samples.space().channels();
        short[] codes = samples.codes();
        int flip = inverted ? LARGEST : 0;
        for (int i = 0; i < codes.length; i++) {
            boolean first = i / channels % samples.width() % tileWidth == 0;
            codes[i] = (short) ((codes[i] ^ flip) + (first ? 0 : codes[i - channels] ^ flip) ^ flip);
        }
    }

    /** Signed, 32-bit and floating-point samples have no black and white of their own: the extremes become them. */
    private static Samples measured(Raster raster) {
        int width = raster.getWidth();
        int height = raster.getHeight();
        if (raster.getNumBands() != 1) {
            throw new DataException("TIFF of " + raster.getNumBands()
                    + " channels of measured values: not readable (convert it to one of 8 or 16 bits)");
        }
        double[] values = new double[width];
        double least = Double.POSITIVE_INFINITY;
        double most = Double.NEGATIVE_INFINITY;
        for (int y = 0; y < height; y++) {
            for (double value : raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, values)) {
                if (!Double.isFinite(value)) {
                    throw new DataException("TIFF has a sample that is no number: " + value + " in row " + y
                            + " (convert it to 16 bits)");
                }
                least = Math.min(least, value);
                most = Math.max(most, value);
            }
        }
        short[] codes = new short[width * height];
        double scale = most > least ? LARGEST / (most - least) : 0;
        for (int y = 0; y < height; y++) {
            raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, values);
            for (int x = 0; x < width; x++) {
                codes[y * width + x] = (short) Math.round((values[x] - least) * scale);
            }
        }
        return new Samples(width, height, Samples.Space.GREY, 16, codes,
                List.of("scaled from " + (float) least + ".." + (float) most));
    }
}
