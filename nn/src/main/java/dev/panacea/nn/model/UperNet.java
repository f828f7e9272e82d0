package dev.panacea.nn.model;

import dev.panacea.nn.Parameters;
import dev.panacea.nn.Pass;
import dev.panacea.nn.layer.Conv2d;
import dev.panacea.nn.layer.ConvNormAct;
import dev.panacea.nn.layer.FeaturePyramid;
import dev.panacea.nn.layer.Layer;
import dev.panacea.nn.layer.PyramidPooling;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.TensorOps;
import java.util.ArrayList;
import java.util.List;

/**
 * UPerNet (Xiao et al. 2018) over a backbone: pyramid pooling of its coarsest map, a feature pyramid, and all levels
 * fused at the resolution of the finest. Parameters have the names of Swin's code for segmentation. That code also
 * drops channels at random before the last convolution; this does not.
 */
public final class UperNet implements Layer {
    private final Features features;
    private final PyramidPooling pooling;
    private final FeaturePyramid pyramid;
    private final ConvNormAct fusion;
    private final Conv2d last;

    /**
     * Makes all that comes after the backbone: {@link Backbone#features} and {@code decode_head}.
     *
     * @param parameters where the backbone's are, or of their own
     */
    public UperNet(Parameters parameters, Backbone backbone, UperNetConfig config) {
        features = backbone.features(parameters);
        Parameters head = parameters.at("decode_head");
        List<Integer> in = features.channels();
        int channels = config.channels();
        pooling = new PyramidPooling(head, in.getLast(), channels, config.grids());
        pyramid = new FeaturePyramid(head, in.subList(0, in.size() - 1), channels);
        fusion = new ConvNormAct(head.at("fpn_bottleneck"), in.size() * channels, channels, 3);
        last = Conv2d.over(head.at("conv_seg"), channels, config.outputs(), 1);
    }

    /** Pictures [B, C, H, W] → logits of every pixel, [B, outputs, H, W]. */
    @Override
    public <T extends TensorOps<T>> T forward(T pictures, Pass<T> pass) {
        Shape s = pictures.spec().shape();
        List<T> maps = features.forward(pictures, pass);
        T coarsest = pass.block(maps.getLast(), false, map -> pooling.forward(map, pass));
        List<T> levels = pyramid.forward(maps.subList(0, maps.size() - 1), coarsest, pass);
        T logits = pass.block(levels.getFirst(), false, finest -> {
            List<T> parts = new ArrayList<>(List.of(finest));
            for (T level : levels.subList(1, levels.size())) {
                parts.add(level.bilinear(finest.spec().dim(2), finest.spec().dim(3), false));
            }
            return last.forward(fusion.forward(TensorOps.concat(1, parts), pass), pass);
        });
        return logits.bilinear(s.dim(2), s.dim(3), false);
    }
}
