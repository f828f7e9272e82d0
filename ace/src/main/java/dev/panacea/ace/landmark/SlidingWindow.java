package dev.panacea.ace.landmark;

import dev.panacea.ace.crop.Region;
import dev.panacea.ace.data.Picture;
import dev.panacea.ace.drawn.Point;
import dev.panacea.ace.study.FeatureExtractor;
import dev.panacea.ace.study.Patches;
import dev.panacea.nn.ConfigException;
import java.util.ArrayList;
import java.util.List;

/**
 * The paper's way (Sec. 5.2): a window as large as a view slides over the picture, black where it leaves it, and each
 * of its positions is a pass of the network. Windows are centred on squares of {@code stride} pixels, so at stride 8
 * there are 128 × 128 in a picture of 1024.
 *
 * @param stride pixels from a window to the next, of a picture of 1024 a side; smaller pictures take as many windows
 * @param reach how far from a query's own place its like is looked for, along each axis, in pixels of 1024; infinite
 *     for everywhere. Positions out of reach of all queries are not computed
 */
public record SlidingWindow(double stride, double reach) implements Locator {
    private static final int SIDE = 1024;
    private static final int TOGETHER = 32; // windows made before they are computed

    /** As in the paper: every 8 pixels, everywhere. */
    public static final SlidingWindow PAPER = new SlidingWindow(8, Double.POSITIVE_INFINITY);

    /**
     * Checks the sizes.
     *
     * @throws ConfigException if the stride is not 1..1024, or nothing is in reach
     */
    public SlidingWindow {
        if (!(stride >= 1 && stride <= SIDE && reach >= stride)) {
            throw new ConfigException("sliding window: stride " + stride + ", reach " + reach
                    + " (need stride 1..1024, reach at least as far)");
        }
    }

    /** Where windows stand along an axis of a picture, in its pixels. */
    double[] centres(int pixels) {
        int count = (int) Math.ceil(SIDE / stride);
        double[] centres = new double[count];
        for (int i = 0; i < count; i++) {
            centres[i] = Math.min((i + 0.5) * stride, SIDE) * pixels / SIDE;
        }
        return centres;
    }

    @Override
    public List<Query> queries(FeatureExtractor features, Picture picture, List<Point> places) {
        List<float[]> found = features.pooled(places.stream().map(place -> window(features, picture, place)).toList());
        List<Query> queries = new ArrayList<>();
        for (int i = 0; i < places.size(); i++) {
            queries.add(new Query(places.get(i), found.get(i)));
        }
        return queries;
    }

    /** The window round a place, black where it leaves the picture. */
    static Picture window(FeatureExtractor features, Picture picture, Point place) {
        int side = features.pixels();
        int row = (int) Math.round(place.y() - side / 2.0);
        int column = (int) Math.round(place.x() - side / 2.0);
        return Patches.cut(picture, Region.square(row, column, side));
    }

    @Override
    public List<Point> find(FeatureExtractor features, Picture picture, List<Query> queries) {
        double limit = reach * picture.width() / SIDE;
        double[] centres = centres(picture.width());
        List<Nearest> nearest = queries.stream().map(query -> new Nearest(query, limit)).toList();
        List<Point> waiting = new ArrayList<>();
        for (double y : centres) {
            for (double x : centres) {
                Point place = new Point(x, y);
                if (nearest.stream().anyMatch(query -> query.isInReach(place))) {
                    waiting.add(place);
                }
                if (waiting.size() == TOGETHER) {
                    compare(features, picture, waiting, nearest);
                }
            }
        }
        compare(features, picture, waiting, nearest);
        return nearest.stream().map(query -> query.best).toList();
    }

    private static void compare(FeatureExtractor features, Picture picture, List<Point> places, List<Nearest> nearest) {
        if (places.isEmpty()) {
            return;
        }
        List<float[]> found = features.pooled(places.stream().map(place -> window(features, picture, place)).toList());
        for (int i = 0; i < places.size(); i++) {
            for (Nearest query : nearest) {
                query.offer(places.get(i), found.get(i));
            }
        }
        places.clear();
    }

    @Override
    public String protocol() {
        return "the embedding of a view centred on the place, black outside the picture, every " + stride + " px, "
                + (Double.isInfinite(reach) ? "everywhere"
                : "up to " + reach + " px along each axis from the query's own place");
    }

    @Override
    public double megapixels(FeatureExtractor features) {
        double count = centres(features.imagePixels()).length;
        return count * count * features.pixels() * features.pixels() * 1e-6;
    }

    /** The nearest so far of one query. */
    private static final class Nearest {
        private final Query query;
        private final double reach;
        private double distance = Double.POSITIVE_INFINITY;
        private Point best;

        Nearest(Query query, double reach) {
            this.query = query;
            this.reach = reach;
            best = query.place();
        }

        boolean isInReach(Point place) {
            return Math.abs(place.x() - query.place().x()) <= reach && Math.abs(place.y() - query.place().y()) <= reach;
        }

        void offer(Point place, float[] features) {
            if (isInReach(place)) {
                double offered = Places.squared(query.features(), features, 0);
                if (offered < distance) {
                    distance = offered;
                    best = place;
                }
            }
        }
    }
}
