package dev.panacea.tools.drawn;

import dev.panacea.ace.drawn.Drawing;
import java.awt.image.BufferedImage;
import java.awt.image.WritableRaster;

/** What is drawn as images for files. */
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
}
