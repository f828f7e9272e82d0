package dev.panacea.ace.drawn;

/**
 * Adds bands and ellipsoids to a picture.
 *
 * @param pixels of a side
 */
record Brush(int pixels) {
    /** Adds a band. */
    void add(float[] to, Strip strip, Profile profile) {
        int count = strip.x().length;
        double[] x = strip.x();
        double[] y = strip.y();
        double lastX = 0;
        double lastY = 0;
        for (int i = 0; i < count; i++) {
            int before = Math.max(0, i - 1);
            int after = Math.min(count - 1, i + 1);
            double tx = x[after] - x[before];
            double ty = y[after] - y[before];
            double length = Math.max(1e-9, Math.sqrt(tx * tx + ty * ty));
            double nx = -ty / length * strip.half()[i];
            double ny = tx / length * strip.half()[i];
            if (i > 0) {
                Corner a = new Corner(x[i - 1] - lastX, y[i - 1] - lastY, -1, strip.weight()[i - 1]);
                Corner b = new Corner(x[i - 1] + lastX, y[i - 1] + lastY, 1, strip.weight()[i - 1]);
                Corner c = new Corner(x[i] - nx, y[i] - ny, -1, strip.weight()[i]);
                Corner d = new Corner(x[i] + nx, y[i] + ny, 1, strip.weight()[i]);
                triangle(to, new Corner[] {a, b, c}, profile);
                triangle(to, new Corner[] {b, d, c}, profile);
            }
            lastX = nx;
            lastY = ny;
        }
    }

    /** A corner of a triangle: place, place across the band, weight. */
    private record Corner(double x, double y, double across, double weight) {}

    /** Pixels whose centres lie inside; of neighbours that share a side each pixel belongs to one. */
    private void triangle(float[] to, Corner[] corners, Profile profile) {
        Corner a = corners[0];
        Corner b = corners[1];
        Corner c = corners[2];
        double det = (b.x - a.x) * (c.y - a.y) - (c.x - a.x) * (b.y - a.y);
        if (Math.abs(det) < 1e-9) {
            return;
        }
        double acrossX = ((b.across - a.across) * (c.y - a.y) - (c.across - a.across) * (b.y - a.y)) / det;
        double acrossY = ((c.across - a.across) * (b.x - a.x) - (b.across - a.across) * (c.x - a.x)) / det;
        double weightX = ((b.weight - a.weight) * (c.y - a.y) - (c.weight - a.weight) * (b.y - a.y)) / det;
        double weightY = ((c.weight - a.weight) * (b.x - a.x) - (b.weight - a.weight) * (c.x - a.x)) / det;
        double least = Math.min(a.weight, Math.min(b.weight, c.weight)); // slivers must not go beyond their corners
        double most = Math.max(a.weight, Math.max(b.weight, c.weight));
        int top = (int) Math.max(0, Math.ceil(Math.min(a.y, Math.min(b.y, c.y)) - 0.5));
        int bottom = (int) Math.min(pixels, Math.ceil(Math.max(a.y, Math.max(b.y, c.y)) - 0.5));
        for (int row = top; row < bottom; row++) {
            double v = row + 0.5;
            double low = Double.POSITIVE_INFINITY;
            double high = Double.NEGATIVE_INFINITY;
            for (int side = 0; side < 3; side++) {
                Corner p = corners[side];
                Corner q = corners[side == 2 ? 0 : side + 1];
                if (p.y > q.y) {
                    Corner swap = p;
                    p = q;
                    q = swap;
                }
                if (p.y <= v && v < q.y) {
                    double cut = p.x + (v - p.y) / (q.y - p.y) * (q.x - p.x);
                    low = Math.min(low, cut);
                    high = Math.max(high, cut);
                }
            }
            int first = (int) Math.max(0, Math.ceil(low - 0.5));
            int end = (int) Math.min(pixels, Math.ceil(high - 0.5));
            double across = a.across + (first + 0.5 - a.x) * acrossX + (v - a.y) * acrossY;
            double weight = a.weight + (first + 0.5 - a.x) * weightX + (v - a.y) * weightY;
            for (int column = first, at = row * pixels + first; column < end; column++, at++) {
                float value = (float) Math.clamp(weight, least, most) * profile.at(across);
                to[at] = profile == Profile.SQUARE ? Math.max(to[at], value) : to[at] + value;
                across += acrossX;
                weight += weightX;
            }
        }
    }

    /** Adds an ellipsoid. */
    void add(float[] to, Ellipse ellipse, Profile profile) {
        double det = ellipse.xx() * ellipse.yy() - ellipse.xy() * ellipse.xy();
        double tall = Math.sqrt(ellipse.xx() / det);
        double wide = Math.sqrt(ellipse.yy() / det);
        int top = (int) Math.max(0, Math.floor(ellipse.y() - tall));
        int bottom = (int) Math.min(pixels - 1, Math.ceil(ellipse.y() + tall));
        int left = (int) Math.max(0, Math.floor(ellipse.x() - wide));
        int right = (int) Math.min(pixels - 1, Math.ceil(ellipse.x() + wide));
        for (int row = top; row <= bottom; row++) {
            for (int column = left; column <= right; column++) {
                double level = ellipse.level(column + 0.5, row + 0.5);
                if (level > 0) {
                    to[row * pixels + column] += (float) ellipse.depth() * profile.at(Math.sqrt(1 - level));
                }
            }
        }
    }
}
