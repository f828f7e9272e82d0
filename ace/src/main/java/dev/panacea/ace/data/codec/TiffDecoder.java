package dev.panacea.ace.data.codec;

import dev.panacea.tensor.DataException;
import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.util.List;

/** Reads TIFF files, of those with several pages the first. */
public final class TiffDecoder {
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
        long bits = header.first(TiffHeader.BITS, 1);
        long channels = header.first(TiffHeader.CHANNELS, 1);
        if (bits > 64 || channels < 1 || channels > 8) {
            throw new DataException("TIFF of " + channels + " channels of " + bits
                    + " bits: not readable (convert it to one of 8 or 16 bits)");
        }
        sizes.check(header.first(TiffHeader.WIDTH, 0), header.first(TiffHeader.HEIGHT, 0), (int) (bits * channels));
        boolean measured = bits > 16 || header.first(TiffHeader.SAMPLE_FORMAT, 1) != 1;
        BufferedImage image = StandardReader.image("tiff", file);
        boolean inked = header.first(TiffHeader.PHOTOMETRIC, 1) == CMYK && image.getRaster().getNumBands() == 4;
        Samples samples = measured ? measured(image.getRaster())
                : inked ? new Samples(image.getWidth(), image.getHeight(), Samples.Space.CMYK, (int) bits,
                        StandardReader.codes(image.getRaster()), List.of("CMYK"))
                : StandardReader.samples(image);
        if (header.pages() > 1) {
            samples = samples.with("first of " + header.pages() + " pages");
        }
        return samples.upright((int) header.first(TiffHeader.ORIENTATION, 1));
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
