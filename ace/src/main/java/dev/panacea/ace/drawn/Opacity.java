package dev.panacea.ace.drawn;

import java.util.ArrayList;
import java.util.List;

/** A nodule or a consolidation in its place: clouds that fill air spaces of a lung with tissue. */
record Opacity(List<Ellipse> clouds, Profile profile, int side) {
    private static final double TOP = -6.5;
    private static final double ROOM = 5; // centimetres of lung, for contrast

    static Opacity of(Lesion lesion, Thorax thorax) {
        boolean nodule = lesion.kind() == FindingKind.NODULE;
        Draws draws = new Draws(lesion.seed());
        double r = nodule ? 0.55 + 0.85 * lesion.severity() : 2 + 1.6 * lesion.severity();
        Point place = place(lesion, thorax, r);
        if (nodule) {
            return new Opacity(List.of(Ellipse.of(place.x(), place.y(), r * draws.uniform(0.9, 1.15), r,
                    draws.uniform(0, 3), 2.9 * r)), Profile.ROUND, lesion.side());
        }
        List<Ellipse> clouds = new ArrayList<>();
        int count = 7;
        for (int i = 0; i < count; i++) {
            double angle = 2 * Math.PI * (i + draws.uniform(-0.3, 0.3)) / count;
            double away = i == 0 ? 0 : r * draws.uniform(0.3, 0.75);
            clouds.add(Ellipse.of(place.x() + away * StrictMath.cos(angle), place.y() + away * StrictMath.sin(angle),
                    r * draws.uniform(0.6, 1), r * draws.uniform(0.5, 0.85), draws.uniform(0, 3),
                    (1.8 + 2 * lesion.severity()) * draws.uniform(0.6, 1.2)));
        }
        return new Opacity(clouds, Profile.HAZE, lesion.side());
    }

    /** A place in free lung; higher up where there is none at the height wanted. */
    private static Point place(Lesion lesion, Thorax thorax, double r) {
        double bottom = (lesion.side() < 0 ? thorax.domeRight : thorax.domeLeft) - 1 - 0.7 * r;
        List<Double> widest = List.of(7.0);
        double height = 0;
        for (double y = TOP + (bottom - TOP) * lesion.height(); y >= TOP; y -= 0.5) {
            List<Double> free = new ArrayList<>();
            for (double across = 2; across < 14; across += 0.1) {
                double x = thorax.middle.at(y) + lesion.side() * across;
                if (isFree(thorax, x - 0.8 * r, y) && isFree(thorax, x + 0.8 * r, y)
                        && isFree(thorax, x, y + 0.5 * r)) {
                    free.add(across);
                }
            }
            if (free.size() > widest.size() || widest.size() == 1 && !free.isEmpty()) {
                widest = free;
                height = y;
            }
            if (free.size() > 20) {
                break;
            }
        }
        double across = widest.get((int) (lesion.depth() * widest.size()));
        return new Point(thorax.middle.at(height) + lesion.side() * across, height);
    }

    private static boolean isFree(Thorax thorax, double x, double y) {
        return thorax.isLung(x, y) && thorax.cavity(x, y) > ROOM;
    }

    void draw(Canvas canvas, Projection projection) {
        for (Ellipse cloud : clouds) {
            Point p = projection.flat(cloud.x(), cloud.y());
            double x = canvas.pixels * projection.width() / projection.field();
            double y = canvas.pixels * projection.length() / projection.field();
            Ellipse drawn = new Ellipse(p.x() * canvas.pixels, p.y() * canvas.pixels, cloud.xx() / (x * x),
                    cloud.xy() / (x * y), cloud.yy() / (y * y), cloud.depth());
            canvas.add(canvas.vessel, drawn, profile);
        }
    }

    /** On a film of width 1. */
    Box box(Projection projection) {
        double left = Double.POSITIVE_INFINITY;
        double top = Double.POSITIVE_INFINITY;
        double right = 0;
        double bottom = 0;
        double share = profile == Profile.HAZE ? 0.9 : 1.08;
        for (Ellipse cloud : clouds) {
            for (int i = 0; i < 4; i++) {
                double dx = i == 0 ? -1 : i == 1 ? 1 : 0;
                double dy = i == 2 ? -1 : i == 3 ? 1 : 0;
                Point far = cloud.furthest(dx, dy);
                Point p = projection.flat(cloud.x() + share * (far.x() - cloud.x()),
                        cloud.y() + share * (far.y() - cloud.y()));
                left = Math.min(left, p.x());
                right = Math.max(right, p.x());
                top = Math.min(top, p.y());
                bottom = Math.max(bottom, p.y());
            }
        }
        return new Box(left, top, right - left, bottom - top);
    }
}
