package dev.panacea.ace.drawn;

import java.util.List;

/** The gap between lungs and chest wall, where fluid may stand or air lie. */
final class Pleura {
    private static final double FAR = 1e3; // below everything

    /** Whether fluid stands on a side. */
    final boolean wet;
    /** Whether a lung has come off the wall. */
    final boolean torn;
    private final Table surface;
    private final Table right;
    private final Table left;

    /**
     * A patient's pleura.
     *
     * @param domeRight height of the right half of the diaphragm
     * @param domeLeft height of the left half
     * @param reach half width of the chest
     */
    Pleura(List<Lesion> lesions, double domeRight, double domeLeft, double reach) {
        Lesion effusion = find(lesions, FindingKind.EFFUSION);
        Lesion air = find(lesions, FindingKind.PNEUMOTHORAX);
        wet = effusion != null;
        torn = air != null;
        surface = new Table(x -> !wet || x * effusion.side() < 0 ? FAR
                : surface(effusion, x < 0 ? domeRight : domeLeft, Math.abs(x) / reach));
        right = new Table(y -> torn && air.side() < 0 ? gap(air, y) : 0);
        left = new Table(y -> torn && air.side() > 0 ? gap(air, y) : 0);
    }

    private static Lesion find(List<Lesion> lesions, FindingKind kind) {
        return lesions.stream().filter(lesion -> lesion.kind() == kind).findFirst().orElse(null);
    }

    /** Fluid rises at the wall. */
    private static double surface(Lesion effusion, double dome, double across) {
        return dome + 1.2 - 9.5 * effusion.severity() - 3.4 * StrictMath.pow(across, 4) - 0.3 * (1 - across);
    }

    /** Air gathers at the top. */
    private static double gap(Lesion air, double y) {
        double size = 2 + 3.2 * air.severity();
        double end = 2 + 12 * air.severity();
        return size * (1 - Spline.step(-8, end, y)) + 0.25 * (1 - Spline.step(end, end + 6, y));
    }

    /** Height of the fluid's surface at a distance from the middle, far below where there is none. */
    double surface(double across) {
        return surface.at(across);
    }

    /** How far the lung on the side of {@code across} has come off the wall. */
    double gap(double across, double y) {
        return (across < 0 ? right : left).at(y);
    }
}
