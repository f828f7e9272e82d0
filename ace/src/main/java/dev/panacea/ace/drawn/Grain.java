package dev.panacea.ace.drawn;

import dev.panacea.tensor.RandomSource;

/**
 * Noise over the unit square that is the same at every size: sums of random lattices with straight lines between their
 * points. Lattices finer than the pixels average out and are left away.
 */
final class Grain {
    private final int key;

    Grain(RandomSource source) {
        key = source.bits(0);
    }

    /**
     * Adds noise.
     *
     * @param to [pixels, pixels]
     * @param lattice points of the lattice on a side
     * @param strength of a lattice point: evenly from -strength to strength
     */
    void add(float[] to, int pixels, int lattice, float strength) {
        if (lattice > pixels) {
            return;
        }
        float step = (float) lattice / pixels;
        float[] upper = new float[pixels];
        float[] lower = new float[pixels];
        float[] points = new float[lattice + 2];
        int now = -1;
        for (int row = 0; row < pixels; row++) {
            float y = (row + 0.5f) * step;
            int j = (int) y;
            if (j != now) {
                if (j == now + 1 && now >= 0) {
                    float[] swap = upper;
                    upper = lower;
                    lower = swap;
                } else {
                    fill(upper, points, lattice, j, step);
                }
                fill(lower, points, lattice, j + 1, step);
                now = j;
            }
            float b = (y - j) * strength;
            float a = strength - b;
            for (int column = 0, at = row * pixels; column < pixels; column++, at++) {
                to[at] += a * upper[column] + b * lower[column];
            }
        }
    }

    private void fill(float[] row, float[] points, int lattice, int j, float step) {
        int start = key ^ lattice * 0x9E3779B1 ^ j * 0x85EBCA6B;
        for (int i = 0; i < points.length; i++) {
            int h = start + i * 0xC2B2AE35;
            h = (h ^ h >>> 15) * 0x2C1B3C6D;
            h = (h ^ h >>> 12) * 0x297A2D39;
            h ^= h >>> 15;
            points[i] = h * 0x1p-31f;
        }
        for (int column = 0; column < row.length; column++) {
            float x = (column + 0.5f) * step;
            int i = (int) x;
            row[column] = points[i] + (x - i) * (points[i + 1] - points[i]);
        }
    }
}
