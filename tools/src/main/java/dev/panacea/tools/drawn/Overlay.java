package dev.panacea.tools.drawn;

import dev.panacea.ace.drawn.Box;
import dev.panacea.ace.drawn.Drawing;
import dev.panacea.ace.drawn.Finding;
import dev.panacea.ace.drawn.Organ;
import dev.panacea.ace.drawn.Point;
import java.awt.image.BufferedImage;

/** A picture with its truth drawn on it: outlines of organs, dots for landmarks, boxes round findings. */
final class Overlay {
    private static final int DOT = 0x40FF40;
    private static final int BOX = 0xFF4040;

    private final BufferedImage image;
    private final int side;

    private Overlay(Drawing drawing) {
        side = drawing.pixels();
        image = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
        for (int row = 0; row < side; row++) {
            for (int column = 0; column < side; column++) {
                image.setRGB(column, row, Math.round(drawing.picture().value(row, column, 0) * 255) * 0x10101);
            }
        }
    }

    static BufferedImage of(Drawing drawing) {
        Overlay overlay = new Overlay(drawing);
        for (Organ organ : Organ.values()) {
            overlay.outline(drawing.mask(organ), colour(organ));
        }
        for (Finding finding : drawing.findings()) {
            overlay.box(finding.box());
        }
        for (Point point : drawing.landmarks().values()) {
            overlay.dot(point);
        }
        return overlay.image;
    }

    private static int colour(Organ organ) {
        return switch (organ) {
            case LUNG_RIGHT, LUNG_LEFT -> 0xFFFF00;
            case HEART -> 0xFF00FF;
            case CLAVICLE_RIGHT, CLAVICLE_LEFT -> 0x00FFFF;
            case SPINE -> 0x60A0FF;
            case DIAPHRAGM -> 0xFF8000;
        };
    }

    private void outline(boolean[] mask, int colour) {
        for (int i = side + 1; i < mask.length; i++) {
            if (i % side > 0 && (mask[i] != mask[i - 1] || mask[i] != mask[i - side])) {
                image.setRGB(i % side, i / side, colour);
            }
        }
    }

    private void box(Box box) {
        for (int i = 0; i <= box.width(); i++) {
            set(box.x() + i, box.y(), BOX);
            set(box.x() + i, box.y() + box.height(), BOX);
        }
        for (int i = 0; i <= box.height(); i++) {
            set(box.x(), box.y() + i, BOX);
            set(box.x() + box.width(), box.y() + i, BOX);
        }
    }

    private void dot(Point point) {
        int radius = Math.max(1, side / 200);
        for (int dy = -radius; dy <= radius; dy++) {
            for (int dx = -radius; dx <= radius; dx++) {
                set(point.x() + dx, point.y() + dy, DOT);
            }
        }
    }

    private void set(double x, double y, int colour) {
        int column = (int) x;
        int row = (int) y;
        if (column >= 0 && row >= 0 && column < side && row < side) {
            image.setRGB(column, row, colour);
        }
    }
}
