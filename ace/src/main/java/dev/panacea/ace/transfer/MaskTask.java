package dev.panacea.ace.transfer;

import dev.panacea.ace.example.Example;
import dev.panacea.ace.example.Mask;
import dev.panacea.ace.example.Placement;
import dev.panacea.ace.example.ViewConfig;
import dev.panacea.ace.metric.Overlap;
import dev.panacea.autograd.Variable;
import dev.panacea.tensor.DataException;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A mask for each label; masks may overlap. */
final class MaskTask extends TransferTask {
    private static final float INSIDE = 0.5f;
    private static final double SMOOTH = 1; // pixels, so that a single one does not rule

    private final LossConfig config;
    private final ViewConfig view;
    private final int pixels;

    MaskTask(List<String> labels, LossConfig config, ViewConfig view) {
        super(labels);
        this.config = config;
        this.view = view;
        pixels = view.pixels();
    }

    @Override
    public Target target(Example example, Placement placement) {
        int size = pixels * pixels;
        float[] values = new float[labels().size() * size];
        float[] counts = null;
        for (int label = 0; label < labels().size(); label++) {
            byte[] mask = placement.view(mask(example, label), pixels);
            for (int i = 0; i < size; i++) {
                values[label * size + i] = mask[i] == Mask.INSIDE ? 1 : 0;
                if (mask[i] == Mask.UNKNOWN) {
                    if (counts == null) {
                        counts = new float[values.length];
                        Arrays.fill(counts, 1);
                    }
                    counts[label * size + i] = 0;
                }
            }
        }
        return new Target(values, counts);
    }

    private static Mask mask(Example example, int label) {
        if (example.masks().size() <= label) {
            throw new DataException(example.name() + ": no masks (need a data set with masks or areas)");
        }
        return example.masks().get(label);
    }

    @Override
    Shape targets(int pictures) {
        return Shape.of(pictures, labels().size(), pixels, pixels);
    }

    /**
     * Cross-entropy of each pixel, and the mean of 1 less the Dice of probabilities over the masks that are not empty.
     * Dice of an empty mask says nothing but "less", and so loudly that small lesions, absent from most pictures, would
     * not be learned at all.
     */
    @Override
    public Variable loss(Variable logits, TransferBatch batch) {
        Variable targets = logits.lift(batch.targets());
        Variable counts = batch.weights() == null ? null : logits.lift(batch.weights());
        Variable pixel = counts == null ? logits.bceWithLogits(targets) : logits.bceWithLogits(targets, counts);
        if (config.dice() == 0) {
            return pixel;
        }
        Tensor truth = batch.targets();
        Variable inside = logits.sigmoid();
        if (counts != null) {
            Tensor known = batch.weights().gt(Tensor.scalar(0)).cast(truth.type());
            truth = truth.mul(known);
            inside = inside.mul(logits.lift(known));
        }
        Tensor sizes = truth.sum(false, 2, 3); // [B, L]
        Tensor present = sizes.gt(Tensor.scalar(0)).cast(sizes.type());
        Variable both = inside.mul(logits.lift(truth)).sum(false, 2, 3);
        Variable dice = both.affine(2, SMOOTH).div(inside.sum(false, 2, 3).add(logits.lift(sizes)).affine(1, SMOOTH));
        Tensor shares = present.div(present.sum(false).clamp(1, Double.POSITIVE_INFINITY));
        return pixel.add(dice.affine(-1, 1).mul(logits.lift(shares)).sum(false).affine(config.dice(), 0));
    }

    @Override
    public List<float[]> answers(Tensor logits) {
        float[] all = logits.sigmoid().toFloats();
        int size = labels().size() * pixels * pixels;
        List<float[]> answers = new ArrayList<>();
        for (int at = 0; at < all.length; at += size) {
            answers.add(Arrays.copyOfRange(all, at, at + size));
        }
        return answers;
    }

    @Override
    Collector collector() {
        List<String> names = new ArrayList<>();
        List<Overlap[]> overlaps = new ArrayList<>();
        return new Collector() {
            @Override
            public void add(Example example, float[] answer) {
                names.add(example.name());
                overlaps.add(overlaps(example, answer));
            }

            @Override
            public Predictions predictions() {
                return new MaskPredictions(names, labels(), overlaps.toArray(Overlap[][]::new));
            }
        };
    }

    /** Of the answer about the whole picture, pixel by pixel of the view. */
    private Overlap[] overlaps(Example example, float[] answer) {
        int size = pixels * pixels;
        Target target = target(example, view.whole());
        Overlap[] overlaps = new Overlap[labels().size()];
        for (int label = 0; label < overlaps.length; label++) {
            boolean[] predicted = new boolean[size];
            boolean[] truth = new boolean[size];
            boolean[] known = new boolean[size];
            for (int i = 0; i < size; i++) {
                predicted[i] = answer[label * size + i] > INSIDE;
                truth[i] = target.values()[label * size + i] == 1;
                known[i] = target.counts() == null || target.counts()[label * size + i] == 1;
            }
            overlaps[label] = Overlap.of(predicted, truth, known);
        }
        return overlaps;
    }
}
