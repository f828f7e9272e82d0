package dev.panacea.ace.drawn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The trunk of one patient on one film: how far a ray at a place of the middle plane runs through the body and through
 * the chest's hollow, in centimetres. Pictures, masks, landmarks and boxes all ask this class, so that they agree.
 */
final class Thorax {
    static final double TOP = -10.4;         // of the rib cage's inside
    static final double BOTTOM = 20;         // no lung reaches below
    static final double REACH = 13.7;        // half width where it is widest
    static final double PEAK = 6.2;          // of the diaphragm, from the middle
    private static final double WIDEST = 11; // height of that place
    private static final double DEPTH = 7.6; // half depth there
    private static final int STRIDE = 8;
    private static final Table CAGE = new Table(Thorax::cage);
    private static final Table DEPTH2 = new Table(y -> 4 * DEPTH * DEPTH * StrictMath.pow(shape(y), 1.5));

    final double domeRight;
    final double domeLeft;
    final Table middle;
    final List<Ellipse> heart;
    final List<Ellipse> vessels;
    private final Ellipse[] core;
    private final Table trunk;
    private final Table trunkDepth;
    private final Table coreRight;
    private final Table coreLeft;
    private final Table dome;
    private final double highest;
    private final Pleura pleura;

    Thorax(Patient patient, Pose pose, List<Lesion> lesions) {
        domeRight = 7.7 + 4.2 * pose.inspiration();
        domeLeft = domeRight + patient.domes();
        middle = new Table(y -> patient.scoliosis() * StrictMath.sin((y + 14) * 0.16));
        double fat = patient.fat();
        double[] down = {-22, -16.5, -14.2, -12.8, -11.6, -10.2, -7, -2, 6, 13, 22, 30};
        double waist = patient.male() ? 0 : -0.9;
        double[] wide = {5.6, 6, 7.2, 9.6, 13.4, 16.6, 17.4, 16.6, 16.3, 15.9 + waist, 15.8 + waist, 17};
        double[] deep = {12.5, 12.5, 13, 14.5, 16.5, 17.8, 19, 20, 21, 21.2, 20.5, 20.5};
        trunk = new Table(y -> Spline.at(down, wide, y) + fat * 4.6 * Spline.step(-14, 0, y) + 0.7 + fat);
        trunkDepth = new Table(y -> Spline.at(down, deep, y) * (0.92 + 0.36 * fat * Spline.step(-14, 8, y)));
        double thick = 0.35 * fat + (pose.lying() ? 0.35 : 0);
        double[] levels = {-16, -10, -7, -4, -1, 3, 12};
        double[] right = {3.6, 3.2, 2.5, 2.35, 2.8, 2.4, 2.2};
        double[] left = {3.6, 3.3, 2.75, 2.6, 2.6, 2.3, 2.3};
        Draws waves = new Draws(patient.seed().child(40));
        for (int i = 1; i < levels.length; i++) {
            right[i] += waves.around(0, 0.16);
            left[i] += waves.around(0, 0.16);
        }
        double turned = pose.projection().shift(3);
        coreRight = new Table(y -> Spline.at(levels, right, y) + thick - turned * 0.5);
        coreLeft = new Table(y -> Spline.at(levels, left, y) + thick + turned * 0.5);
        dome = new Table(this::dome);
        highest = Math.min(domeRight, domeLeft);
        double swell = lesions.stream().filter(lesion -> lesion.kind() == FindingKind.CARDIOMEGALY)
                .mapToDouble(lesion -> 1.25 + 0.22 * lesion.severity()).findFirst().orElse(1);
        heart = Heart.of(patient, pose, swell, domeLeft);
        vessels = Heart.vessels(patient, pose);
        List<Ellipse> all = new ArrayList<>(heart);
        all.addAll(vessels);
        all.add(Heart.fat(domeLeft));
        core = all.toArray(Ellipse[]::new);
        pleura = new Pleura(lesions, domeRight, domeLeft, REACH);
    }

    /** 0 at the cage's top to 1 at its widest. */
    private static double shape(double y) {
        if (y >= WIDEST) {
            return 1;
        }
        double t = (WIDEST - y) / (WIDEST - TOP);
        return t >= 1 ? 0 : StrictMath.pow(1 - StrictMath.pow(t, 2.35), 1 / 2.35);
    }

    /** Half width of the cage's inside. */
    static double cage(double y) {
        double below = Math.max(0, y - WIDEST);
        return REACH * shape(y) - 0.012 * below * below;
    }

    private double dome(double x) {
        double across = Math.abs(x);
        double top = x < 0 ? domeRight : domeLeft;
        if (across > PEAK) {
            return top + 5.4 * StrictMath.pow((across - PEAK) / (REACH - PEAK), 2.3);
        }
        double inner = (PEAK - across) / PEAK;
        return top + 2.4 * inner * inner;
    }

    /** A piece of a row of pixels: where it begins, how far apart its pixels are, how many. */
    record Run(double x, double y, double stepX, double stepY, int count) {}

    /**
     * The trunk's thickness, squared, and the hollow's length along a row. Slow curves are looked up once in
     * {@value #STRIDE} pixels.
     */
    void scan(Run row, float[] trunk2, float[] hollow) {
        double end = row.y + row.count * row.stepY;
        Ellipse[] near = new Ellipse[core.length];
        int count = 0;
        for (Ellipse ellipse : core) {
            double tall = Math.sqrt(ellipse.xx() / (ellipse.xx() * ellipse.yy() - ellipse.xy() * ellipse.xy()));
            if (Math.min(row.y, end) < ellipse.y() + tall && Math.max(row.y, end) > ellipse.y() - tall) {
                near[count++] = ellipse;
            }
        }
        Ellipse[] met = Arrays.copyOf(near, count);
        Slice from = new Slice(row.y);
        for (int start = 0; start < row.count; start += STRIDE) {
            Slice to = new Slice(row.y + (start + STRIDE) * row.stepY);
            for (int i = start; i < Math.min(row.count, start + STRIDE); i++) {
                float t = (float) (i - start) / STRIDE;
                double x = row.x + i * row.stepX;
                double y = row.y + i * row.stepY;
                double u = x / (from.trunk + t * (to.trunk - from.trunk));
                double u6 = u * u * u * u * u * u;
                double d = from.trunkDepth + t * (to.trunkDepth - from.trunkDepth);
                trunk2[i] = u6 >= 1 ? 0 : (float) (d * d * (1 - u6));
                double across = x - (from.middle + t * (to.middle - from.middle));
                double half = across < 0 ? from.right + t * (to.right - from.right)
                        : from.left + t * (to.left - from.left);
                hollow[i] = y <= TOP ? 0 : (float) cavity(new Ray(across, y, from.cage + t * (to.cage - from.cage),
                        from.depth2 + t * (to.depth2 - from.depth2), half), met);
            }
            from = to;
        }
    }

    /** What depends on the height alone. */
    private final class Slice {
        private final float middle;
        private final float cage;
        private final float depth2;
        private final float trunk;
        private final float trunkDepth;
        private final float right;
        private final float left;

        Slice(double y) {
            middle = Thorax.this.middle.at(y);
            cage = CAGE.at(y);
            depth2 = DEPTH2.at(y);
            trunk = Thorax.this.trunk.at(y);
            trunkDepth = Thorax.this.trunkDepth.at(y);
            right = coreRight.at(y);
            left = coreLeft.at(y);
        }
    }

    /** Thickness of the body in front of and behind the middle. */
    double thickness(double y) {
        return trunkDepth.at(y);
    }

    /** Thickness of the chest's hollow, at most; what stands in it not yet taken off. */
    double hollow(double y) {
        return Math.sqrt(DEPTH2.at(y));
    }

    /** Length of a ray in what the lungs, and air beside them, fill. */
    double cavity(double x, double y) {
        if (y <= TOP) {
            return 0;
        }
        Slice slice = new Slice(y);
        double across = x - slice.middle;
        return cavity(new Ray(across, y, slice.cage, slice.depth2, across < 0 ? slice.right : slice.left), core);
    }

    /** A ray: distance from the middle, height, half width of the cage, its squared depth, half width of the core. */
    private record Ray(double across, double y, double cage, double depth2, double half) {}

    private double cavity(Ray ray, Ellipse[] met) {
        double across = ray.across;
        double y = ray.y;
        double u = across / ray.cage;
        double u2 = u * u;
        if (u2 >= 1) {
            return 0;
        }
        double full = ray.depth2;
        double chord = Math.sqrt(full * (1 - u2 * (0.35 + 0.65 * u2)));
        double block2 = 0;
        if (y > highest) {
            double below = y - dome.at(across);
            if (below > 0) {
                double medial = Math.max(0, 8.5 - Math.abs(across));
                double belly = (13 + 1.5 * medial) * Math.sqrt(Math.min(1, below * (0.16 + 0.06 * medial)))
                        + Math.max(0, below - 2) * 0.9;
                block2 = belly * belly;
            }
        }
        if (pleura.wet) {
            double under = y - pleura.surface(across);
            if (under > 0) {
                chord -= 17 * Math.sqrt(Math.min(1, under * 0.2)) + under;
            }
        }
        if (chord <= 0) {
            return 0;
        }
        double m = across / ray.half;
        if (m * m < 1) {
            block2 += 1.5 * full * soft(1 - m * m);
        }
        for (Ellipse ellipse : met) {
            double level = ellipse.level(across, y);
            if (level > 0) {
                block2 += soft(level) * ellipse.depth() * ellipse.depth();
            }
        }
        return Math.max(0, chord - Math.sqrt(block2));
    }

    /** The squared share of a body's thickness, from its level; fat and motion take the sharpness off its edge. */
    private static double soft(double level) {
        return level * level / (level + 0.1);
    }

    /** Share of the hollow that holds lung, the rest being air: 1 but where a lung has come off the wall. */
    double filled(double x, double y) {
        if (!pleura.torn) {
            return 1;
        }
        double across = x - middle.at(y);
        if (pleura.gap(across, y) < 0.04) {
            return 1;
        }
        double inside = edge(x, y) - Math.abs(across);
        return Math.clamp(0.5 + inside * 4, 0, 1);
    }

    boolean isTorn() {
        return pleura.torn;
    }

    /** Half width of the lung on a side, smaller than the cage's where air lies between. */
    double edge(double x, double y) {
        double g = pleura.gap(x - middle.at(y), y);
        return Math.max(0, Thorax.cage(y - 0.7 * g) - 0.6 * g);
    }

    boolean isHeart(double x, double y) {
        double across = x - middle.at(y);
        for (Ellipse ellipse : heart) {
            if (ellipse.level(across, y) > 0) {
                return true;
            }
        }
        return false;
    }

    /** Whether free lung is seen at a place. */
    boolean isLung(double x, double y) {
        double across = x - middle.at(y);
        if (y <= TOP || Math.abs(across) >= CAGE.at(y) || y >= floor(across)) {
            return false;
        }
        double half = (across < 0 ? coreRight : coreLeft).at(y);
        if (Math.abs(across) < 0.92 * half) {
            return false;
        }
        for (Ellipse ellipse : core) {
            if (ellipse.depth() > 5 && ellipse.level(across, y) > 0) {
                return false;
            }
        }
        return filled(x, y) > 0.5;
    }

    boolean isBelow(double x, double y) {
        double across = x - middle.at(y);
        return Math.abs(across) < CAGE.at(y) && y >= dome.at(across) && !isHeart(x, y);
    }

    /** Where free lung ends below, the diaphragm or fluid, at a distance from the middle. */
    double floor(double across) {
        return Math.min(dome.at(across), pleura.surface(across));
    }
}
