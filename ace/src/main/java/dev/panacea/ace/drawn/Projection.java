package dev.panacea.ace.drawn;

/**
 * From the body to the film and back. In the body x points to the patient's left, y to the feet and z to the front, in
 * centimetres from the carina of an average adult; the film is 0..1 wide and high. What lies nearer to the tube than
 * the middle plane is magnified.
 *
 * @param width how wide the body is, against the average
 * @param length how long
 * @param yaw by how much it is turned about its long axis
 * @param tilt by how much the picture is turned
 * @param field centimetres across the film
 * @param centreX where the origin lies on the film
 * @param centreY the same, downwards
 * @param magnify growth a centimetre towards the front
 */
record Projection(double width, double length, Turn yaw, Turn tilt, double field, double centreX, double centreY,
        double magnify) {
    /** An angle in radians, its sine and its cosine. */
    record Turn(double angle, double sin, double cos) {
        static Turn of(double angle) {
            return new Turn(angle, StrictMath.sin(angle), StrictMath.cos(angle));
        }
    }

    /** A projected place on the film. */
    Point point(double x, double y, double z) {
        double across = x * width * yaw.cos + z * yaw.sin;
        double depth = z * yaw.cos - x * width * yaw.sin;
        double scale = 1 + magnify * depth;
        return film(across * scale, y * length * scale);
    }

    private Point film(double across, double down) {
        return new Point((across * tilt.cos - down * tilt.sin) / field + centreX,
                (across * tilt.sin + down * tilt.cos) / field + centreY);
    }

    /** Share of the film's width that a centimetre of the body takes. */
    double unit() {
        return Math.sqrt(width * length) / field;
    }

    /** The body's x and y in its middle plane at a place on the film, turned or not. */
    Point body(double u, double v) {
        double across = (u - centreX) * field;
        double down = (v - centreY) * field;
        return new Point((across * tilt.cos + down * tilt.sin) / width,
                (down * tilt.cos - across * tilt.sin) / length);
    }

    /** The film's place of a point of the middle plane, the inverse of {@link #body}. */
    Point flat(double x, double y) {
        return film(x * width, y * length);
    }

    /** How far to the left turning moves what lies {@code z} in front of the middle plane. */
    double shift(double z) {
        return z * yaw.sin / width;
    }
}
