package dev.panacea.ace.inspect;

import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.ShapeException;
import dev.panacea.tensor.Tensor;
import java.util.Arrays;
import java.util.Comparator;

/**
 * In which directions tokens differ, and by how much: the eigenvalues λ and eigenvectors of the covariance of tokens of
 * length 1, the largest first. Their sum is the square of
 * {@link dev.panacea.ace.train.TokenSpread#deviation}.
 *
 * @param values λ, K of them, 0 or more
 * @param vectors the direction of each, [K, K], of length 1; zeros where the tokens do not differ in it
 */
public record Spectrum(double[] values, double[][] vectors) {
    private static final int SWEEPS = 60;
    private static final double TURNED = 1e-11; // a cosine between rows that counts as none
    private static final double NOTHING = 1e-14; // of the largest eigenvalue, where rounding begins

    /**
     * Measures tokens [.., K].
     *
     * @throws ShapeException if there are none
     */
    public static Spectrum of(Tensor tokens) {
        if (tokens.size() == 0) {
            throw new ShapeException("spectrum: tokens are " + tokens.shape() + " (need 1 or more)");
        }
        int k = tokens.dim(-1);
        double[] all;
        try (MemoryScope _ = MemoryScope.open("spectrum")) {
            Tensor x = tokens.reshape(-1, k).l2Normalize(-1, 1e-12); // [N, K]
            x = x.sub(x.mean(true, 0));
            all = x.transpose(0, 1).matmul(x).affine(1.0 / x.dim(0), 0).toDoubles();
        }
        double[][] covariance = new double[k][];
        for (int row = 0; row < k; row++) {
            covariance[row] = Arrays.copyOfRange(all, row * k, (row + 1) * k);
        }
        return ofCovariance(covariance);
    }

    /**
     * The spectrum of a symmetric matrix [K, K] without negative eigenvalues, by Jacobi's rotations of pairs of rows:
     * once all rows are at right angles, each is an eigenvector times its eigenvalue.
     */
    public static Spectrum ofCovariance(double[][] matrix) {
        double[][] rows = Arrays.stream(matrix).map(double[]::clone).toArray(double[][]::new);
        double least = NOTHING * Arrays.stream(rows).mapToDouble(row -> dot(row, row)).max().orElse(0);
        boolean turned = true;
        for (int sweep = 0; sweep < SWEEPS && turned; sweep++) {
            turned = false;
            for (int i = 0; i < rows.length; i++) {
                for (int j = i + 1; j < rows.length; j++) {
                    turned |= turn(rows[i], rows[j], least);
                }
            }
        }
        Arrays.sort(rows, Comparator.comparingDouble((double[] row) -> dot(row, row)).reversed());
        double[] values = new double[rows.length];
        for (int i = 0; i < rows.length; i++) {
            values[i] = Math.sqrt(dot(rows[i], rows[i]));
            double scale = values[i] > Math.sqrt(least) ? 1 / values[i] : 0;
            for (int c = 0; c < rows.length; c++) {
                rows[i][c] *= scale;
            }
        }
        return new Spectrum(values, rows);
    }

    /** Turns two rows in their plane until they are at right angles; false where they were, or are too short. */
    private static boolean turn(double[] a, double[] b, double least) {
        double ab = dot(a, b);
        double aa = dot(a, a);
        double bb = dot(b, b);
        if (Math.abs(ab) <= TURNED * Math.sqrt(aa * bb) || Math.max(aa, bb) <= least) {
            return false;
        }
        double cotangent = (bb - aa) / (2 * ab); // of twice the angle
        double tangent = Math.copySign(1, cotangent) / (Math.abs(cotangent) + Math.sqrt(1 + cotangent * cotangent));
        double cosine = 1 / Math.sqrt(1 + tangent * tangent);
        double sine = tangent * cosine;
        for (int c = 0; c < a.length; c++) {
            double old = a[c];
            a[c] = cosine * old - sine * b[c];
            b[c] = sine * old + cosine * b[c];
        }
        return true;
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int c = 0; c < a.length; c++) {
            sum += a[c] * b[c];
        }
        return sum;
    }

    /**
     * How many directions the tokens fill: {@code exp(−Σ p·ln p)} of the shares p of the eigenvalues (Roy and Vetterli
     * 2007), from 1 to K; 0 where the tokens do not differ.
     */
    public double effectiveRank() {
        double sum = Arrays.stream(values).sum();
        if (!(sum > 1e-12)) { // the squares of what rounding leaves of equal tokens
            return 0;
        }
        double entropy = 0;
        for (double value : values) {
            double share = value / sum;
            entropy -= share > 0 ? share * Math.log(share) : 0;
        }
        return Math.exp(entropy);
    }

    /** The share of the variance that lies in the first directions, 0..1. */
    public double explained(int directions) {
        double sum = Arrays.stream(values).sum();
        return sum > 0 ? Arrays.stream(values).limit(directions).sum() / sum : 0;
    }
}
