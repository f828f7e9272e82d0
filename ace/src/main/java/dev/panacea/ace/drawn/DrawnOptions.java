package dev.panacea.ace.drawn;

import dev.panacea.nn.ConfigException;
import java.util.EnumMap;
import java.util.Map;

/**
 * What may be drawn. Anatomy, pose and exposure do not depend on it: a patient stays the same with and without a
 * finding.
 *
 * @param prevalence how often each finding occurs, 0..1; those that are not named do not
 * @param noise strength of the quantum noise, 1 as on usual films, 0 none
 */
public record DrawnOptions(Map<FindingKind, Double> prevalence, double noise) {
    /**
     * Checks the ranges and copies the map.
     *
     * @throws ConfigException if a prevalence is outside 0..1, or the noise outside 0..10
     */
    public DrawnOptions {
        prevalence = Map.copyOf(prevalence);
        prevalence.forEach((kind, share) -> {
            if (!(share >= 0 && share <= 1)) {
                throw new ConfigException("drawn X-ray: prevalence of " + kind + ": " + share + " (need 0..1)");
            }
        });
        if (!(noise >= 0 && noise <= 10)) {
            throw new ConfigException("drawn X-ray: noise: " + noise + " (need 0..10)");
        }
    }

    /** Some of each finding: about half of the patients have one or more. */
    public static DrawnOptions standard() {
        Map<FindingKind, Double> prevalence = new EnumMap<>(FindingKind.class);
        prevalence.put(FindingKind.NODULE, 0.15);
        prevalence.put(FindingKind.EFFUSION, 0.14);
        prevalence.put(FindingKind.PNEUMOTHORAX, 0.08);
        prevalence.put(FindingKind.CARDIOMEGALY, 0.12);
        prevalence.put(FindingKind.CONSOLIDATION, 0.14);
        return new DrawnOptions(prevalence, 1);
    }

    /** No finding in anybody. */
    public static DrawnOptions healthy() {
        return new DrawnOptions(Map.of(), 1);
    }

    /** One finding in everybody, and no other. */
    public static DrawnOptions only(FindingKind kind) {
        return new DrawnOptions(Map.of(kind, 1.0), 1);
    }

    /** The same with another strength of noise. */
    public DrawnOptions withNoise(double strength) {
        return new DrawnOptions(prevalence, strength);
    }
}
