package dev.panacea.ace.drawn;

import java.util.function.DoubleUnaryOperator;

/** How thick a strip is from its middle line, 0, to its edge, 1, as a share of its thickest place. */
enum Profile {
    /** A full cylinder. */
    ROUND(u -> StrictMath.sqrt(1 - u * u)),
    /** The square of a cylinder's, for limbs; where a band of these lies over itself, the thickest place counts. */
    SQUARE(u -> 1 - u * u),
    /** A tube of hard bone round a softer core. */
    BONE(u -> 1.3 * StrictMath.sqrt(1 - u * u) - 1.05 * StrictMath.sqrt(Math.max(0, 0.72 - u * u))
            + 0.1 * (1 - u * u)),
    /** A plate with soft edges. */
    PLATE(u -> 1 - Spline.step(0.7, 1, u)),
    /** A haze. */
    HAZE(u -> (1 - u * u) * (1 - u * u));

    private static final int COUNT = 128;

    private final float[] values = new float[COUNT + 2];

    Profile(DoubleUnaryOperator function) {
        for (int i = 0; i <= COUNT; i++) {
            values[i] = (float) function.applyAsDouble((double) i / COUNT);
        }
    }

    float at(double u) {
        double place = Math.min(Math.abs(u), 1) * COUNT;
        int i = (int) place;
        return values[i] + (float) (place - i) * (values[i + 1] - values[i]);
    }
}
