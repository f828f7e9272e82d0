package dev.panacea.ace.drawn;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Landmarks and masks, from the same curves and bodies that are drawn. */
final class Truth {
    private Truth() {}

    /** All that is known of one film. */
    record Scene(Patient patient, Pose pose, Thorax thorax) {}

    /** On a film of width 1. */
    static Map<Landmark, Point> landmarks(Patient patient, Pose pose, Thorax thorax) {
        Map<Landmark, Point> places = new EnumMap<>(Landmark.class);
        Projection projection = pose.projection();
        Skeleton skeleton = new Skeleton(patient, pose, thorax, 1);
        for (int side = -1; side <= 1; side += 2) {
            boolean right = side < 0;
            put(places, right ? Landmark.APEX_RIGHT : Landmark.APEX_LEFT, projection, apex(thorax, side));
            put(places, right ? Landmark.ANGLE_RIGHT : Landmark.ANGLE_LEFT, projection, angle(thorax, side));
            put(places, right ? Landmark.DOME_RIGHT : Landmark.DOME_LEFT, projection, top(thorax, side));
            double[][] clavicle = skeleton.clavicle(side);
            places.put(right ? Landmark.CLAVICLE_RIGHT : Landmark.CLAVICLE_LEFT,
                    projection.point(clavicle[0][0], clavicle[0][1], clavicle[0][2]));
            places.put(right ? Landmark.CLAVICLE_CROSSING_RIGHT : Landmark.CLAVICLE_CROSSING_LEFT,
                    crossing(clavicle, projection, thorax, side));
            places.put(right ? Landmark.RIB_CROSSING_RIGHT : Landmark.RIB_CROSSING_LEFT,
                    crossing(skeleton.rib(6, side), skeleton.rib(3, side), projection));
            double[] hilum = VesselTree.hilum(side);
            places.put(right ? Landmark.HILUM_RIGHT : Landmark.HILUM_LEFT,
                    projection.point(hilum[0] + thorax.middle.at(hilum[1]), hilum[1], hilum[2]));
            put(places, right ? Landmark.HEART_RIGHT : Landmark.HEART_LEFT, projection, edge(thorax, projection, side));
        }
        Ellipse arch = thorax.vessels.get(2);
        Point knob = arch.furthest(1, 0);
        put(places, Landmark.AORTIC_ARCH, projection, new double[] {knob.x() + thorax.middle.at(knob.y()), knob.y()});
        places.put(Landmark.CARINA, projection.point(0, 0.3, -3.4));
        Landmark[] spine = {Landmark.SPINE_T1, Landmark.SPINE_T5, Landmark.SPINE_T9};
        for (int i = 0; i < spine.length; i++) {
            double y = Skeleton.vertebra(1 + 4 * i);
            double h = (Skeleton.vertebra(2 + 4 * i) - Skeleton.vertebra(4 * i)) / 4;
            places.put(spine[i], projection.point(thorax.middle.at(y), y + h, -10.5));
        }
        return places;
    }

    private static void put(Map<Landmark, Point> places, Landmark landmark, Projection projection, double[] flat) {
        places.put(landmark, projection.flat(flat[0], flat[1]));
    }

    /** The highest point of a lung, or its root where it has wholly collapsed: side -1 right, 1 left. */
    static double[] apex(Thorax thorax, int side) {
        for (double y = Thorax.TOP; y < Thorax.BOTTOM; y += 0.01) {
            double middle = thorax.middle.at(y);
            double from = Double.NaN;
            double to = 0;
            for (double across = 1.5; across < Thorax.cage(y); across += 0.05) {
                if (thorax.isLung(middle + side * across, y)) {
                    from = Double.isNaN(from) ? across : from;
                    to = across;
                }
            }
            if (!Double.isNaN(from)) {
                return new double[] {middle + side * (from + to) / 2, y};
            }
        }
        double[] hilum = VesselTree.hilum(side);
        return new double[] {thorax.middle.at(hilum[1]) + hilum[0], hilum[1]};
    }

    /** Where the floor of a lung and the wall meet. */
    static double[] angle(Thorax thorax, int side) {
        double across = Thorax.REACH;
        while (across > 4 && Thorax.cage(thorax.floor(side * across)) < across) {
            across -= 0.01;
        }
        double y = thorax.floor(side * across);
        return new double[] {thorax.middle.at(y) + side * across, y};
    }

    private static double[] top(Thorax thorax, int side) {
        double y = side < 0 ? thorax.domeRight : thorax.domeLeft;
        return new double[] {thorax.middle.at(y) + side * Thorax.PEAK, y};
    }

    /** The heart's outermost point on the film. */
    private static double[] edge(Thorax thorax, Projection projection, int side) {
        double[] best = null;
        double furthest = Double.NEGATIVE_INFINITY;
        double dx = side * projection.width() * projection.tilt().cos();
        double dy = -side * projection.length() * projection.tilt().sin();
        for (Ellipse ellipse : thorax.heart) {
            Point p = ellipse.furthest(dx, dy);
            double far = p.x() * dx + p.y() * dy;
            if (far > furthest) {
                furthest = far;
                best = new double[] {p.x() + thorax.middle.at(p.y()), p.y()};
            }
        }
        return best;
    }

    /** Where a clavicle leaves the chest. */
    private static Point crossing(double[][] clavicle, Projection projection, Thorax thorax, int side) {
        Point last = null;
        for (double t = 1; t < clavicle.length - 1; t += 0.02) {
            last = projection.point(Spline.along(clavicle, 0, t), Spline.along(clavicle, 1, t),
                    Spline.along(clavicle, 2, t));
            Point body = projection.body(last.x(), last.y());
            if (side * (body.x() - thorax.middle.at(body.y())) > Thorax.cage(body.y())) {
                break;
            }
        }
        return last;
    }

    /** Where the back part of one rib lies over the front part of another. */
    private static Point crossing(double[][] back, double[][] front, Projection projection) {
        Point best = null;
        double nearest = Double.POSITIVE_INFINITY;
        List<Point> fronts = part(front, 4, 8, projection);
        for (Point p : part(back, 0.5, 4, projection)) {
            for (Point q : fronts) {
                double dx = p.x() - q.x();
                double dy = p.y() - q.y();
                if (dx * dx + dy * dy < nearest) {
                    nearest = dx * dx + dy * dy;
                    best = new Point((p.x() + q.x()) / 2, (p.y() + q.y()) / 2);
                }
            }
        }
        return best;
    }

    private static List<Point> part(double[][] curve, double from, double to, Projection projection) {
        List<Point> points = new ArrayList<>();
        for (double t = from; t < to; t += 0.05) {
            points.add(projection.point(Spline.along(curve, 0, t), Spline.along(curve, 1, t),
                    Spline.along(curve, 2, t)));
        }
        return points;
    }

    static boolean[] mask(Organ organ, Scene scene, int pixels) {
        return switch (organ) {
            case CLAVICLE_RIGHT, CLAVICLE_LEFT, SPINE -> bones(scene, pixels, organ);
            case LUNG_RIGHT, LUNG_LEFT, HEART, DIAPHRAGM -> bodies(scene, pixels, organ);
        };
    }

    private static boolean[] bones(Scene scene, int pixels, Organ organ) {
        float[] thickness = new float[pixels * pixels];
        Brush brush = new Brush(pixels);
        Skeleton skeleton = new Skeleton(scene.patient, scene.pose, scene.thorax, pixels);
        if (organ == Organ.SPINE) {
            brush.add(thickness, skeleton.column(), Profile.PLATE);
        } else {
            double[][] points = skeleton.clavicle(organ == Organ.CLAVICLE_RIGHT ? -1 : 1);
            brush.add(thickness, Strip.through(points, 6, scene.pose.projection(), pixels), Profile.PLATE);
        }
        boolean[] mask = new boolean[pixels * pixels];
        for (int i = 0; i < mask.length; i++) {
            mask[i] = thickness[i] > 0;
        }
        return mask;
    }

    private static boolean[] bodies(Scene scene, int pixels, Organ organ) {
        boolean[] mask = new boolean[pixels * pixels];
        Thorax thorax = scene.thorax;
        for (int row = 0; row < pixels; row++) {
            for (int column = 0; column < pixels; column++) {
                Point p = scene.pose.projection().body((column + 0.5) / pixels, (row + 0.5) / pixels);
                boolean right = p.x() < thorax.middle.at(p.y());
                mask[row * pixels + column] = switch (organ) {
                    case LUNG_RIGHT -> right && thorax.isLung(p.x(), p.y());
                    case LUNG_LEFT -> !right && thorax.isLung(p.x(), p.y());
                    case HEART -> thorax.isHeart(p.x(), p.y());
                    case DIAPHRAGM -> thorax.isBelow(p.x(), p.y());
                    case CLAVICLE_RIGHT, CLAVICLE_LEFT, SPINE -> false;
                };
            }
        }
        return mask;
    }
}
