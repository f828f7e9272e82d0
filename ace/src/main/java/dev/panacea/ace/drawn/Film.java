package dev.panacea.ace.drawn;

/**
 * What the rays make of the film: Beer and Lambert's law, scattered light, the film's curve, noise.
 *
 * <p>The straight light is e^(-μ·path) summed over kinds of matter; scatter is the same light blurred; the film shows
 * the logistic function of the logarithm of both.
 */
final class Film {
    private static final int CELLS = 32;
    private static final float TISSUE = 0.185f;   // attenuation a centimetre
    private static final float BONE = 0.4f;
    private static final float AERATED = 0.75f;   // share of a lung that is air
    private static final Curve TONE = new Curve(-9, 9, x -> 1 / (1 + StrictMath.exp(-x)));
    private static final Curve ROOT_GROWTH = new Curve(-5, 5, x -> StrictMath.exp(0.4 * x));

    private final Thorax thorax;
    private final Pose pose;
    private final Canvas canvas;
    private final int pixels;
    private final float[] light;
    private final int[] cells;
    private final float[] place;
    private final float[] line = new float[CELLS];
    private final float[] scatter = new float[CELLS * CELLS];
    private final float[] counts = new float[CELLS * CELLS];

    Film(Thorax thorax, Pose pose, Canvas canvas) {
        this.thorax = thorax;
        this.pose = pose;
        this.canvas = canvas;
        pixels = canvas.pixels;
        light = new float[pixels * pixels];
        cells = new int[pixels];
        place = new float[pixels];
        for (int i = 0; i < pixels; i++) {
            cells[i] = i * CELLS / pixels;
            place[i] = Math.clamp((i + 0.5f) * CELLS / pixels - 0.5f, 0, CELLS - 1.001f);
        }
    }

    /**
     * Develops the film.
     *
     * @param texture of the tissue, [pixels, pixels] about 0
     * @param grain of the film, [pixels, pixels] about 0
     */
    float[] develop(float[] texture, float[] grain) {
        expose(texture);
        for (int i = 0; i < scatter.length; i++) {
            scatter[i] /= Math.max(1, counts[i]);
        }
        blur(scatter, 2);
        Exposure exposure = pose.exposure();
        float share = (float) exposure.scatter();
        float lungLog = nominal(true, share);
        float bodyLog = nominal(false, share);
        float[] mean = new float[CELLS * CELLS];
        for (int row = 0; row < pixels; row++) {
            between(scatter, row, line);
            int cellRow = row * CELLS / pixels * CELLS;
            for (int column = 0, at = row * pixels; column < pixels; column++, at++) {
                float value = -Curve.log(light[at] + share * sample(line, column) + 1e-6f);
                light[at] = value;
                mean[cellRow + cells[column]] += Math.clamp(value, lungLog - 1, bodyLog + 1);
            }
        }
        for (int i = 0; i < mean.length; i++) {
            mean[i] /= Math.max(1, counts[i]);
        }
        blur(mean, 3);
        tone(mean, grain, lungLog, bodyLog);
        frame();
        return light;
    }

    /** The straight light. */
    private void expose(float[] texture) {
        Projection projection = pose.projection();
        Point origin = projection.body(0.5 / pixels, 0.5 / pixels);
        Point across = projection.body(1.5 / pixels, 0.5 / pixels);
        Point down = projection.body(0.5 / pixels, 1.5 / pixels);
        float heel = (float) pose.exposure().heel();
        float fall = (float) pose.exposure().fall();
        float[] trunk2 = new float[pixels];
        float[] hollow = new float[pixels];
        for (int row = 0; row < pixels; row++) {
            Thorax.Run run = new Thorax.Run(origin.x() + row * (down.x() - origin.x()),
                    origin.y() + row * (down.y() - origin.y()), across.x() - origin.x(), across.y() - origin.y(),
                    pixels);
            thorax.scan(run, trunk2, hollow);
            float v = (row + 0.5f) / pixels - 0.5f;
            float edge = 1 + heel * v - fall * v * v;
            int cellRow = row * CELLS / pixels * CELLS;
            for (int column = 0, at = row * pixels; column < pixels; column++, at++) {
                float body = (float) Math.sqrt(trunk2[column] + canvas.limb2[at]);
                float tissue = 0;
                if (body > 0) {
                    tissue = body + canvas.soft[at];
                    if (hollow[column] > 0 && trunk2[column] > 0) {
                        tissue -= air(hollow[column], at, thorax.isTorn() ? (float) thorax.filled(
                                run.x() + column * run.stepX(), run.y() + column * run.stepY()) : 1, texture[at]);
                    }
                    tissue = Math.max(0, tissue + texture[at] * Math.min(body, 6));
                }
                float u = (column + 0.5f) / pixels - 0.5f;
                float bone = canvas.bone[at] * Math.min(1, 0.3f * body) + canvas.metal[at];
                float straight = (edge - fall * u * u) * Curve.FADE.at(TISSUE * tissue + BONE * bone);
                light[at] = straight;
                int cell = cellRow + cells[column];
                scatter[cell] += straight * Math.min(1, tissue * 0.12f);
                counts[cell]++;
            }
        }
    }

    /** How much tissue a hollow lacks: lung is partly air, and beside a lung that came off the wall all is. */
    private float air(float hollow, int at, float filled, float texture) {
        float lung = hollow * filled;
        float solid = Math.min(canvas.vessel[at] * filled, lung);
        return (lung - solid) * (AERATED + 1.1f * texture) + (hollow - lung);
    }

    /** The log signal behind free lung, or behind the mediastinum, by which the film is set. */
    private float nominal(boolean lung, float share) {
        double body = thorax.thickness(4);
        double through = body - 0.8 * AERATED * thorax.hollow(4) + 0.6;
        double free = StrictMath.exp(-TISSUE * through - 0.06);
        double dense = StrictMath.exp(-TISSUE * body - 0.75 * BONE);
        double scattered = share * (0.4 * free + 0.6 * dense);
        return (float) -StrictMath.log((lung ? free : dense) + scattered);
    }

    private void tone(float[] mean, float[] grain, float lungLog, float bodyLog) {
        Exposure exposure = pose.exposure();
        float slope = (float) exposure.contrast() / (bodyLog - lungLog);
        float start = (float) -StrictMath.log(1 / exposure.lung() - 1);
        float even = (float) exposure.even();
        float middle = (lungLog + bodyLog) / 2;
        float noise = (float) exposure.noise();
        for (int row = 0; row < pixels; row++) {
            between(mean, row, line);
            for (int column = 0, at = row * pixels; column < pixels; column++, at++) {
                float value = light[at];
                float shown = value - even * (sample(line, column) - middle)
                        + noise * grain[at] * ROOT_GROWTH.at(value - lungLog);
                light[at] = TONE.at(start + slope * (shown - lungLog));
            }
        }
    }

    /** Black borders, where plates of lead stopped the rays. */
    private void frame() {
        double[] frame = pose.exposure().frame();
        for (int row = 0; row < pixels; row++) {
            for (int column = 0, at = row * pixels; column < pixels; column++, at++) {
                double inside = Math.min(Math.min(column + 0.5 - frame[0] * pixels, row + 0.5 - frame[1] * pixels),
                        Math.min(pixels - column - 0.5 - frame[2] * pixels, pixels - row - 0.5 - frame[3] * pixels));
                if (inside < 0.5) {
                    light[at] *= (float) Math.max(0, inside + 0.5);
                }
            }
        }
    }

    /** Three means over neighbours, which together are nearly a bell. */
    private static void blur(float[] cells, int reach) {
        float[] line = new float[CELLS];
        for (int pass = 0; pass < 3; pass++) {
            for (int i = 0; i < 2 * CELLS; i++) {
                int start = i < CELLS ? i * CELLS : i - CELLS;
                int step = i < CELLS ? 1 : CELLS;
                for (int j = 0; j < CELLS; j++) {
                    line[j] = cells[start + j * step];
                }
                for (int j = 0; j < CELLS; j++) {
                    float sum = 0;
                    for (int k = j - reach; k <= j + reach; k++) {
                        sum += line[Math.clamp(k, 0, CELLS - 1)];
                    }
                    cells[start + j * step] = sum / (2 * reach + 1);
                }
            }
        }
    }

    /** The row of cells at the height of a row of pixels. */
    private void between(float[] grid, int row, float[] line) {
        float y = place[row];
        int above = (int) y * CELLS;
        for (int i = 0; i < CELLS; i++) {
            line[i] = grid[above + i] + (y - (int) y) * (grid[above + CELLS + i] - grid[above + i]);
        }
    }

    private float sample(float[] line, int column) {
        float x = place[column];
        int i = (int) x;
        return line[i] + (x - i) * (line[i + 1] - line[i]);
    }
}
