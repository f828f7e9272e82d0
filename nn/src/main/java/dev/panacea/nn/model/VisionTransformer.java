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
public final class VisionTransformer {
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
        patchEmbed = new PatchEmbed(parameters.at("patch_embed"), config.colours(), config.patchPixels(), channels,
                false);
        for (int block = 0; block < config.depth(); block++) {
            blocks.add(new TransformerBlock(parameters.at("blocks").at(block), channels, config.heads(),
                    config.mlpRatio(), DropPath.at(block, config.depth(), config.dropPath())));
        }
        norm = new LayerNorm(parameters.at("norm"), channels, 1e-6);
    }

    /** What it was made from. */
    public VitConfig config() {
        return config;
    }

    /** Pictures [B, C, H, W] → normed tokens [B, 1 + patches, channels], the class token first. */
    public <T extends TensorOps<T>> T tokens(T pictures, Pass<T> pass) {
        T x = pass.block(pictures, false, p -> embedded(p, pass));
        for (TransformerBlock block : blocks) {
            x = pass.block(x, config.recompute(), t -> block.forward(t, pass));
        }
        return norm.forward(x, pass);
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

    /** Pictures [B, C, H, W] → the normed class token, [B, channels]. */
    public <T extends TensorOps<T>> T classToken(T pictures, Pass<T> pass) {
        return tokens(pictures, pass).select(1, 0);
    }
}
