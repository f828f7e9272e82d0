package dev.panacea.ace.drawn;

import dev.panacea.tensor.RandomSource;
import java.util.ArrayList;
import java.util.List;

/**
 * A finding in the body, before it is drawn.
 *
 * @param kind which
 * @param side -1 in the right lung, 1 in the left
 * @param severity 0..1
 * @param height where in the lung, 0 at the top to 1
 * @param depth where between the middle and the wall, 0..1
 * @param seed for its texture
 */
record Lesion(FindingKind kind, int side, double severity, double height, double depth, RandomSource seed) {
    /**
     * The lesions of a patient. Which there are does not change what each is like, but that nodules and consolidations
     * keep to the lung that a large heart, fluid and air leave.
     */
    static List<Lesion> of(RandomSource source, DrawnOptions options) {
        List<Lesion> lesions = new ArrayList<>();
        for (FindingKind kind : FindingKind.values()) {
            Draws draws = new Draws(source.child(kind.ordinal()));
            if (draws.chance(options.prevalence().getOrDefault(kind, 0.0))) {
                lesions.add(new Lesion(kind, draws.chance(0.5) ? -1 : 1, draws.uniform(0, 1), draws.uniform(0, 1),
                        draws.uniform(0, 1), source.child(100 + kind.ordinal())));
            }
        }
        return lesions;
    }
}
