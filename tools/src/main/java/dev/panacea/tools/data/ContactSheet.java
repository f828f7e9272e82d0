package dev.panacea.tools.data;

import dev.panacea.ace.data.Picture;
import dev.panacea.ace.data.Resize;
import dev.panacea.tools.Png;
import java.awt.image.BufferedImage;
import java.nio.file.Path;

/** Many small pictures on one large one, each with its number in the corner. */
final class ContactSheet {
    static final int MOST = 100;
    private static final int SIDE = 160; // of a thumbnail's longer side
    private static final int CELL = SIDE + 8;
    private static final int DOT = 2;
    private static final int BACKGROUND = 0x203040;
    private static final int INK = 0xFFD040;
    /** Digits of 3 x 5 dots, rows from the top, three bits each. No font: a machine without a screen may have none. */
    private static final int[] DIGITS = {0b111_101_101_101_111, 0b010_110_010_010_111, 0b111_001_111_100_111,
        0b111_001_111_001_111, 0b101_101_111_001_001, 0b111_100_111_001_111, 0b111_100_111_101_111,
        0b111_001_010_010_010, 0b111_101_111_101_111, 0b111_101_111_001_111};

    private final BufferedImage sheet;
    private final int columns;
    private int placed;

    ContactSheet(int count) {
        columns = Math.max(1, (int) Math.ceil(Math.sqrt(count)));
        int rows = Math.max(1, Math.ceilDiv(count, columns));
        sheet = new BufferedImage(columns * CELL, rows * CELL, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < sheet.getHeight(); y++) {
            for (int x = 0; x < sheet.getWidth(); x++) {
                sheet.setRGB(x, y, BACKGROUND);
            }
        }
    }

    /** A colour picture made small, its shape kept. */
    static Picture thumbnail(Picture picture) {
        double scale = Math.min(1, (double) SIDE / Math.max(picture.width(), picture.height()));
        return new Resize(Math.max(1, (int) Math.round(picture.height() * scale)),
                Math.max(1, (int) Math.round(picture.width() * scale)), Resize.Filter.BILINEAR).apply(picture);
    }

    /** Puts a thumbnail into the next place. */
    void add(Picture thumbnail, int number) {
        int left = placed % columns * CELL + (CELL - thumbnail.width()) / 2;
        int top = placed / columns * CELL + (CELL - thumbnail.height()) / 2;
        for (int y = 0; y < thumbnail.height(); y++) {
            for (int x = 0; x < thumbnail.width(); x++) {
                int rgb = 0;
                for (int c = 0; c < 3; c++) {
                    rgb = rgb << 8 | Math.round(thumbnail.value(y, x, c) * 255);
                }
                sheet.setRGB(left + x, top + y, rgb);
            }
        }
        String digits = Integer.toString(number);
        for (int i = 0; i < digits.length(); i++) {
            digit(digits.charAt(i) - '0', placed % columns * CELL + 6 + i * 4 * DOT, placed / columns * CELL + 6);
        }
        placed++;
    }

    private void digit(int digit, int left, int top) {
        for (int y = -1; y <= 5 * DOT; y++) {
            for (int x = -1; x <= 3 * DOT; x++) {
                boolean inside = x >= 0 && y >= 0 && x < 3 * DOT && y < 5 * DOT;
                boolean ink = inside && (DIGITS[digit] >> 14 - (y / DOT * 3 + x / DOT) & 1) == 1;
                sheet.setRGB(left + x, top + y, ink ? INK : 0);
            }
        }
    }

    /** Writes the sheet as PNG. */
    void write(Path file) {
        Png.write(file, "contact sheet", sheet);
    }
}
