package dev.panacea.ace.transfer;

import dev.panacea.ace.drawn.Point;
import dev.panacea.ace.example.Example;
import dev.panacea.ace.example.Placement;
import dev.panacea.autograd.Variable;
import dev.panacea.tensor.DataException;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A place for each label, by heat maps (Sec. B): a bell of 11 × 11 pixels round each point that the view shows. The
 * answer is the mean place over the bell's window round the highest pixel, as far as it reaches to both sides alike,
 * weighed by the heat there, so that it may lie between pixels.
 */
final class PointTask extends TransferTask {
    private static final int REACH = 5; // pixels of a bell to each side of its middle
    private static final int NUMBERS = 3; // column, row, height

    private final LossConfig config;
    private final int pixels;

    PointTask(List<String> labels, LossConfig config, int pixels) {
        super(labels);
        this.config = config;
        this.pixels = pixels;
    }

    @Override
    public Target target(Example example, Placement placement) {
        if (example.points().size() < labels().size()) {
            throw new DataException(example.name() + ": no key points (need a data set with points)");
        }
        int size = pixels * pixels;
        float[] values = new float[labels().size() * size];
        float[] counts = new float[labels().size()];
        for (int label = 0; label < labels().size(); label++) {
            Optional<Point> point = example.points().get(label).flatMap(share -> placement.view(share, pixels));
            if (point.isPresent()) {
                counts[label] = 1;
                bell(values, label * size, point.get());
            }
        }
        return new Target(values, counts);
    }

    /** Adds {@code exp(-d² / 2σ²)} of the distance between a pixel's middle and the point. */
    private void bell(float[] values, int from, Point point) {
        int middleRow = (int) Math.floor(point.y());
        int middleColumn = (int) Math.floor(point.x());
        double sum = 0;
        for (int pass = 0; pass < 2; pass++) {
            for (int row = Math.max(0, middleRow - REACH); row <= Math.min(pixels - 1, middleRow + REACH); row++) {
                for (int column = Math.max(0, middleColumn - REACH);
                        column <= Math.min(pixels - 1, middleColumn + REACH); column++) {
                    double dx = column + 0.5 - point.x();
                    double dy = row + 0.5 - point.y();
                    double height = Math.exp(-(dx * dx + dy * dy) / (2 * config.sigma() * config.sigma()));
                    if (pass == 0) {
                        sum += height;
                    } else {
                        values[from + row * pixels + column] = (float) (distribution() ? height / sum : height);
                    }
                }
            }
        }
    }

    private boolean distribution() {
        return config.heat() == LossConfig.Heat.CROSS_ENTROPY;
    }

    @Override
    Shape targets(int pictures) {
        return Shape.of(pictures, labels().size(), pixels * pixels);
    }

    @Override
    public Variable loss(Variable logits, TransferBatch batch) {
        Variable maps = logits.flatten(2, 3); // [B, L, V · V]
        Variable targets = maps.lift(batch.targets());
        Variable weights = maps.lift(batch.weights().unsqueeze(-1)); // [B, L, 1]
        if (distribution()) {
            Variable each = maps.logSoftmax(-1).mul(targets).sum(true, 2).neg();
            return each.mul(weights).mean(false);
        }
        Variable difference = maps.sub(targets);
        return difference.mul(difference).mul(weights).mean(false);
    }

    @Override
    public List<float[]> answers(Tensor logits) {
        float[] all = logits.toFloats();
        int size = pixels * pixels;
        List<float[]> answers = new ArrayList<>();
        for (int at = 0; at < all.length; at += labels().size() * size) {
            float[] answer = new float[labels().size() * NUMBERS];
            for (int label = 0; label < labels().size(); label++) {
                place(all, at + label * size, answer, label * NUMBERS);
            }
            answers.add(answer);
        }
        return answers;
    }

    /** The place of the highest pixel of a map, moved to the middle of the heat round it. */
    private void place(float[] maps, int from, float[] answer, int at) {
        int best = 0;
        for (int i = 1; i < pixels * pixels; i++) {
            best = maps[from + i] > maps[from + best] ? i : best;
        }
        float most = maps[from + best];
        int bestRow = best / pixels;
        int bestColumn = best % pixels;
        int rows = reach(bestRow);
        int columns = reach(bestColumn);
        double sum = 0;
        double x = 0;
        double y = 0;
        for (int row = bestRow - rows; row <= bestRow + rows; row++) {
            for (int column = bestColumn - columns; column <= bestColumn + columns; column++) {
                float value = maps[from + row * pixels + column];
                double heat = distribution() ? Math.exp(value - most) : Math.max(0, value);
                sum += heat;
                x += heat * (column + 0.5);
                y += heat * (row + 0.5);
            }
        }
        answer[at] = (float) (sum > 0 ? x / sum : bestColumn + 0.5);
        answer[at + 1] = (float) (sum > 0 ? y / sum : bestRow + 0.5);
        answer[at + 2] = most;
    }

    /** How far to look to both sides alike: near a border the heat beyond it, which nobody sees, would be missed. */
    private int reach(int at) {
        return Math.min(REACH, Math.min(at, pixels - 1 - at));
    }

    @Override
    Collector collector() {
        List<String> names = new ArrayList<>();
        List<Point[]> predicted = new ArrayList<>();
        List<Point[]> truth = new ArrayList<>();
        return new Collector() {
            @Override
            public void add(Example example, float[] answer) {
                names.add(example.name());
                Point[] places = new Point[labels().size()];
                Point[] points = new Point[labels().size()];
                for (int label = 0; label < places.length; label++) {
                    places[label] = new Point(answer[label * NUMBERS], answer[label * NUMBERS + 1]);
                    points[label] = example.points().get(label).map(share -> share.times(pixels)).orElse(null);
                }
                predicted.add(places);
                truth.add(points);
            }

            @Override
            public Predictions predictions() {
                return new PointPredictions(names, labels(), predicted.toArray(Point[][]::new),
                        truth.toArray(Point[][]::new), pixels);
            }
        };
    }
}
