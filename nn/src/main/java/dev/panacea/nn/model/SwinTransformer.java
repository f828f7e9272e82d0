package dev.panacea.nn.model;

import dev.panacea.nn.Parameters;
import dev.panacea.nn.Pass;
import dev.panacea.nn.layer.DropPath;
import dev.panacea.nn.layer.LayerNorm;
import dev.panacea.nn.layer.PatchEmbed;
import dev.panacea.nn.layer.PatchMerging;
import dev.panacea.nn.layer.SwinBlock;
import dev.panacea.tensor.TensorOps;
import java.util.ArrayList;
import java.util.List;

/**
 * Swin Transformer (Liu et al. 2021): patches of 4 × 4 pixels, then stages of blocks with attention in windows, each at
 * half the resolution and twice the channels of the one before. Parameters have timm's names, those of its present
 * naming: {@code layers.1.downsample} is what leads into stage 1.
 */
public final class SwinTransformer implements Backbone {
    private final SwinConfig config;
    private final PatchEmbed patchEmbed;
    private final LayerNorm patchNorm;
    private final List<PatchMerging> downsamples = new ArrayList<>();
    private final List<List<SwinBlock>> stages = new ArrayList<>();
    private final LayerNorm norm;

    /** Makes all parameters. A stage whose tokens fit into one window has a window of that size. */
    public SwinTransformer(Parameters parameters, SwinConfig config) {
        this.config = config;
        int channels = config.channels();
        Parameters patches = parameters.at("patch_embed");
        patchEmbed = new PatchEmbed(patches, config.colours(), config.patchPixels(), channels);
        patchNorm = new LayerNorm(patches.at("norm"), channels, config.epsilon());
        int blocks = config.depths().stream().mapToInt(Integer::intValue).sum();
        int tokens = config.imagePixels() / config.patchPixels();
        int number = 0;
        for (int stage = 0; stage < config.depths().size(); stage++) {
            Parameters layer = parameters.at("layers").at(stage);
            if (stage > 0) {
                downsamples.add(new PatchMerging(layer.at("downsample"), channels, config.epsilon()));
                channels *= 2;
                tokens = (tokens + 1) / 2;
            }
            int window = Math.min(config.window(), tokens);
            List<SwinBlock> made = new ArrayList<>();
            for (int block = 0; block < config.depths().get(stage); block++) {
                int shift = block % 2 == 0 ? 0 : window / 2; // attention itself leaves it out where one window sees all
                made.add(new SwinBlock(layer.at("blocks").at(block), channels, config.heads().get(stage), window, shift,
                        config.epsilon(), DropPath.at(number++, blocks, config.dropPath())));
            }
            stages.add(made);
        }
        norm = new LayerNorm(parameters.at("norm"), channels, config.epsilon());
    }

    @Override
    public SwinConfig config() {
        return config;
    }

    /** Channels of the last stage. */
    @Override
    public int channels() {
        return config.channels() << config.depths().size() - 1;
    }

    /** Pixels between tokens of the last stage. */
    @Override
    public int stride() {
        return config.patchPixels() << config.depths().size() - 1;
    }

    /** Pictures [B, C, H, W] → the tokens of each stage, not normed: [B, H / 4, W / 4, channels] and on to H / 32. */
    public <T extends TensorOps<T>> List<T> stages(T pictures, Pass<T> pass) {
        List<T> features = new ArrayList<>();
        T x = pass.block(pictures, false, p -> patchNorm.forward(patchEmbed.forward(p, pass), pass));
        for (int stage = 0; stage < stages.size(); stage++) {
            if (stage > 0) {
                PatchMerging downsample = downsamples.get(stage - 1);
                x = pass.block(x, false, t -> downsample.forward(t, pass));
            }
            for (SwinBlock block : stages.get(stage)) {
                x = pass.block(x, config.recompute(), t -> block.forward(t, pass));
            }
            features.add(x);
        }
        return features;
    }

    /** Pictures [B, C, H, W] → normed tokens of the last stage [B, H / 32, W / 32, channels]. */
    @Override
    public <T extends TensorOps<T>> T tokens(T pictures, Pass<T> pass) {
        return norm.forward(stages(pictures, pass).getLast(), pass);
    }

    /** Pictures [B, C, H, W] → the mean of the normed tokens, [B, channels]. */
    @Override
    public <T extends TensorOps<T>> T pooled(T pictures, Pass<T> pass) {
        return encode(pictures, pass).pooled();
    }

    @Override
    public <T extends TensorOps<T>> Encoding<T> encode(T pictures, Pass<T> pass) {
        T tokens = tokens(pictures, pass);
        return new Encoding<>(tokens, tokens.mean(false, 1, 2));
    }

    /**
     * The four stages, each normed by itself, as Swin's code for detection and segmentation has it. The norms of all
     * but the last are {@code norm0}, {@code norm1} and {@code norm2} as there. The last is the model's own
     * {@code norm}, which is {@code norm3} there: so what was pretrained is used, and no parameter is left without a gradient.
     */
    @Override
    public Features features(Parameters parameters) {
        return new SwinFeatures(parameters, this);
    }

    LayerNorm norm() {
        return norm;
    }
}
