package dev.panacea.ace.drawn;

import dev.panacea.tensor.RandomSource;
import java.util.Collection;
import java.util.function.Function;

/**
 * How one film was taken.
 *
 * @param lying whether the patient lay with the film behind (AP) instead of standing with it in front (PA)
 * @param projection from the body to the film
 * @param inspiration depth of breath, 0..1
 * @param shoulders how far the shoulder blades are turned out of the lungs, 0..1
 * @param exposure what the film makes of the rays
 * @param seed for noise, markers and wires
 */
record Pose(boolean lying, Projection projection, double inspiration, double shoulders, Exposure exposure,
        RandomSource seed) {
    static Pose of(Patient patient, RandomSource source) {
        Draws draws = new Draws(source.child(0));
        boolean lying = draws.chance(0.3);
        double inspiration = lying ? draws.uniform(0, 0.6) : draws.uniform(0.45, 1);
        double yaw = draws.around(0, lying ? 0.05 : 0.03);
        double tilt = draws.around(0, lying ? 0.045 : 0.024);
        double field = Math.max(36.5 * patient.width(), 36 * patient.length()) * draws.uniform(0.97, lying ? 1.3 : 1.2);
        double magnify = lying ? draws.uniform(0.006, 0.009) : -draws.uniform(0.004, 0.0055);
        double middle = 0.43 - 0.03 * (inspiration - 0.5);
        Projection projection = new Projection(patient.width(), patient.length(),
                Projection.Turn.of(yaw), Projection.Turn.of(tilt), field,
                0.5 + draws.around(0, 0.028), middle + draws.around(0, 0.028), magnify);
        return new Pose(lying, projection, inspiration, lying ? draws.uniform(0, 0.35) : draws.uniform(0.45, 1),
                Exposure.of(draws, lying), source);
    }

    Pose with(Projection other) {
        return new Pose(lying, other, inspiration, shoulders, exposure, seed);
    }

    /**
     * The same pose with the film moved, and made larger where it must be, so that places of interest lie on it.
     *
     * @param inset how far from its edges, of its width
     * @param places what is to lie on it, for a projection
     */
    Pose within(double inset, Function<Projection, Collection<Point>> places) {
        Projection now = projection;
        for (int round = 0; round < 2; round++) {
            Collection<Point> points = places.apply(now);
            double left = points.stream().mapToDouble(Point::x).min().orElseThrow();
            double right = points.stream().mapToDouble(Point::x).max().orElseThrow();
            double top = points.stream().mapToDouble(Point::y).min().orElseThrow();
            double bottom = points.stream().mapToDouble(Point::y).max().orElseThrow();
            double grow = Math.max(1, Math.max(right - left, bottom - top) / (1 - 2 * inset));
            double dx = Math.max(0, inset - left) - Math.max(0, right - 1 + inset);
            double dy = Math.max(0, inset - top) - Math.max(0, bottom - 1 + inset);
            if (grow == 1 && dx == 0 && dy == 0) {
                break;
            }
            now = new Projection(now.width(), now.length(), now.yaw(), now.tilt(), now.field() * grow,
                    now.centreX() + dx, now.centreY() + dy, now.magnify());
        }
        return with(now);
    }
}
