package dev.panacea.ace.drawn;

/** The bones of one patient on one film, as curves in space. */
final class Skeleton {
    private static final int RIBS = 11;
    private static final int FIRST = -7; // vertebrae drawn, as numbered by vertebra()
    private static final int LAST = 19;
    private static final double[] UNIT_CURVE = {0, 0.08, 0.2, 0.34, 0.5, 0.66, 0.8, 0.9, 1};

    private final Patient patient;
    private final Pose pose;
    private final Thorax thorax;
    private final int pixels;

    Skeleton(Patient patient, Pose pose, Thorax thorax, int pixels) {
        this.patient = patient;
        this.pose = pose;
        this.thorax = thorax;
        this.pixels = pixels;
    }

    /** Height of the middle of a vertebra: 1 is the first thoracic one, 13 the first lumbar, 0 the last cervical. */
    static double vertebra(double number) {
        double steps = number - 1;
        return -10.2 + (number < 1 ? 1.75 : 1.83) * steps + (number < 1 ? 0 : 0.038 * steps * steps);
    }

    void draw(Canvas canvas) {
        float[] bone = canvas.bone;
        double dense = patient.bone();
        for (int side = -1; side <= 1; side += 2) {
            for (int rib = 1; rib <= RIBS; rib++) {
                canvas.add(bone, strip(rib(rib, side), 5), Profile.BONE);
            }
            canvas.add(bone, strip(clavicle(side), 6), Profile.BONE);
            shoulder(canvas, side);
        }
        spine(canvas, dense);
        double[][] sternum = {{0, -6.6, 7.5, 2.9, 0.3}, {0, -5.2, 8, 2.5, 0.4}, {0, -3, 8.4, 1.6, 0.4},
            {0, 3, 9, 1.6, 0.35}, {0, 7.5, 9.2, 1.8, 0.25}};
        canvas.add(bone, strip(sternum, 4), Profile.PLATE);
    }

    private Strip strip(double[][] points, int steps) {
        return Strip.through(points, steps, pose.projection(), pixels);
    }

    /** A rib from its head at the spine round the side to its cartilage. */
    double[][] rib(int rib, int side) {
        double head = vertebra(rib) - 0.3;
        double drop = (3.3 + 0.95 * Math.min(rib, 8)) * patient.ribs() * (0.85 + 0.3 * (1 - pose.inspiration()));
        double shrink = rib == 1 ? 0.74 : rib == 2 ? 0.93 : rib == 11 ? 0.98 : 1;
        double reach = (Thorax.cage(head + 0.42 * drop) + 0.35) * shrink;
        double deep = (8.6 - (rib < 3 ? 5 - 1.7 * rib : 0)) * 0.95;
        double end = Math.PI * (rib == 1 ? 0.84 : rib <= 5 ? 0.82 : rib <= 7 ? 0.78 : rib <= 10 ? 0.7 : 0.5);
        double start = StrictMath.asin(Math.min(0.9, 1.9 / reach));
        double[][] points = new double[UNIT_CURVE.length][];
        for (int i = 0; i < points.length; i++) {
            double phi = start + (end - start) * UNIT_CURVE[i];
            double s = phi / Math.PI;
            double sin = StrictMath.sin(phi);
            double x = reach * (rib > 9 ? 0.2 * sin * sin + 0.8 * sin : sin);
            double y = head + drop * (StrictMath.pow(s, 1.2) - 0.12 * sin * (1 - s));
            double turn = Math.abs(StrictMath.cos(phi));
            double half = (0.36 + 0.19 * turn) * (rib < 3 ? 0.86 : 1) * (patient.male() ? 1 : 0.9)
                    * (s > 0.5 ? 1.12 : 1);
            double weight = patient.bone() * (0.98 + 0.1 * (1 - turn) * (1 - turn)) * (s > 0.5 ? 0.75 : 1)
                    * (i == 0 || i == points.length - 1 ? 0.2 : 1);
            points[i] = new double[] {thorax.middle.at(head) + side * x, y, -deep * StrictMath.cos(phi), half, weight};
        }
        return points;
    }

    double[][] clavicle(int side) {
        double rise = patient.clavicle() + (pose.lying() ? 0.7 : 0) - 0.6 * pose.shoulders();
        double w = patient.bone() * 1.5;
        double h = patient.male() ? 1 : 0.85;
        return new double[][] {{side * 1.5, -6.0, 6.6, 0.85 * h, 0.6 * w}, {side * 2.7, -6.35, 6.5, 0.78 * h, w},
            {side * 5.2, -6.9 - 0.1 * rise, 6.2, 0.58 * h, w}, {side * 8.8, -7.3 - 0.55 * rise, 4.6, 0.52 * h, w},
            {side * 12.6, -7.2 - 0.92 * rise, 2, 0.58 * h, 0.95 * w},
            {side * 16, -6.9 - rise, 0, 0.72 * h, 0.35 * w}};
    }

    /** The bodies of the vertebrae as one band. */
    Strip column() {
        double[][] points = new double[LAST - FIRST + 1][];
        for (int i = 0; i < points.length; i++) {
            int level = FIRST + i;
            double y = vertebra(level);
            points[i] = new double[] {thorax.middle.at(y), y, -5.5, bodyHalf(level), 1};
        }
        return strip(points, 2);
    }

    private static double bodyHalf(int level) {
        return level < 1 ? 1.15 : 1.35 + 0.045 * level;
    }

    private void shoulder(Canvas canvas, int side) {
        double dense = 1.5 * patient.bone();
        double out = 1.6 * pose.shoulders();
        double up = pose.lying() ? -2 : -1.3;
        double inner = side * (9.1 + 1.7 * out);
        double tip = side * (10.6 + 1.2 * out);
        double socket = side * (15 + 0.3 * out);
        float[] bone = canvas.bone;
        double[][] blade = {{(inner + socket) / 2 + side * 0.6, -7.2 + up, -5, 2.7, 0.2},
            {(inner + socket) / 2, -5 + up, -6, 2.5, 0.28}, {(inner + tip) / 2 + side * 1.3, -0.5 + up, -7, 1.9, 0.28},
            {tip + side * 0.2, 4.3 + up, -7, 0.9, 0.28}, {tip, 5.6 + up, -7, 0.4, 0.1}};
        canvas.add(bone, strip(blade, 4), Profile.PLATE);
        double[][] outer = {{socket, -4.6 + up, -4, 0.5, 0.9 * dense},
            {socket - side * 0.9, -2.5 + up, -5, 0.35, 0.8 * dense},
            {tip + side * 1.7, 1.2 + up, -6, 0.28, 0.6 * dense}, {tip + side * 0.6, 4.6 + up, -7, 0.3, 0.5 * dense},
            {tip - side * 0.2, 5.6 + up, -7, 0.25, 0.2 * dense}};
        canvas.add(bone, strip(outer, 5), Profile.ROUND);
        double[][] border = {{tip - side * 0.2, 5.5 + up, -7, 0.14, 0.3 * dense},
            {tip - side * 0.9, 2.6 + up, -7, 0.13, 0.45 * dense}, {inner, -3 + up, -7, 0.13, 0.4 * dense},
            {inner + side * 0.5, -7 + up, -6, 0.16, 0.3 * dense},
            {inner + side * 2.4, -8.2 + up, -4, 0.2, 0.4 * dense}};
        canvas.add(bone, strip(border, 5), Profile.ROUND);
        double[][] spine = {{inner + side * 0.4, -4.7 + up, -8, 0.25, 0.25 * dense},
            {inner + side * 3.4, -6.4 + up, -8, 0.42, 0.7 * dense},
            {socket - side * 0.6, -8.2 + up, -6, 0.5, 0.7 * dense},
            {side * 17.6, -9 + up - 0.4 * patient.clavicle() * 0.5, -2, 0.75, 0.5 * dense}};
        canvas.add(bone, strip(spine, 5), Profile.BONE);
        ring(canvas, new double[] {socket - side * 0.9, -7.4 + up, 2}, new double[] {0.95, 0.7}, 0.9 * dense);
        double[][] glenoid = {{socket + side * 0.3, -7.2 + up, -2, 0.3, 0.5 * dense},
            {socket + side * 0.55, -5.7 + up, -2, 0.35, 0.8 * dense},
            {socket + side * 0.3, -4.2 + up, -2, 0.3, 0.5 * dense}};
        canvas.add(bone, strip(glenoid, 4), Profile.ROUND);
        double head = side * 17.6;
        double[][] arm = {{head - side * 0.3, -8.1 + up, 0, 1.4, 0.35 * dense}, {head, -7 + up, 0, 2.3, 0.7 * dense},
            {head + side * 0.3, -5.4 + up, 0, 2.35, 0.8 * dense}, {head + side * 0.9, -3 + up, 0, 1.6, 0.9 * dense},
            {head + side * 1.5, 0 + up, 0, 1.25, dense}, {head + side * 3, 9 + up, 0, 1.15, dense},
            {head + side * 8.6, 42 + up, 0, 1.2, dense}};
        canvas.add(bone, strip(arm, 6), Profile.BONE);
    }

    private void spine(Canvas canvas, double dense) {
        float[] bone = canvas.bone;
        for (int level = FIRST; level <= LAST; level++) {
            double y = vertebra(level);
            double h = (vertebra(level + 1) - vertebra(level - 1)) / 4;
            double w = bodyHalf(level);
            double x = thorax.middle.at(y);
            double body = dense * (level < 1 ? 0.3 : 0.34);
            double[][] column = {{x, y - 0.84 * h, -5.5, w, body}, {x, y - 0.4 * h, -5.5, 0.94 * w, 0.9 * body},
                {x, y + 0.4 * h, -5.5, 0.94 * w, 0.9 * body}, {x, y + 0.84 * h, -5.5, w, body}};
            canvas.add(bone, strip(column, 2), Profile.BONE);
            for (int end = -1; end <= 1; end += 2) {
                double at = y + end * 0.84 * h;
                double[][] plate = {{x - w, at - 0.06, -5.5, 0.1, 0.25 * dense},
                    {x, at - end * 0.08, -5.5, 0.12, 0.35 * dense},
                    {x + w, at - 0.06, -5.5, 0.1, 0.25 * dense}};
                canvas.add(bone, strip(plate, 4), Profile.ROUND);
            }
            double[][] process = {{x, y + 0.1, -9, 0.3, 0.3 * dense}, {x, y + 0.7 * h, -10, 0.36, 0.55 * dense},
                {x, y + 1.35 * h, -11, 0.3, 0.5 * dense}, {x, y + 1.5 * h, -11, 0.2, 0.1}};
            canvas.add(bone, strip(process, 3), Profile.ROUND);
            double reach = level < 1 ? 2.6 : level > 12 ? 3.6 : 3.1 - 0.07 * level;
            for (int side = -1; side <= 1; side += 2) {
                double[][] wing = {{x + side * 0.8, y - 0.1 * h, -8, 0.45, 0.3 * dense},
                    {x + side * 1.7, y - 0.3 * h, -8.5, 0.4, 0.5 * dense},
                    {x + side * reach, y - 0.5 * h, -9, 0.42, 0.35 * dense}};
                canvas.add(bone, strip(wing, 3), Profile.BONE);
                ring(canvas, new double[] {x + side * 0.62 * w, y - 0.25 * h, -7}, new double[] {0.3, 0.45},
                        0.55 * dense);
            }
        }
    }

    /** A knob of bone seen end on. */
    private void ring(Canvas canvas, double[] place, double[] half, double weight) {
        Point p = pose.projection().point(place[0], place[1], place[2]);
        double unit = pose.projection().unit() * pixels;
        canvas.add(canvas.bone, Ellipse.of(p.x() * pixels, p.y() * pixels, Math.max(0.8, half[0] * unit),
                Math.max(0.8, half[1] * unit), 0, weight), Profile.BONE);
    }
}
