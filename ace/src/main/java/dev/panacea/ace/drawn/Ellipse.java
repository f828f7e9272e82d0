package dev.panacea.ace.drawn;

/**
 * An ellipse in a plane; with a depth, an ellipsoid seen from the front.
 *
 * @param x its centre
 * @param y its centre
 * @param xx of its quadratic form, 1 at the edge
 * @param xy the same
 * @param yy the same
 * @param depth how thick it is at its centre
 */
record Ellipse(double x, double y, double xx, double xy, double yy, double depth) {
    /** With half axes {@code a} and {@code b}, {@code a} turned by an angle from x towards y. */
    static Ellipse of(double x, double y, double a, double b, double angle, double depth) {
        double sin = StrictMath.sin(angle);
        double cos = StrictMath.cos(angle);
        double p = 1 / (a * a);
        double q = 1 / (b * b);
        return new Ellipse(x, y, cos * cos * p + sin * sin * q, sin * cos * (p - q), sin * sin * p + cos * cos * q,
                depth);
    }

    /** 1 at the centre, 0 at the edge, negative outside: the squared share of the depth. */
    double level(double px, double py) {
        double dx = px - x;
        double dy = py - y;
        return 1 - (xx * dx + 2 * xy * dy) * dx - yy * dy * dy;
    }

    /** The point of its edge that is furthest in a direction. */
    Point furthest(double dx, double dy) {
        double det = xx * yy - xy * xy;
        double ix = (yy * dx - xy * dy) / det;
        double iy = (xx * dy - xy * dx) / det;
        double length = Math.sqrt(ix * dx + iy * dy);
        return new Point(x + ix / length, y + iy / length);
    }
}
