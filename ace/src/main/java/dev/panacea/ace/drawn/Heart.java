package dev.panacea.ace.drawn;

import java.util.List;

/** The heart and the great vessels, as bodies that stand in the chest's hollow. */
final class Heart {
    private Heart() {}

    /**
     * The heart: left ventricle, right atrium, and what joins them to the great vessels.
     *
     * @param swell how much it is enlarged, 1 where it is not
     * @param floor height of the diaphragm below it
     */
    static List<Ellipse> of(Patient patient, Pose pose, double swell, double floor) {
        double size = patient.heart() * swell * (1 + 0.1 * (1 - pose.inspiration()))
                * (1 + 4 * pose.projection().magnify());
        double front = pose.projection().shift(4);
        double root = Math.sqrt(size);
        double low = floor + 0.7 - 4.6 * root;
        double axis = patient.axis() - 0.15 * (1 - pose.inspiration());
        return List.of(
                Ellipse.of(2.55 * size + front, low, 6.3 * size, 4.4 * size, axis + 0.1, 17),
                Ellipse.of(-size + front, low - 1, 3.1 * size, 5.3 * root, -0.08, 16),
                Ellipse.of(1.7 * size + front, low - 3.3 * root, 5 * root, 2.7 * size, 0.95, 16));
    }

    /** Trunk of the pulmonary artery; ascending aorta with the upper vena cava; arch; descending aorta. */
    static List<Ellipse> vessels(Patient patient, Pose pose) {
        double front = pose.projection().shift(3);
        double back = pose.projection().shift(-3);
        double r = patient.aorta();
        return List.of(
                Ellipse.of(1.5 + front, 0.2, 2.3, 3.6, -0.25, 12),
                Ellipse.of(-0.9 + front, -0.5, 2.15 + 0.3 * (r - 1.6), 5.6, 0.06, 11),
                Ellipse.of(1.75 + 0.3 * (r - 1.6), -3.4, r, 1.2 * r, 0, 12),
                Ellipse.of(1.5 + back, 4.5, 1.25 + 0.35 * (r - 1.5), 12, 0, 4));
    }

    /** The fat between heart and diaphragm. */
    static Ellipse fat(double floor) {
        return Ellipse.of(2.4, floor + 1.2, 4.4, 3.4, 0.3, 14);
    }
}
