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
import dev.panacea.tensor.ShapeException;
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
        if (patches + 1 != positions.shape().dim(1)) {
            throw new ShapeException("vit: " + s.dim(1) + " × " + s.dim(2) + " patches, positions for "
                    + (positions.shape().dim(1) - 1) + " (need pictures of " + config.imagePixels() + " pixels)");
        }
        T first = pass.of(classToken).expand(s.dim(0), 1, s.dim(3));
        return TensorOps.concat(1, List.of(first, grid.reshape(s.dim(0), patches, s.dim(3))))
                .add(pass.of(positions));
    }

    /** A sequence without its class token, in rows and columns: [B, H / patch, W / patch, channels]. */
    private <T extends TensorOps<T>> T patches(T sequence, T pictures) {
        Shape s = pictures.spec().shape();
        int patch = config.patchPixels();
        return sequence.slice(1, 1, sequence.spec().dim(1))
                .reshape(s.dim(0), s.dim(2) / patch, s.dim(3) / patch, channels());
    }
}
