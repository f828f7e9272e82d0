package dev.panacea.ace.drawn;

/** What surrounds the chest: arms, breasts, folds, and gas in the belly. */
final class Figure {
    private final Patient patient;
    private final Pose pose;
    private final Thorax thorax;
    private final Canvas canvas;

    Figure(Patient patient, Pose pose, Thorax thorax, Canvas canvas) {
        this.patient = patient;
        this.pose = pose;
        this.thorax = thorax;
        this.canvas = canvas;
    }

    void draw() {
        double fat = patient.fat();
        double up = pose.lying() ? -2 : -1.3;
        Draws draws = new Draws(pose.seed().child(4));
        for (int side = -1; side <= 1; side += 2) {
            double r = 4.4 + 1.7 * fat;
            double apart = pose.lying() ? draws.uniform(0, 1.2) : draws.uniform(0.5, 3.5);
            double[][] arm = {{side * 14, -8.6 + up, 0, 0.1, 0}, {side * 17, -7.6 + up, 0, 3.4 + fat, 150},
                {side * 18.6, -5 + up, 0, r, 190}, {side * (19.6 + apart + fat), 0, 0, r, 180},
                {side * (20.8 + 2 * apart + 1.5 * fat), 8, 0, r * 0.92, 150},
                {side * (21.6 + 2.6 * apart + 2 * fat), 44, 0, r * 0.8, 120}};
            canvas.add(canvas.limb2, strip(arm), Profile.SQUARE);
            double[][] chest = {{side * 5, -3.5, 5, 4, 0}, {side * 10, -4, 5, 3.6, 1.6}, {side * 14, -5.5, 4, 2.6, 1.8},
                {side * 17, -7, 2, 1.8, 0}};
            canvas.add(canvas.soft, strip(chest), Profile.HAZE);
            double[][] collar = {{side * 3.4, -26, 2, 0.9, 0.9},
                {side * 2.8, -16, 2, 0.9, 0.9}, {side * 2.3, -11, 4, 0.9, 0.9},
                {side * 1.6, -7, 6, 0.7, 0.3}};
            canvas.add(canvas.soft, strip(collar), Profile.ROUND);
            if (patient.breast() > 0.3) {
                breast(side);
            }
        }
        gas();
        head();
    }

    /** The chin, where it hangs into the film. */
    private void head() {
        Draws draws = new Draws(pose.seed().child(3));
        if (!draws.chance(pose.lying() ? 0.35 : 0.12)) {
            return;
        }
        double x = draws.around(0, 1);
        double low = draws.uniform(-17, -14);
        double[][] jaw = {{x - 6.5, low - 12, 2, 0.1, 60},
            {x - 1.5, low - 6, 3, 5.6, 150}, {x + 1.5, low - 6, 3, 5.6, 150},
            {x + 6.5, low - 12, 2, 0.1, 60}};
        canvas.add(canvas.limb2, strip(jaw), Profile.SQUARE);
        double[][] bone = {{x - 5.6, low - 9, 0, 0.7, 0.8},
            {x - 4.6, low - 4, 2, 0.8, 1}, {x - 2, low - 1.4, 4, 0.8, 1},
            {x + 2, low - 1.4, 4, 0.8, 1}, {x + 4.6, low - 4, 2, 0.8, 1}, {x + 5.6, low - 9, 0, 0.7, 0.8}};
        canvas.add(canvas.bone, strip(bone), Profile.BONE);
    }

    private Strip strip(double[][] points) {
        return Strip.through(points, 6, pose.projection(), canvas.pixels);
    }

    /** A bag that is thickest below, with a clear lower edge. */
    private void breast(int side) {
        double size = patient.breast();
        Draws draws = new Draws(patient.seed().child(20));
        double low = 7.2 + 2.6 * size + draws.around(0, 0.7) - (pose.lying() ? 1.5 : 0);
        double r = 5.4 + 2.4 * size;
        double middle = 8.6 + 0.8 * size + (pose.lying() ? 1.4 : 0);
        double thick = 2.2 + 2.6 * size;
        Point centre = pose.projection().point(side * middle, low - 0.9 * r, 9);
        double unit = pose.projection().unit() * canvas.pixels;
        int pixels = canvas.pixels;
        Ellipse ellipse = Ellipse.of(centre.x() * pixels, centre.y() * pixels, r * unit, 1.3 * r * unit,
                pose.projection().tilt().angle() - side * 0.12, thick);
        int top = (int) Math.max(0, ellipse.y() - 1.4 * r * unit);
        int bottom = (int) Math.min(pixels, ellipse.y() + 1.4 * r * unit);
        int left = (int) Math.max(0, ellipse.x() - 1.4 * r * unit);
        int right = (int) Math.min(pixels, ellipse.x() + 1.4 * r * unit);
        for (int row = top; row < bottom; row++) {
            float share = (float) (thick * Spline.step(-1.2, 0.9, (row + 0.5 - ellipse.y()) / (1.3 * r * unit)));
            for (int column = left; column < right; column++) {
                double level = ellipse.level(column + 0.5, row + 0.5);
                if (level > 0) {
                    canvas.soft[row * pixels + column] += share * (float) Math.sqrt(level);
                }
            }
        }
    }

    /** The bubble in the stomach, which lies flat on fluid while the patient stands, and some in the bowel. */
    private void gas() {
        Draws draws = new Draws(patient.seed().child(21));
        int pixels = canvas.pixels;
        Projection projection = pose.projection();
        double unit = projection.unit() * pixels;
        if (draws.chance(0.75)) {
            double wide = draws.uniform(2.2, 4.2);
            double tall = draws.uniform(1.4, 2.4);
            double x = draws.uniform(5, 7);
            double y = thorax.domeLeft + 1.3 + tall;
            Point p = projection.point(x, y, -1);
            Ellipse bubble = Ellipse.of(p.x() * pixels, p.y() * pixels, wide * unit, tall * unit,
                    draws.around(0, 0.1), 1);
            double strength = draws.uniform(2, 5);
            double level = p.y() * pixels + (pose.lying() ? 1e6 : draws.uniform(-0.2, 0.8) * tall * unit);
            int bottom = (int) Math.min(pixels, Math.ceil(bubble.y() + 1.2 * tall * unit));
            for (int row = (int) Math.max(0, bubble.y() - 1.3 * tall * unit); row < bottom; row++) {
                for (int column = (int) Math.max(0, bubble.x() - 1.2 * wide * unit);
                        column < Math.min(pixels, bubble.x() + 1.2 * wide * unit); column++) {
                    double q = bubble.level(column + 0.5, row + 0.5);
                    if (q > 0) {
                        double above = Math.clamp(level - row, 0, 1);
                        canvas.soft[row * pixels + column] -= (float) (above * strength * Math.sqrt(q));
                    }
                }
            }
        }
        int loops = (int) draws.uniform(0, 7);
        for (int i = 0; i < loops; i++) {
            Point p = projection.point(draws.uniform(4, 12), thorax.domeLeft + draws.uniform(5, 11), 3);
            canvas.add(canvas.soft, Ellipse.of(p.x() * pixels, p.y() * pixels, draws.uniform(0.7, 1.7) * unit,
                    draws.uniform(0.6, 1.3) * unit, draws.uniform(0, 3), -draws.uniform(0.8, 2.4)), Profile.ROUND);
        }
    }
}
