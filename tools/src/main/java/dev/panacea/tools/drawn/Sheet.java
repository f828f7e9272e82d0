package dev.panacea.tools.drawn;

import java.awt.image.BufferedImage;
import java.util.List;

/** Several pictures of one size next to each other. */
final class Sheet {
    static final int MOST = 64;
    private static final int WIDEST = 4096;

    private Sheet() {}

    /** In rows, as square as can be; made smaller by a whole factor where the sheet would be too large. */
    static BufferedImage of(List<BufferedImage> pictures) {
        int side = pictures.getFirst().getWidth();
        int columns = (int) Math.ceil(Math.sqrt(pictures.size()));
        int rows = Math.ceilDiv(pictures.size(), columns);
        int factor = Math.max(1, Math.ceilDiv(columns * side, WIDEST));
        int cell = side / factor;
        BufferedImage sheet = new BufferedImage(columns * cell, rows * cell, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < pictures.size(); i++) {
            for (int y = 0; y < cell; y++) {
                for (int x = 0; x < cell; x++) {
                    sheet.setRGB(i % columns * cell + x, i / columns * cell + y, mean(pictures.get(i), x, y, factor));
                }
            }
        }
        return sheet;
    }

    private static int mean(BufferedImage picture, int x, int y, int factor) {
        boolean grey = picture.getRaster().getNumBands() == 1;
        int rgb = 0;
        for (int band = 0; band < 3; band++) {
            int sum = 0;
            for (int i = 0; i < factor * factor; i++) {
                sum += picture.getRaster().getSample(x * factor + i % factor, y * factor + i / factor, grey ? 0 : band);
            }
            rgb = rgb << 8 | sum / (factor * factor);
        }
        return rgb;
    }
}
