package dev.panacea.ace.drawn;

/** Arteries and veins that branch from the hila into the lungs, and the airways. */
final class VesselTree {
    private static final double FULL = 4.2; // thickness against radius: an artery and a vein run together

    private final Patient patient;
    private final Pose pose;
    private final Thorax thorax;
    private final Canvas canvas;

    VesselTree(Patient patient, Pose pose, Thorax thorax, Canvas canvas) {
        this.patient = patient;
        this.pose = pose;
        this.thorax = thorax;
        this.canvas = canvas;
    }

    /** Middle of a hilum. */
    static double[] hilum(int side) {
        return side < 0 ? new double[] {-4.3, 2.3, 0} : new double[] {4.5, 1.3, 0};
    }

    void draw() {
        double full = patient.vessels();
        double[][] right = {{-1.5, 0.6, 1, 0.9, 2.2}, {-3.4, 1, 1, 1.15, 3}, {-4.6, 2.4, 0, 1.05, 3},
            {-5.2, 4.6, -1, 0.6, 1.9}, {-5.9, 7, -2, 0.4, 1.2}};
        double[][] left = {{2.2, -0.4, 1, 0.9, 2.2}, {4, -0.3, 0, 1.15, 3}, {5, 0.7, -1, 1.05, 3},
            {5.3, 2.9, -2, 0.6, 1.9}, {6.1, 5.8, -3, 0.4, 1.2}};
        add(right, full, Profile.HAZE);
        add(left, full, Profile.HAZE);
        for (int side = -1; side <= 1; side += 2) {
            Draws draws = new Draws(patient.seed().child(side < 0 ? 11 : 12));
            double[] from = hilum(side);
            int trunks = 17;
            for (int i = 0; i < trunks; i++) {
                // From straight up over the side to steeply down; a vein and an artery each.
                double angle = -1.45 + 2.85 * (i + draws.uniform(-0.4, 0.4)) / (trunks - 1);
                double length = (angle < -0.8 ? 3.3 : 4.3) * draws.uniform(0.8, 1.2);
                double radius = (angle > 0.2 ? 0.3 : 0.23) * draws.uniform(0.75, 1.2) * full;
                grow(draws, new Bud(from[0] + side * draws.uniform(-0.5, 0.7), from[1] + 1.8 * angle
                        + draws.uniform(-0.7, 0.7), angle * 0.9, length, radius, side), 0);
            }
        }
    }

    /** Where a branch begins, where it points, how long and thick it is. */
    private record Bud(double x, double y, double angle, double length, double radius, int side) {}

    private void grow(Draws draws, Bud bud, int depth) {
        double bend = draws.around(0, 0.3);
        double middle = bud.angle + bend;
        double end = bud.angle + 1.6 * bend + draws.around(0, 0.12);
        double half = bud.length / 2;
        double x1 = bud.x + bud.side * half * StrictMath.cos(bud.angle);
        double y1 = bud.y + half * StrictMath.sin(bud.angle);
        double x2 = x1 + bud.side * half * StrictMath.cos(middle);
        double y2 = y1 + half * StrictMath.sin(middle);
        if (Math.abs(x2) > 1.05 * Thorax.cage(y2) || y2 > 17 || y2 < -11) {
            return;
        }
        double thin = bud.radius * 0.8;
        double[][] points = {{bud.x, bud.y, 0, bud.radius, FULL * bud.radius},
            {x1, y1, 0, (bud.radius + thin) / 2, FULL * (bud.radius + thin) / 2}, {x2, y2, 0, thin, FULL * thin}};
        add(points, 1, Profile.ROUND);
        if (depth >= 5 || thin < 0.05) {
            return;
        }
        double spread = draws.uniform(0.25, 0.6);
        double length = bud.length * draws.uniform(0.68, 0.92);
        grow(draws, new Bud(x2, y2, end - spread * 0.6, length, thin * draws.uniform(0.7, 0.95), bud.side), depth + 1);
        grow(draws, new Bud(x2, y2, end + spread, length * 0.85, thin * draws.uniform(0.6, 0.9), bud.side), depth + 1);
        if (draws.chance(0.7)) {
            double turn = draws.chance(0.5) ? 0.8 : -0.8;
            grow(draws, new Bud(x1, y1, middle + turn, length * 0.65, thin * 0.55, bud.side), depth + 2);
        }
    }

    private void add(double[][] points, double factor, Profile profile) {
        for (double[] point : points) {
            point[0] += thorax.middle.at(point[1]);
            point[4] *= factor;
        }
        canvas.add(canvas.vessel, Strip.through(points, 2, pose.projection(), canvas.pixels), profile);
    }

    /** The airways, which take tissue away. */
    void airways() {
        double top = thorax.middle.at(-12);
        double bow = -0.25 * (patient.aorta() - 1.2);
        double[][] trachea = {{top, -24, 1, 0.8, -2}, {top, -12, 0, 0.85, -2.2}, {top + bow, -6, -2, 0.85, -2.2},
            {bow, -2.5, -3, 0.85, -2.1}, {0, -0.2, -3.4, 1.0, -1.8}, {0, 0.5, -3.4, 0.9, 0}};
        double[][] right = {{-0.1, -0.5, -3.4, 0.6, 0}, {-0.9, 0.4, -3.4, 0.68, -1.2}, {-2.3, 1.8, -3, 0.62, -1.1},
            {-3.3, 3.4, -3, 0.45, -0.8}, {-3.9, 5, -3, 0.35, 0}};
        double[][] left = {{0.1, -0.4, -3.4, 0.5, 0}, {1.2, 0.4, -3.4, 0.58, -1.1}, {3.2, 1.6, -3, 0.52, -1},
            {4.4, 2.9, -3, 0.4, -0.7}, {5.2, 4.6, -3, 0.3, 0}};
        for (double[][] airway : new double[][][] {trachea, right, left}) {
            canvas.add(canvas.soft, Strip.through(airway, 5, pose.projection(), canvas.pixels), Profile.ROUND);
        }
    }
}
