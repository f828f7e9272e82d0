package dev.panacea.ace.drawn;

/**
 * A place in a picture, in pixels: the upper left corner of the picture is (0, 0), the centre of its first pixel
 * (½, ½).
 *
 * @param x to the right
 * @param y downwards
 */
public record Point(double x, double y) {
    /** The same place in a picture that is larger by a factor. */
    public Point times(double factor) {
        return new Point(x * factor, y * factor);
    }
}
