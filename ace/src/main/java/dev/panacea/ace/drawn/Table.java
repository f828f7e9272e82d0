package dev.panacea.ace.drawn;

import java.util.function.DoubleUnaryOperator;

/** A function of one length in the body, in centimetres, at evenly spaced places with straight lines between. */
final class Table {
    static final double FROM = -32;
    private static final double TO = 40;
    private static final int COUNT = 1440;
    private static final double SCALE = COUNT / (TO - FROM);

    private final float[] values = new float[COUNT + 2];

    Table(DoubleUnaryOperator function) {
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) function.applyAsDouble(FROM + i / SCALE);
        }
    }

    float at(double x) {
        float place = Math.min(Math.max((float) (x - FROM) * (float) SCALE, 0), COUNT);
        int i = (int) place;
        float first = values[i];
        return first + (place - i) * (values[i + 1] - first);
    }
}
