package dev.panacea.ace.drawn;

/** What is no part of the patient: the letter of a side, electrodes with wires, tubes. */
final class Extras {
    private static final double METAL = 9;
    private static final double[][] L = {{0, 0}, {0, 1}, {0.6, 1}};
    private static final double[][] A = {{0, 1}, {0.35, 0}, {0.7, 1}};
    private static final double[][] BAR = {{0.15, 0.65}, {0.55, 0.65}};
    private static final double[][] R = {{0, 1}, {0, 0}, {0.5, 0.08}, {0.55, 0.42}, {0, 0.52}, {0.6, 1}};
    private static final double[][] P = {{0, 1}, {0, 0}, {0.5, 0.08}, {0.55, 0.42}, {0, 0.52}};

    private final Pose pose;
    private final Canvas canvas;
    private final Draws draws;

    Extras(Pose pose, Canvas canvas) {
        this.pose = pose;
        this.canvas = canvas;
        draws = new Draws(pose.seed().child(1));
    }

    void draw() {
        double x = draws.uniform(0.86, 0.93);
        double y = draws.uniform(0.04, 0.14);
        double size = draws.uniform(0.028, 0.045);
        if (pose.exposure().marker()) {
            if (draws.chance(0.25)) {
                letter(R, 0.95 - x, y, size);
            } else {
                letter(L, x, y, size);
            }
            if (pose.lying()) {
                letter(A, x - 0.02, y + 1.5 * size, 0.5 * size);
                letter(BAR, x - 0.02, y + 1.5 * size, 0.5 * size);
                letter(P, x - 0.02 + 0.5 * size, y + 1.5 * size, 0.5 * size);
            }
        }
        for (int i = 0; i < pose.exposure().wires(); i++) {
            wire(i);
        }
        if (pose.exposure().tube()) {
            double[][] tube = {{0.1, -18, 0, 0.3, 0.55}, {0, -10, 0, 0.3, 0.55}, {0, -3, -3, 0.3, 0.55}};
            add(tube, Profile.BONE);
            double side = draws.chance(0.7) ? -1 : 1;
            double[][] line = {{side * 14, -8, 6, 0.09, 0.6}, {side * 8, -7.4, 5, 0.09, 0.6},
                {side * 3.2, -5.4, 4, 0.09, 0.6},
                {-1.8, -2.6, 3, 0.09, 0.6}, {-2.2, 2.5, 3, 0.09, 0.6}};
            add(line, Profile.ROUND);
        }
    }

    private void letter(double[][] shape, double x, double y, double size) {
        int pixels = canvas.pixels;
        for (int i = 1; i < shape.length; i++) {
            double[] xs = {(x + size * shape[i - 1][0]) * pixels, (x + size * shape[i][0]) * pixels};
            double[] ys = {(y + size * shape[i - 1][1]) * pixels, (y + size * shape[i][1]) * pixels};
            double wanted = 0.09 * size * pixels;
            double half = Math.max(0.6, wanted);
            double metal = METAL * wanted / half;
            canvas.add(canvas.metal, new Strip(xs, ys, new double[] {half, half}, new double[] {metal, metal}),
                    Profile.PLATE);
        }
    }

    private void wire(int number) {
        double side = number % 2 == 0 ? -1 : 1;
        double x = side * draws.uniform(6, 13);
        double y = number < 2 ? draws.uniform(-6, -1) : draws.uniform(6, 12);
        Point p = pose.projection().point(x, y, 9);
        double unit = pose.projection().unit() * canvas.pixels;
        canvas.add(canvas.metal, Ellipse.of(p.x() * canvas.pixels, p.y() * canvas.pixels, Math.max(0.8, 0.7 * unit),
                Math.max(0.8, 0.7 * unit), 0, 0.4), Profile.PLATE);
        canvas.add(canvas.metal, Ellipse.of(p.x() * canvas.pixels, p.y() * canvas.pixels, Math.max(0.7, 0.3 * unit),
                Math.max(0.7, 0.3 * unit), 0, 1.6), Profile.ROUND);
        double thick = 0.07;
        double[][] points = {{x, y, 9, thick, 0.7}, {x + draws.uniform(-2, 2), y + draws.uniform(2, 5), 9, thick, 0.7},
            {x + side * draws.uniform(0, 5), y + draws.uniform(5, 9), 9, thick, 0.7},
            {side * draws.uniform(9, 16), draws.uniform(10, 18), 9, thick, 0.7},
            {side * draws.uniform(14, 24), draws.uniform(18, 30), 9, thick, 0.7}};
        add(points, Profile.ROUND);
    }

    private void add(double[][] points, Profile profile) {
        canvas.add(canvas.metal, Strip.through(points, 8, pose.projection(), canvas.pixels), profile);
    }
}
