package dev.panacea.nn.model;

import dev.panacea.nn.Parameters;
import dev.panacea.nn.Pass;
import dev.panacea.nn.layer.LayerNorm;
import dev.panacea.tensor.TensorOps;
import java.util.ArrayList;
import java.util.List;

/** The stages of a Swin Transformer, each normed by itself. */
final class SwinFeatures implements Features {
    private final SwinTransformer swin;
    private final List<Integer> channels = new ArrayList<>();
    private final List<LayerNorm> norms = new ArrayList<>();

    SwinFeatures(Parameters parameters, SwinTransformer swin) {
        this.swin = swin;
        int stages = swin.config().depths().size();
        for (int stage = 0; stage < stages; stage++) {
            channels.add(swin.config().channels() << stage);
            norms.add(stage == stages - 1 ? swin.norm()
                    : new LayerNorm(parameters.at("norm" + stage), channels.get(stage), swin.config().epsilon()));
        }
    }

    @Override
    public List<Integer> channels() {
        return channels;
    }

    @Override
    public <T extends TensorOps<T>> List<T> forward(T pictures, Pass<T> pass) {
        List<T> stages = swin.stages(pictures, pass);
        List<T> maps = new ArrayList<>();
        for (int stage = 0; stage < stages.size(); stage++) {
            maps.add(norms.get(stage).forward(stages.get(stage), pass).permute(0, 3, 1, 2)); // [B, C, H, W]
        }
        return maps;
    }
}
