package dev.panacea.ace.train;

import dev.panacea.ace.crop.CropPair;
import dev.panacea.tensor.Backends;
import dev.panacea.tensor.ShapeException;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import java.util.List;

/**
 * The views of several pictures, on the device.
 *
 * @param names what errors call the pictures
 * @param crops where the views lie
 * @param first C1 of each, x1 [B, C, V, V]
 * @param second C2 of each, x2 [B, C, V, V]
 */
public record Batch(List<String> names, List<CropPair> crops, Tensor first, Tensor second) {
    /**
     * Checks the sizes.
     *
     * @throws ShapeException if they differ, or the batch is empty
     */
    public Batch {
        names = List.copyOf(names);
        crops = List.copyOf(crops);
        if (crops.isEmpty() || !first.spec().equals(second.spec()) || first.shape().rank() != 4
                || first.dim(0) != crops.size() || names.size() != crops.size()) {
            throw new ShapeException("batch: " + crops.size() + " pairs of crops, views " + first.shape() + " and "
                    + second.shape() + " (need [B, C, V, V] of both, B 1 or more)");
        }
    }

    /** Puts views together and brings them to the device: the one upload of a step. */
    public static Batch of(List<Views> views) {
        Tensor first = TensorOps.stack(0, views.stream().map(Views::first).toList()).to(Backends.current());
        Tensor second = TensorOps.stack(0, views.stream().map(Views::second).toList()).to(Backends.current());
        return new Batch(views.stream().map(Views::name).toList(), views.stream().map(Views::crops).toList(), first,
                second);
    }
}
