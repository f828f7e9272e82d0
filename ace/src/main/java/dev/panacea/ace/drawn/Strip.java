package dev.panacea.ace.drawn;

/**
 * A curved band in a picture, in pixels: places of its middle line, half its width there, and how much it adds.
 *
 * @param x of the middle line
 * @param y of the middle line
 * @param half half widths
 * @param weight what its thickest place adds
 */
record Strip(double[] x, double[] y, double[] half, double[] weight) {
    private static final double LEAST = 0.6; // pixels: thinner bands are drawn this wide and fainter

    /**
     * Follows a curve through points of the body.
     *
     * @param points each x, y, z, half width, weight; lengths in centimetres
     * @param steps pieces between two points
     */
    static Strip through(double[][] points, int steps, Projection projection, int pixels) {
        int count = (points.length - 1) * steps + 1;
        double[] x = new double[count];
        double[] y = new double[count];
        double[] half = new double[count];
        double[] weight = new double[count];
        double unit = projection.unit() * pixels;
        for (int i = 0; i < count; i++) {
            double t = (double) i / steps;
            Point place = projection.point(Spline.along(points, 0, t), Spline.along(points, 1, t),
                    Spline.along(points, 2, t));
            x[i] = place.x() * pixels;
            y[i] = place.y() * pixels;
            double wanted = Math.max(1e-3, Spline.along(points, 3, t) * unit);
            half[i] = Math.max(wanted, LEAST);
            weight[i] = Spline.along(points, 4, t) * wanted / half[i];
        }
        return new Strip(x, y, half, weight);
    }
}
