package dev.panacea.ace.data.codec;

import dev.panacea.tensor.DataException;
import java.awt.image.Raster;
import java.util.List;

/**
 * Reads JPEG files. The JDK decodes those of 8 bits; we decode the kinds that only medical files use: 12 bits,
 * lossless, and JPEG-LS.
 */
public final class JpegDecoder {
    private JpegDecoder() {}

    /** Whether a file begins as a JPEG file does. */
    public static boolean recognises(byte[] file) {
        return Bytes.startsWith(file, 0, (byte) 0xFF, (byte) 0xD8, (byte) 0xFF);
    }

    /**
     * Decodes a file and turns it upright.
     *
     * @throws DataException if it is damaged, cut off, too large, or of a kind that nobody writes
     */
    public static Samples decode(byte[] file, SizeCheck sizes) {
        return decode(file, sizes, Samples.Space.YCC);
    }

    /**
     * Decodes a file and turns it upright.
     *
     * @param unmarked what three components are where the file itself does not say
     * @throws DataException if it is damaged, cut off, too large, or of a kind that nobody writes
     */
    public static Samples decode(byte[] file, SizeCheck sizes, Samples.Space unmarked) {
        if (!recognises(file)) {
            throw new DataException("JPEG damaged: it does not begin as one (copy the file again)");
        }
        JpegHeader header = JpegHeader.read(file);
        sizes.check(header.width(), header.height(), header.bits() * header.components());
        short[] codes = switch (header.frame()) {
            case 0xC0, 0xC1, 0xC2 -> header.bits() == 8 ? byJdk(header) : JpegExtended.decode(header);
            case 0xC3 -> JpegLossless.decode(header);
            case 0xF7 -> JpegLs.decode(header);
            default -> throw new DataException("JPEG " + header.process()
                    + ": not readable (convert it to baseline JPEG or PNG)");
        };
        return coloured(header, codes, unmarked).upright(header.orientation());
    }

    private static short[] byJdk(JpegHeader header) {
        Raster raster = StandardReader.raster("jpeg", header.bare());
        int channels = raster.getNumBands();
        if (raster.getWidth() != header.width() || raster.getHeight() != header.height()
                || channels != header.components()) {
            throw new DataException("JPEG damaged: " + raster.getWidth() + " x " + raster.getHeight() + " pixels of "
                    + channels + " samples decoded, the header says " + header.width() + " x " + header.height()
                    + " of " + header.components() + " (convert the file again)");
        }
        return StandardReader.codes(raster);
    }

    /** Gives the components the meaning that the markers tell. */
    private static Samples coloured(JpegHeader header, short[] codes, Samples.Space unmarked) {
        Samples.Space space = switch (header.components()) {
            case 1 -> Samples.Space.GREY;
            case 3 -> header.three(unmarked);
            case 4 -> Samples.Space.CMYK;
            default -> throw new DataException("JPEG of " + header.components()
                    + " components: nobody knows their colours (convert it to one or three)");
        };
        Samples samples = new Samples(header.width(), header.height(), space, header.bits(), codes, List.of());
        return space == Samples.Space.CMYK ? inked(header, samples) : samples;
    }

    /** Adobe stores inks inverted; in YCCK the light that the first three leave stands as luma and differences. */
    private static Samples inked(JpegHeader header, Samples samples) {
        short[] codes = samples.codes();
        int largest = samples.largest();
        if (header.transform() == 2) {
            short[] three = new short[codes.length / 4 * 3];
            for (int i = 0; i < codes.length; i++) {
                if (i % 4 < 3) {
                    three[i / 4 * 3 + i % 4] = codes[i];
                }
            }
            float[] rgb = new Samples(header.width(), header.height(), Samples.Space.YCC, header.bits(), three,
                    List.of()).rgb();
            for (int i = 0; i < rgb.length; i++) {
                codes[i / 3 * 4 + i % 3] = (short) (largest - Math.round(rgb[i] * largest));
            }
        }
        if (header.transform() >= 0) {
            for (int i = 0; i < codes.length; i++) {
                codes[i] = (short) (largest - (codes[i] & 0xFFFF));
            }
        }
        return samples.with(header.transform() == 2 ? "YCCK" : "CMYK");
    }
}
