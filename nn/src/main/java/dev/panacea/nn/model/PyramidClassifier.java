package dev.panacea.nn.model;

import dev.panacea.nn.Parameters;
import dev.panacea.nn.Pass;
import dev.panacea.nn.layer.BatchNorm2d;
import dev.panacea.nn.layer.Layer;
import dev.panacea.nn.layer.Linear;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.TensorOps;
import java.util.ArrayList;
import java.util.List;

/**
 * One linear layer on what stands out in a backbone's maps of several resolutions: each map is normed over the batch,
 * and of each channel the greatest value over all places is taken. The mean of a coarse map, which a
 * {@link Classifier} reads, hardly moves with a finding of a few pixels; a place of a fine map that looks like nothing
 * else does.
 */
public final class PyramidClassifier implements Layer {
    private final Features features;
    private final List<BatchNorm2d> norms = new ArrayList<>();
    private final Linear head;

    /**
     * Makes {@link Backbone#features}, {@code head_norm.0} and on, one for each map, and {@code head}.
     *
     * @param parameters where the backbone's are, or of their own
     */
    public PyramidClassifier(Parameters parameters, Backbone backbone, int classes) {
        features = backbone.features(parameters);
        for (int channels : features.channels()) {
            norms.add(new BatchNorm2d(parameters.at("head_norm").at(norms.size()), channels));
        }
        int all = features.channels().stream().mapToInt(Integer::intValue).sum();
        head = new Linear(parameters.at("head"), all, classes, true);
    }

    /** Pictures [B, C, H, W] → logits [B, classes]. */
    @Override
    public <T extends TensorOps<T>> T forward(T pictures, Pass<T> pass) {
        List<T> greatest = maps(pictures, pass).stream().map(map -> map.max(false, 2, 3)).toList();
        return head.forward(TensorOps.concat(1, greatest), pass);
    }

    /**
     * Which places speak for each class: what {@link #forward} says of a place as if it were the greatest of its map,
     * the maps brought to the resolution of the finest and added. Its bias, which speaks of no place, is left out.
     *
     * @param pictures [B, C, H, W]
     * @return [B, classes, H / 4, W / 4]
     */
    public <T extends TensorOps<T>> T evidence(T pictures, Pass<T> pass) {
        List<T> maps = maps(pictures, pass);
        Shape finest = maps.getFirst().spec().shape();
        List<T> wide = maps.stream().map(map -> map.bilinear(finest.dim(2), finest.dim(3), false)).toList();
        return head.withoutBias(TensorOps.concat(1, wide).permute(0, 2, 3, 1), pass).permute(0, 3, 1, 2);
    }

    private <T extends TensorOps<T>> List<T> maps(T pictures, Pass<T> pass) {
        List<T> maps = features.forward(pictures, pass);
        List<T> normed = new ArrayList<>();
        for (int i = 0; i < maps.size(); i++) {
            normed.add(norms.get(i).forward(maps.get(i), pass));
        }
        return normed;
    }
}
