package dev.panacea.tools.drawn;

import dev.panacea.ace.drawn.Drawing;
import dev.panacea.tensor.io.AtomicFile;
import java.awt.image.BufferedImage;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/** Pictures as PNG files. */
final class Pngs {
    private Pngs() {}

    /** Grey of 8 or 16 bits. */
    static BufferedImage grey(Drawing drawing, int bits) {
        int side = drawing.pixels();
        BufferedImage image = new BufferedImage(side, side,
                bits == 16 ? BufferedImage.TYPE_USHORT_GRAY : BufferedImage.TYPE_BYTE_GRAY);
        WritableRaster raster = image.getRaster();
        int white = (1 << bits) - 1;
        for (int row = 0; row < side; row++) {
            for (int column = 0; column < side; column++) {
                raster.setSample(column, row, 0, Math.round(drawing.picture().value(row, column, 0) * white));
            }
        }
        return image;
    }

    /** White where the mask is, else black. */
    static BufferedImage mask(boolean[] mask, int side) {
        BufferedImage image = new BufferedImage(side, side, BufferedImage.TYPE_BYTE_GRAY);
        WritableRaster raster = image.getRaster();
        for (int i = 0; i < mask.length; i++) {
            raster.setSample(i % side, i / side, 0, mask[i] ? 255 : 0);
        }
        return image;
    }

    static void write(BufferedImage image, Path file) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            ImageIO.write(image, "png", out);
        } catch (IOException never) {
            throw new IllegalStateException(never); // memory does not refuse
        }
        write(out.toByteArray(), file);
    }

    static void write(byte[] content, Path file) {
        AtomicFile.write(file, "file", channel -> {
            ByteBuffer bytes = ByteBuffer.wrap(content);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        });
    }
}
