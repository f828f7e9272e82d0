package dev.panacea.ace.data.codec;

import dev.panacea.tensor.DataException;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentSampleModel;
import java.awt.image.DataBufferByte;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import javax.imageio.ImageReader;
import javax.imageio.spi.IIORegistry;
import javax.imageio.spi.ImageReaderSpi;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/** The JDK's own readers, whatever others are on the path: what a file decodes to must not depend on it. */
final class StandardReader {
    private static final String PACKAGE = "com.sun.imageio.plugins.";

    private StandardReader() {}

    /** Reads the first picture as it is stored, without conversion of colours. */
    static Raster raster(String format, byte[] file) {
        return read(format, file, reader -> reader.readRaster(0, null));
    }

    /** Reads the first picture. */
    static BufferedImage image(String format, byte[] file) {
        return read(format, file, reader -> reader.read(0));
    }

    /** The size that the reader believes, once checked. */
    static void check(String format, byte[] file, SizeCheck sizes) {
        read(format, file, reader -> {
            sizes.check(reader.getWidth(0), reader.getHeight(0),
                    reader.getRawImageType(0).getColorModel().getPixelSize());
            return null;
        });
    }

    private interface Work<R> {
        R of(ImageReader reader) throws IOException;
    }

    private static <R> R read(String format, byte[] file, Work<R> work) {
        List<String> warnings = new ArrayList<>();
        try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
            ImageReader reader = provider(format).createReaderInstance();
            try {
                reader.addIIOReadWarningListener((_, warning) -> warnings.add(warning));
                reader.setInput(in, false, true);
                R result = work.of(reader);
                for (String warning : warnings) {
                    if (!warning.contains("extraneous")) { // bytes between segments, which harm no pixel
                        throw new IOException(warning);
                    }
                }
                return result;
            } finally {
                reader.dispose();
            }
        } catch (IOException | RuntimeException failed) {
            if (failed instanceof DataException ours) {
                throw ours;
            }
            String why = failed.getMessage() == null ? failed.getClass().getSimpleName()
                    : Bytes.printable(failed.getMessage());
            throw new DataException(format.toUpperCase(java.util.Locale.ROOT) + " damaged or of an unknown kind: " + why
                    + " (copy or convert the file again)", failed);
        }
    }

    private static ImageReaderSpi provider(String format) {
        Iterator<ImageReaderSpi> all =
                IIORegistry.getDefaultInstance().getServiceProviders(ImageReaderSpi.class, false);
        while (all.hasNext()) {
            ImageReaderSpi provider = all.next();
            if (provider.getClass().getName().startsWith(PACKAGE + format + ".")) {
                return provider;
            }
        }
        throw new DataException("this JDK has no reader of " + format + " (use one with the module java.desktop)");
    }

    /** The samples of a raster in order. */
    static short[] codes(Raster raster) {
        int bands = raster.getNumBands();
        int length = raster.getWidth() * bands;
        short[] codes = new short[Math.multiplyExact(length, raster.getHeight())];
        if (raster.getDataBuffer() instanceof DataBufferByte data
                && raster.getSampleModel() instanceof ComponentSampleModel model && model.getPixelStride() == bands
                && model.getScanlineStride() == length && data.getNumBanks() == 1 && inOrder(model.getBandOffsets())
                && data.getData().length == codes.length) {
            byte[] bytes = data.getData();
            for (int i = 0; i < codes.length; i++) {
                codes[i] = (short) (bytes[i] & 0xFF);
            }
            return codes;
        }
        int[] row = new int[length];
        for (int y = 0; y < raster.getHeight(); y++) {
            raster.getPixels(raster.getMinX(), raster.getMinY() + y, raster.getWidth(), 1, row);
            for (int i = 0; i < length; i++) {
                codes[y * length + i] = (short) row[i];
            }
        }
        return codes;
    }

    private static boolean inOrder(int[] offsets) {
        for (int i = 0; i < offsets.length; i++) {
            if (offsets[i] != i) {
                return false;
            }
        }
        return true;
    }

    /** The samples of an image without alpha; colours of a palette are looked up. */
    static Samples samples(BufferedImage image) {
        short[] codes = codes(image.getRaster());
        if (image.getColorModel() instanceof IndexColorModel palette) {
            short[] colours = new short[codes.length * 3];
            for (int i = 0; i < codes.length; i++) {
                int rgb = palette.getRGB(codes[i] & 0xFFFF);
                for (int c = 0; c < 3; c++) {
                    colours[3 * i + c] = (short) (rgb >> 16 - 8 * c & 0xFF);
                }
            }
            return new Samples(image.getWidth(), image.getHeight(), Samples.Space.RGB, 8, colours, List.of());
        }
        int bands = image.getRaster().getNumBands();
        int kept = bands >= 3 ? 3 : 1;
        List<String> notes = kept == bands ? List.of() : List.of("alpha ignored");
        if (kept != bands) {
            short[] all = codes;
            codes = new short[all.length / bands * kept];
            for (int i = 0; i < codes.length; i++) {
                codes[i] = all[i / kept * bands + i % kept];
            }
        }
        int bits = image.getSampleModel().getSampleSize(0);
        return new Samples(image.getWidth(), image.getHeight(), kept == 3 ? Samples.Space.RGB : Samples.Space.GREY,
                Math.min(bits, 16), codes, notes);
    }
}
