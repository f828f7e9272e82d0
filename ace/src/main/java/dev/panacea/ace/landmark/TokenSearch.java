package dev.panacea.ace.landmark;

import dev.panacea.ace.crop.Region;
import dev.panacea.ace.data.Picture;
import dev.panacea.ace.drawn.Point;
import dev.panacea.ace.study.FeatureExtractor;
import dev.panacea.ace.study.Patches;
import dev.panacea.ace.study.TokenMap;
import dev.panacea.nn.ConfigException;
import java.util.List;

/**
 * Looks for a place among the tokens of the whole picture, all of which are one pass of the network, and refines what
 * it finds to a part of a token: through the distances of the nearest token and its two neighbours along an axis goes a
 * parabola, whose lowest point counts.
 *
 * @param shifts passes along each axis, each shifted by that part of a token's side: 1 one pass, 2 four, which halve
 *     the distance between tokens
 * @param context how many tokens on a side are averaged round each, odd: 1 each token as it is
 */
public record TokenSearch(int shifts, int context) implements Locator {
    /** One pass, and each token with its neighbours. */
    public static final TokenSearch USUAL = new TokenSearch(1, 3);

    /**
     * Checks the numbers.
     *
     * @throws ConfigException if there are no passes or very many, or the context is not odd
     */
    public TokenSearch {
        if (shifts < 1 || shifts > 16 || context < 1 || context % 2 == 0 || context > 99) {
            throw new ConfigException("token search: " + shifts + " shifts, context " + context
                    + " (need 1..16 shifts, an odd context up to 99)");
        }
    }

    /** Tokens of all passes in one grid. The centre of token n lies at {@code first + n · step} along either axis. */
    private record Fine(TokenMap tokens, double first, double step) {
        /** The features of a place, linear between the four tokens round it. */
        float[] at(Point place) {
            double y = Math.clamp((place.y() - first) / step, 0, tokens.rows() - 1.0);
            double x = Math.clamp((place.x() - first) / step, 0, tokens.columns() - 1.0);
            int top = Math.min((int) y, Math.max(0, tokens.rows() - 2));
            int left = Math.min((int) x, Math.max(0, tokens.columns() - 2));
            int bottom = Math.min(top + 1, tokens.rows() - 1);
            int right = Math.min(left + 1, tokens.columns() - 1);
            float[] result = new float[tokens.channels()];
            for (int k = 0; k < result.length; k++) {
                double upper = value(top, left, k) + (x - left) * (value(top, right, k) - value(top, left, k));
                double lower = value(bottom, left, k) + (x - left) * (value(bottom, right, k) - value(bottom, left, k));
                result[k] = (float) (upper + (y - top) * (lower - upper));
            }
            return result;
        }

        private double value(int row, int column, int k) {
            return tokens.values()[(row * tokens.columns() + column) * tokens.channels() + k];
        }

        /** The nearest token's place, and from there to the lowest point of two parabolas. */
        Point nearest(float[] features) {
            double[] squares = new double[tokens.rows() * tokens.columns()];
            int best = 0;
            for (int i = 0; i < squares.length; i++) {
                squares[i] = Places.squared(features, tokens.values(), i * tokens.channels());
                best = squares[i] < squares[best] ? i : best;
            }
            int row = best / tokens.columns();
            int column = best % tokens.columns();
            double down = row == 0 || row == tokens.rows() - 1 ? 0
                    : lowest(squares[best - tokens.columns()], squares[best], squares[best + tokens.columns()]);
            double right = column == 0 || column == tokens.columns() - 1 ? 0
                    : lowest(squares[best - 1], squares[best], squares[best + 1]);
            return new Point(first + (column + right) * step, first + (row + down) * step);
        }
    }

    /** Where the parabola through three values at −1, 0 and 1 is lowest, at most half a step away. */
    static double lowest(double before, double here, double after) {
        double bend = before - 2 * here + after;
        return bend > 0 ? Math.clamp((before - after) / (2 * bend), -0.5, 0.5) : 0;
    }

    private Fine fine(FeatureExtractor features, Picture picture) {
        int side = picture.width();
        TokenMap[][] passes = new TokenMap[shifts][shifts];
        for (int i = 0; i < shifts; i++) {
            for (int j = 0; j < shifts; j++) {
                int down = Math.round((float) features.stride() * i / shifts);
                int right = Math.round((float) features.stride() * j / shifts);
                passes[i][j] = averaged(features.whole(Patches.cut(picture, Region.square(down, right, side))));
            }
        }
        TokenMap one = passes[0][0];
        int channels = one.channels();
        float[] values = new float[one.values().length * shifts * shifts];
        int at = 0;
        for (int row = 0; row < one.rows() * shifts; row++) {
            for (int column = 0; column < one.columns() * shifts; column++, at += channels) {
                TokenMap pass = passes[row % shifts][column % shifts];
                System.arraycopy(pass.values(), (row / shifts * one.columns() + column / shifts) * channels, values, at,
                        channels);
            }
        }
        return new Fine(new TokenMap(one.rows() * shifts, one.columns() * shifts, channels, values),
                features.stride() / 2.0, (double) features.stride() / shifts);
    }

    /** Each token becomes the mean of those round it, as far as there are any. */
    private TokenMap averaged(TokenMap map) {
        if (context == 1) {
            return map;
        }
        int reach = context / 2;
        float[] values = new float[map.values().length];
        for (int row = 0, at = 0; row < map.rows(); row++) {
            for (int column = 0; column < map.columns(); column++, at += map.channels()) {
                int top = Math.max(0, row - reach);
                int left = Math.max(0, column - reach);
                int height = Math.min(map.rows(), row + reach + 1) - top;
                int width = Math.min(map.columns(), column + reach + 1) - left;
                System.arraycopy(map.mean(new Region(top, left, height, width)), 0, values, at, map.channels());
            }
        }
        return new TokenMap(map.rows(), map.columns(), map.channels(), values);
    }

    @Override
    public List<Query> queries(FeatureExtractor features, Picture picture, List<Point> places) {
        Fine fine = fine(features, picture);
        return places.stream().map(place -> new Query(place, fine.at(place))).toList();
    }

    @Override
    public List<Point> find(FeatureExtractor features, Picture picture, List<Query> queries) {
        Fine fine = fine(features, picture);
        return queries.stream().map(query -> fine.nearest(query.features())).toList();
    }

    @Override
    public String protocol() {
        return "tokens of the whole picture at full resolution, in " + (shifts == 1 ? "one pass"
                : shifts * shifts + " shifted passes") + ", " + (context == 1 ? "each as it is"
                : "each the mean of " + context + " × " + context) + ", refined by a parabola";
    }

    @Override
    public double megapixels(FeatureExtractor features) {
        double side = (double) features.imagePixels() * shifts;
        return side * side * 1e-6;
    }
}
