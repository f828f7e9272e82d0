package dev.panacea.nn.model;

import dev.panacea.nn.Initial;
import dev.panacea.nn.Parameter;
import dev.panacea.nn.Parameters;
import dev.panacea.nn.Pass;
import dev.panacea.nn.layer.DropPath;
import dev.panacea.nn.layer.LayerNorm;
import dev.panacea.nn.layer.PatchEmbed;
import dev.panacea.nn.layer.TransformerBlock;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.TensorOps;
import java.util.ArrayList;
import java.util.List;

/**
 * Vision Transformer (Dosovitskiy et al. 2021): a class token before the patches, learned positions, blocks of global
 * attention. Parameters have timm's names.
 */
public final class VisionTransformer implements Backbone {
    private final VitConfig config;
    private final PatchEmbed patchEmbed;
    private final Parameter classToken;
    private final Parameter positions;
    private final List<TransformerBlock> blocks = new ArrayList<>();
    private final LayerNorm norm;

    /** Makes all parameters. */
    public VisionTransformer(Parameters parameters, VitConfig config) {
        this.config = config;
        int channels = config.channels();
        int side = config.imagePixels() / config.patchPixels();
        classToken = parameters.make("cls_token", Initial.truncatedNormal(1e-6), 1, 1, channels);
        positions = parameters.make("pos_embed", Initial.TRANSFORMER, 1, side * side + 1, channels);
        patchEmbed = new PatchEmbed(parameters.at("patch_embed"), config.colours(), config.patchPixels(), channels);
        for (int block = 0; block < config.depth(); block++) {
            blocks.add(new TransformerBlock(parameters.at("blocks").at(block), channels, config.heads(),
                    config.epsilon(), DropPath.at(block, config.depth(), config.dropPath())));
        }
        norm = new LayerNorm(parameters.at("norm"), channels, config.epsilon());
    }

    @Override
    public VitConfig config() {
        return config;
    }

    @Override
    public int channels() {
        return config.channels();
    }

    @Override
    public int stride() {
        return config.patchPixels();
    }

    /** Pictures [B, C, H, W] → normed tokens [B, 1 + patches, channels], the class token first. */
    public <T extends TensorOps<T>> T sequence(T pictures, Pass<T> pass) {
        return norm.forward(outputs(pictures, pass).getLast(), pass);
    }

    @Override
    public <T extends TensorOps<T>> T tokens(T pictures, Pass<T> pass) {
        return patches(sequence(pictures, pass), pictures);
    }

    /** Pictures [B, C, H, W] → the normed class token, [B, channels]. */
    @Override
    public <T extends TensorOps<T>> T pooled(T pictures, Pass<T> pass) {
        return sequence(pictures, pass).select(1, 0);
    }

    @Override
    public <T extends TensorOps<T>> Encoding<T> encode(T pictures, Pass<T> pass) {
        T sequence = sequence(pictures, pass);
        return new Encoding<>(patches(sequence, pictures), sequence.select(1, 0));
    }

    /**
     * Patch tokens after four blocks evenly apart, all normed by the model's own {@code norm}, and rescaled: by
     * transposed convolutions of 2 × 2 where the map is finer than the patches, by the largest of 2 × 2 where it is
     * coarser. Patches of 16 become maps at strides 4, 8, 16 and 32 so, as in the segmentation code of BEiT and others,
     * whose names {@code fpn1} to {@code fpn4} the parameters have. Patches of another size are rescaled by the powers
     * of two that come nearest to these strides, and meet them exactly where the size is a power of two itself.
     */
    @Override
    public Features features(Parameters parameters) {
        return new VitFeatures(parameters, this);
    }

    /** Normed patch tokens after {@code count} blocks, evenly apart, the last block's last. */
    <T extends TensorOps<T>> List<T> intermediate(T pictures, int count, Pass<T> pass) {
        List<T> outputs = outputs(pictures, pass);
        List<T> chosen = new ArrayList<>();
        for (int part = 1; part <= count; part++) {
            int block = Math.max(0, outputs.size() * part / count - 1);
            chosen.add(patches(norm.forward(outputs.get(block), pass), pictures));
        }
        return chosen;
    }

    /** What each block gives, not normed, [B, 1 + patches, channels]. */
    private <T extends TensorOps<T>> List<T> outputs(T pictures, Pass<T> pass) {
        List<T> outputs = new ArrayList<>();
        T x = pass.block(pictures, false, p -> embedded(p, pass));
        for (TransformerBlock block : blocks) {
            x = pass.block(x, config.recompute(), t -> block.forward(t, pass));
            outputs.add(x);
        }
        return outputs;
    }

    private <T extends TensorOps<T>> T embedded(T pictures, Pass<T> pass) {
        T grid = patchEmbed.forward(pictures, pass); // [B, H / patch, W / patch, C]
        Shape s = grid.spec().shape();
        int patches = s.dim(1) * s.dim(2);
        T first = pass.of(classToken).expand(s.dim(0), 1, s.dim(3));
        return TensorOps.concat(1, List.of(first, grid.reshape(s.dim(0), patches, s.dim(3))))
                .add(PositionEmbedding.resized(pass.of(positions), s.dim(1), s.dim(2)));
    }

    /** A sequence without its class token, in rows and columns: [B, H / patch, W / patch, channels]. */
    private <T extends TensorOps<T>> T patches(T sequence, T pictures) {
        Shape s = pictures.spec().shape();
        int patch = config.patchPixels();
        return sequence.slice(1, 1, sequence.spec().dim(1))
                .reshape(s.dim(0), s.dim(2) / patch, s.dim(3) / patch, channels());
    }
}
