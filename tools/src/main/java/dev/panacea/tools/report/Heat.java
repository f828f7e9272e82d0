package dev.panacea.tools.report;

import dev.panacea.tools.Png;
import java.awt.image.BufferedImage;
import java.util.Base64;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Numbers as small pictures inside the page: dark blue for 0 over violet and orange to light yellow for 1. */
public final class Heat {
    private static final int[] STOPS = {0x0B1033, 0x43217E, 0x8C2981, 0xD0416F, 0xF9795D, 0xFDBE6F, 0xFCFDBF};

    private Heat() {}

    /** The colour of a number in 0..1; others count as the nearer end. */
    public static int colour(double value) {
        double at = Math.clamp(value, 0, 1) * (STOPS.length - 1);
        int stop = Math.min((int) at, STOPS.length - 2);
        int rgb = 0;
        for (int shift = 16; shift >= 0; shift -= 8) {
            int from = STOPS[stop] >> shift & 255;
            int to = STOPS[stop + 1] >> shift & 255;
            rgb |= (int) Math.round(from + (at - stop) * (to - from)) << shift;
        }
        return rgb;
    }

    /** The stops for the page's script. */
    static String json() {
        return IntStream.of(STOPS).mapToObj(Integer::toString).collect(Collectors.joining(",", "[", "]"));
    }

    /** Rows of numbers as a PNG of one pixel a number, as an address. */
    public static String map(float[] values, int width) {
        BufferedImage image = new BufferedImage(width, values.length / width, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < values.length; i++) {
            image.setRGB(i % width, i / width, colour(values[i]));
        }
        return address(image, "png");
    }

    /** Rows of colours, red, green and blue in 0..1, as a PNG of one pixel each, as an address. */
    public static String colours(float[] rgb, int width) {
        BufferedImage image = new BufferedImage(width, rgb.length / 3 / width, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < rgb.length / 3; i++) {
            image.setRGB(i % width, i / width, Math.round(255 * rgb[3 * i]) << 16
                    | Math.round(255 * rgb[3 * i + 1]) << 8 | Math.round(255 * rgb[3 * i + 2]));
        }
        return address(image, "png");
    }

    /** A grey picture, square, as an address: JPEG, since films are grainy. */
    static String grey(float[] values, int side) {
        BufferedImage image = new BufferedImage(side, side, BufferedImage.TYPE_BYTE_GRAY);
        for (int i = 0; i < values.length; i++) {
            image.getRaster().setSample(i % side, i / side, 0, Math.round(255 * Math.clamp(values[i], 0f, 1f)));
        }
        return address(image, "jpeg");
    }

    /**
     * A picture as an address that holds it.
     *
     * @param format {@code png} or {@code jpeg}
     */
    public static String address(BufferedImage image, String format) {
        return "data:image/" + format + ";base64," + Base64.getEncoder().encodeToString(Png.encoded(image, format));
    }
}
