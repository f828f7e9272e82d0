package dev.panacea.nn.model;

import dev.panacea.nn.Parameters;
import dev.panacea.nn.Pass;
import dev.panacea.nn.layer.Rescale;
import dev.panacea.tensor.TensorOps;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Four blocks of a Vision Transformer, evenly apart, each brought to a resolution of its own. */
final class VitFeatures implements Features {
    private static final int MAPS = 4;

    private final VisionTransformer vit;
    private final List<Rescale> scales = new ArrayList<>();

    VitFeatures(Parameters parameters, VisionTransformer vit) {
        this.vit = vit;
        for (int map = 0; map < MAPS; map++) {
            double wanted = (double) vit.stride() / (4 << map); // 4, 2, 1, 1/2 for patches of 16
            int doublings = (int) Math.round(Math.log(wanted) / Math.log(2));
            scales.add(new Rescale(parameters.at("fpn" + (map + 1)), vit.channels(), doublings));
        }
    }

    @Override
    public List<Integer> channels() {
        return Collections.nCopies(MAPS, vit.channels());
    }

    @Override
    public <T extends TensorOps<T>> List<T> forward(T pictures, Pass<T> pass) {
        List<T> tokens = vit.intermediate(pictures, MAPS, pass);
        List<T> maps = new ArrayList<>();
        for (int map = 0; map < MAPS; map++) {
            Rescale scale = scales.get(map);
            maps.add(pass.block(tokens.get(map), false, t -> scale.forward(t.permute(0, 3, 1, 2), pass)));
        }
        return maps;
    }
}
