package dev.panacea.ace.drawn;

/**
 * An upright rectangle in a picture, in pixels as {@link Point}.
 *
 * @param x its left edge
 * @param y its upper edge
 * @param width to the right
 * @param height downwards
 */
public record Box(double x, double y, double width, double height) {
    /** The same box in a picture that is larger by a factor. */
    public Box times(double factor) {
        return new Box(x * factor, y * factor, width * factor, height * factor);
    }

    /** Whether a place lies in it. */
    public boolean contains(double px, double py) {
        return px >= x && py >= y && px < x + width && py < y + height;
    }
}
