package dev.panacea.ace.inspect;

import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Colours of tokens: the three directions in which some tokens differ most become red, green and blue. Tokens of other
 * pictures and views get colours of the same meaning, so that equal colours are like tokens.
 */
public final class TokenPca {
    private static final int COLOURS = 3;
    private static final double OUTSIDE = 0.02; // of the tokens, on either side, that get the full or no colour

    private final Spectrum spectrum;
    private final double[] centre; // [3], the mean token along each direction
    private final double[] low; // [3]
    private final double[] high; // [3]

    private TokenPca(Spectrum spectrum, double[] centre, double[] low, double[] high) {
        this.spectrum = spectrum;
        this.centre = centre;
        this.low = low;
        this.high = high;
    }

    /**
     * Takes the directions of these tokens, [.., K] each, all together.
     *
     * @throws dev.panacea.tensor.ShapeException if they are empty or differ in K
     */
    public static TokenPca of(List<Tensor> tokens) {
        try (MemoryScope _ = MemoryScope.open("pca")) {
            int k = tokens.getFirst().dim(-1);
            Tensor all = TensorOps.concat(0, tokens.stream().map(t -> t.reshape(-1, k)).toList());
            Spectrum spectrum = Spectrum.of(all);
            TokenPca plain = new TokenPca(spectrum, new double[COLOURS], null, null);
            double[][] columns = plain.projected(all);
            double[] centre = new double[COLOURS];
            double[] low = new double[COLOURS];
            double[] high = new double[COLOURS];
            for (int c = 0; c < COLOURS; c++) {
                double[] sorted = columns[c].clone();
                Arrays.sort(sorted);
                int cut = (int) (OUTSIDE * sorted.length);
                centre[c] = Arrays.stream(sorted).average().orElse(0);
                low[c] = sorted[cut] - centre[c];
                high[c] = sorted[sorted.length - 1 - cut] - centre[c];
            }
            return new TokenPca(spectrum, centre, low, high);
        }
    }

    /** All directions, not only the three. */
    public Spectrum spectrum() {
        return spectrum;
    }

    /** Colours of tokens [.., K], one row a token: red, green and blue in 0..1; grey where tokens do not differ. */
    public float[] colours(Tensor tokens) {
        double[][] columns;
        try (MemoryScope _ = MemoryScope.open("pca")) {
            columns = projected(tokens.reshape(-1, tokens.dim(-1)));
        }
        float[] colours = new float[COLOURS * columns[0].length];
        for (int i = 0; i < colours.length; i++) {
            int c = i % COLOURS;
            double range = high[c] - low[c];
            double at = columns[c][i / COLOURS] - centre[c];
            colours[i] = range > 1e-6 ? (float) Math.clamp((at - low[c]) / range, 0, 1) : 0.5f;
        }
        return colours;
    }

    /** Along each direction, [3][N]. Of a direction and its opposite, the one whose largest part is positive. */
    private double[][] projected(Tensor tokens) {
        int k = tokens.dim(-1);
        List<double[]> columns = new ArrayList<>();
        double[] units = tokens.l2Normalize(-1, 1e-12).toDoubles(); // [N, K]
        for (int c = 0; c < COLOURS; c++) {
            double[] direction = c < k ? spectrum.vectors()[c] : new double[k];
            double largest = Arrays.stream(direction).reduce(0, (a, b) -> Math.abs(b) > Math.abs(a) ? b : a);
            double[] column = new double[units.length / k];
            for (int i = 0; i < units.length; i++) {
                column[i / k] += units[i] * direction[i % k] * Math.signum(largest);
            }
            columns.add(column);
        }
        return columns.toArray(double[][]::new);
    }
}
