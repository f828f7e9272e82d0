package dev.panacea.nn.layer;

import dev.panacea.nn.Parameters;
import dev.panacea.nn.Pass;
import dev.panacea.tensor.TensorOps;
import java.util.ArrayList;
import java.util.List;

/**
 * Pyramid pooling (Zhao et al. 2017): the picture beside its means over ever finer grids, so that each pixel sees all
 * others: [B, in, H, W] → [B, out, H, W].
 */
public final class PyramidPooling implements Layer {
    private final List<AdaptivePool> pools;
    private final List<ConvNormAct> convs = new ArrayList<>();
    private final ConvNormAct bottleneck;

    /**
     * Makes {@code psp_modules.N.1}, 1 × 1, for each grid, and {@code bottleneck}, 3 × 3.
     *
     * @param grids rows, and columns, of each grid; 1, 2, 3 and 6 in the paper
     */
    public PyramidPooling(Parameters parameters, int in, int out, List<Integer> grids) {
        pools = grids.stream().map(grid -> new AdaptivePool(grid, grid)).toList();
        for (int grid = 0; grid < grids.size(); grid++) {
            convs.add(new ConvNormAct(parameters.at("psp_modules").at(grid).at(1), in, out, 1));
        }
        bottleneck = new ConvNormAct(parameters.at("bottleneck"), in + grids.size() * out, out, 3);
    }

    @Override
    public <T extends TensorOps<T>> T forward(T x, Pass<T> pass) {
        List<T> parts = new ArrayList<>(List.of(x));
        for (int grid = 0; grid < pools.size(); grid++) {
            T means = convs.get(grid).forward(pools.get(grid).forward(x, pass), pass);
            parts.add(means.bilinear(x.spec().dim(2), x.spec().dim(3), false));
        }
        return bottleneck.forward(TensorOps.concat(1, parts), pass);
    }
}
