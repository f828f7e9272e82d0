package dev.panacea.ace.study;

import dev.panacea.nn.ConfigException;
import dev.panacea.tensor.Backends;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.RandomSource;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Embeddings as points of a plane, neighbours near each other: exact t-SNE (van der Maaten and Hinton 2008), all pairs
 * computed. The same input gives the same points on any number of threads.
 *
 * @param perplexity how many neighbours a point has, about; the paper of t-SNE has 5 to 50
 * @param steps of descent, the first quarter of them with similarities times 12
 */
public record Tsne(double perplexity, int steps) {
    /** Perplexity 30, 1000 steps. */
    public static final Tsne USUAL = new Tsne(30, 1000);

    private static final double EXAGGERATION = 12;
    private static final int HALVINGS = 60;
    private static final double LEAST = 1e-12;

    /**
     * Points.
     *
     * @param x one coordinate of each
     * @param y the other
     * @param divergence Kullback and Leibler's, of the similarities in the plane from those of the embeddings
     */
    public record Points(double[] x, double[] y, double divergence) {
        /**
         * The points in the colours of their classes.
         *
         * @param title of the figure
         * @param names of the classes
         * @param classes which class each point belongs to, from 0
         */
        public Plot plot(String title, List<String> names, int[] classes) {
            List<Plot.Series> groups = new ArrayList<>();
            for (int name = 0; name < names.size(); name++) {
                int of = name;
                int[] members = IntStream.range(0, classes.length).filter(i -> classes[i] == of).toArray();
                groups.add(new Plot.Series(names.get(name), Arrays.stream(members).mapToDouble(i -> x[i]).toArray(),
                        Arrays.stream(members).mapToDouble(i -> y[i]).toArray()));
            }
            return new Plot.Scatter(title, "t-SNE 1 (no unit)", "t-SNE 2 (no unit)", groups);
        }
    }

    /**
     * Checks the numbers.
     *
     * @throws ConfigException if one is out of range
     */
    public Tsne {
        if (!(perplexity > 1) || steps < 1) {
            throw new ConfigException("t-SNE: perplexity " + perplexity + ", " + steps + " steps (need more than 1, and"
                    + " 1 or more)");
        }
    }

    /**
     * Finds the points. A perplexity that is too large for so few is brought down to a third of them.
     *
     * @param embeddings four or more
     * @throws ConfigException if there are fewer
     */
    public Points apply(List<float[]> embeddings, RandomSource random) {
        int count = embeddings.size();
        if (count < 4) {
            throw new ConfigException("t-SNE: " + count + " embeddings (need 4 or more)");
        }
        float[] places = start(count, random);
        double[] speed = new double[places.length];
        double[] gains = new double[places.length];
        Arrays.fill(gains, 1);
        double rate = Math.max(50, count / EXAGGERATION / 4);
        try (MemoryScope _ = MemoryScope.open("t-SNE")) {
            Tensor similarities = tensor(similarities(embeddings, Math.min(perplexity, (count - 1) / 3.0)), count,
                    count);
            Tensor others = others(count);
            for (int step = 0; step < steps; step++) {
                boolean early = step < steps / 4;
                float[] slope = gradient(similarities, others, places, early ? EXAGGERATION : 1);
                for (int i = 0; i < places.length; i++) {
                    gains[i] = Math.max(0.01, slope[i] * speed[i] < 0 ? gains[i] + 0.2 : gains[i] * 0.8);
                    speed[i] = (early ? 0.5 : 0.8) * speed[i] - rate * gains[i] * slope[i];
                    places[i] += (float) speed[i];
                }
                centre(places);
            }
            double[] x = new double[count];
            double[] y = new double[count];
            for (int i = 0; i < count; i++) {
                x[i] = places[2 * i];
                y[i] = places[2 * i + 1];
            }
            return new Points(x, y, divergence(similarities, others, places));
        }
    }

    private static float[] start(int count, RandomSource random) {
        try (MemoryScope _ = MemoryScope.open("start")) {
            return random.normal(0, 1e-4, count, 2).toFloats();
        }
    }

    private static Tensor tensor(float[] values, int... dims) {
        return Tensor.of(Shape.of(dims), values).to(Backends.current());
    }

    /** 1 for each pair of different points, 0 for a point and itself, [n, n]. */
    private static Tensor others(int count) {
        float[] values = new float[count * count];
        Arrays.fill(values, 1);
        for (int i = 0; i < count; i++) {
            values[i * count + i] = 0;
        }
        return tensor(values, count, count);
    }

    /** How near points are in the plane, 1 / (1 + d²), [n, n]. */
    private static Tensor nearness(Tensor points, Tensor others) {
        Tensor squares = null;
        for (int axis = 0; axis < 2; axis++) {
            Tensor column = points.slice(1, axis, axis + 1); // [n, 1]
            Tensor difference = column.sub(column.transpose(0, 1)); // [n, n]
            Tensor square = difference.mul(difference);
            squares = squares == null ? square : squares.add(square);
        }
        return squares.affine(1, 1).pow(-1).mul(others);
    }

    /** Of the divergence by the places, [n, 2]: 4 Σⱼ (p - q) (yᵢ - yⱼ) / (1 + d²). */
    private static float[] gradient(Tensor similarities, Tensor others, float[] places, double exaggeration) {
        try (MemoryScope _ = MemoryScope.open("gradient")) {
            Tensor points = tensor(places, places.length / 2, 2);
            Tensor near = nearness(points, others);
            Tensor pull = similarities.affine(exaggeration, 0).sub(near.div(near.sum(false))).mul(near); // [n, n]
            return points.mul(pull.sum(true, 1)).sub(pull.matmul(points)).affine(4, 0).toFloats();
        }
    }

    private static double divergence(Tensor similarities, Tensor others, float[] places) {
        Tensor near = nearness(tensor(places, places.length / 2, 2), others);
        float[] q = near.div(near.sum(false)).toFloats();
        float[] p = similarities.toFloats();
        double sum = 0;
        for (int i = 0; i < p.length; i++) {
            sum += p[i] > 0 ? p[i] * Math.log(p[i] / Math.max(q[i], LEAST)) : 0;
        }
        return sum;
    }

    private static void centre(float[] places) {
        for (int axis = 0; axis < 2; axis++) {
            double sum = 0;
            for (int i = axis; i < places.length; i += 2) {
                sum += places[i];
            }
            float mean = (float) (2 * sum / places.length);
            for (int i = axis; i < places.length; i += 2) {
                places[i] -= mean;
            }
        }
    }

    /** Of all pairs, symmetric, adding up to 1, [n, n]. */
    private static float[] similarities(List<float[]> embeddings, double perplexity) {
        int count = embeddings.size();
        double[][] rows = new double[count][];
        for (int i = 0; i < count; i++) {
            double[] squares = new double[count];
            for (int j = 0; j < count; j++) {
                double distance = Embeddings.distance(embeddings.get(i), embeddings.get(j));
                squares[j] = distance * distance;
            }
            rows[i] = row(squares, i, Math.log(perplexity));
        }
        float[] all = new float[count * count];
        for (int i = 0; i < count; i++) {
            for (int j = 0; j < count; j++) {
                all[i * count + j] = (float) ((rows[i][j] + rows[j][i]) / (2 * count));
            }
        }
        return all;
    }

    /** Shares of a point's neighbours: of a Gaussian as wide as its entropy demands, found by halving in log width. */
    private static double[] row(double[] squares, int self, double entropy) {
        double nearest = Double.POSITIVE_INFINITY;
        double mean = 0;
        for (int j = 0; j < squares.length; j++) {
            if (j != self) {
                nearest = Math.min(nearest, squares[j]);
                mean += squares[j] / (squares.length - 1);
            }
        }
        double low = -40; // of the logarithm of precision times mean square
        double high = 40;
        double[] shares = new double[squares.length];
        for (int halving = 0; halving < HALVINGS; halving++) {
            double middle = (low + high) / 2;
            double precision = StrictMath.exp(middle) / Math.max(mean, LEAST);
            double sum = 0;
            double weighted = 0;
            for (int j = 0; j < squares.length; j++) {
                double away = squares[j] - nearest; // the nearest has weight 1: no sum of zeros
                shares[j] = j == self ? 0 : StrictMath.exp(-precision * away);
                sum += shares[j];
                weighted += shares[j] * precision * away;
            }
            for (int j = 0; j < squares.length; j++) {
                shares[j] /= sum;
            }
            if (Math.log(sum) + weighted / sum > entropy) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return shares;
    }
}
