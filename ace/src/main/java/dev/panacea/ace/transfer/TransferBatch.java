package dev.panacea.ace.transfer;

import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Views and what a network should say of them, on the device.
 *
 * @param names what errors call the pictures
 * @param pictures [B, C, V, V]
 * @param targets of classes [B, L], of masks [B, L, V, V], of key points [B, L, V · V]
 * @param weights what each target counts in a mean over all, broadcast to the targets' shape; null where all count
 *     alike
 */
public record TransferBatch(List<String> names, Tensor pictures, Tensor targets, Tensor weights) {
    /** Copies the list. */
    public TransferBatch {
        names = List.copyOf(names);
    }

    /**
     * A view of one example, and what to say of it; out of any memory scope.
     *
     * @param name what errors call the picture
     * @param view [C, V, V]
     * @param target of the task
     */
    public record Sample(String name, float[] view, TransferTask.Target target) {}

    /**
     * Some samples of a task, as tensors of the current scope and device.
     *
     * @param view the shape of each view
     */
    public static TransferBatch of(TransferTask task, Shape view, List<Sample> samples) {
        int count = samples.size();
        return new TransferBatch(samples.stream().map(Sample::name).toList(),
                Tensor.of(Shape.of(count, view.dim(0), view.dim(1), view.dim(2)),
                        samples.stream().map(Sample::view).toList()),
                Tensor.of(task.targets(count), samples.stream().map(sample -> sample.target.values()).toList()),
                weights(task, samples));
    }

    /** What each target counts in a mean over all, so that those that do not count leave no trace in it. */
    private static Tensor weights(TransferTask task, List<Sample> samples) {
        List<float[]> counts = samples.stream().map(sample -> sample.target.counts()).toList();
        if (counts.stream().allMatch(one -> one == null)) {
            return null;
        }
        int length = counts.stream().filter(one -> one != null).findFirst().orElseThrow().length;
        List<float[]> rows = new ArrayList<>();
        double sum = 0;
        for (float[] one : counts) {
            float[] row = new float[length];
            Arrays.fill(row, 1);
            rows.add(one == null ? row : one.clone());
            for (float count : rows.getLast()) {
                sum += count;
            }
        }
        float factor = sum == 0 ? 0 : (float) (rows.size() * (double) length / sum);
        for (float[] row : rows) {
            for (int i = 0; i < row.length; i++) {
                row[i] *= factor;
            }
        }
        boolean each = length == samples.getFirst().target.values().length;
        return Tensor.of(each ? task.targets(rows.size()) : Shape.of(rows.size(), length), rows);
    }
}
