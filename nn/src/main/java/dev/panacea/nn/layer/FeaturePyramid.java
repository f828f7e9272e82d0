package dev.panacea.nn.layer;

import dev.panacea.nn.Parameters;
import dev.panacea.nn.Pass;
import dev.panacea.tensor.TensorOps;
import java.util.ArrayList;
import java.util.List;

/**
 * Feature pyramid (Lin et al. 2017): what a coarse map knows is handed down to the finer ones. Each map [B, C_i, H_i,
 * W_i] becomes one of {@code channels} channels to which the next coarser one, resized, is added.
 */
public final class FeaturePyramid {
    private final List<ConvNormAct> laterals = new ArrayList<>();
    private final List<ConvNormAct> convs = new ArrayList<>();

    /**
     * Makes {@code lateral_convs.N}, 1 × 1, and {@code fpn_convs.N}, 3 × 3, for each map but the coarsest.
     *
     * @param in channels of these maps, the finest first
     * @param channels channels of the coarsest map, and of all results
     */
    public FeaturePyramid(Parameters parameters, List<Integer> in, int channels) {
        for (int level = 0; level < in.size(); level++) {
            laterals.add(new ConvNormAct(parameters.at("lateral_convs").at(level), in.get(level), channels, 1));
            convs.add(new ConvNormAct(parameters.at("fpn_convs").at(level), channels, channels, 3));
        }
    }

    /**
     * One map for each of {@code maps}, the finest first, and {@code coarsest} as the last.
     *
     * @param coarsest [B, channels, H, W]
     */
    public <T extends TensorOps<T>> List<T> forward(List<T> maps, T coarsest, Pass<T> pass) {
        List<T> pyramid = new ArrayList<>(List.of(coarsest));
        T above = coarsest;
        for (int level = maps.size() - 1; level >= 0; level--) {
            T coarser = above;
            ConvNormAct lateral = laterals.get(level);
            above = pass.block(maps.get(level), false, map -> lateral.forward(map, pass)
                    .add(coarser.bilinear(map.spec().dim(2), map.spec().dim(3), false)));
            pyramid.addFirst(convs.get(level).forward(above, pass));
        }
        return pyramid;
    }
}
