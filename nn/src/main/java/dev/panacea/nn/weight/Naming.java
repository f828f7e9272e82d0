package dev.panacea.nn.weight;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * How others name the parameters of the same models, and how each of their names becomes ours, which are those of
 * timm at present. A naming is recognised by two of its names, that of the patch embedding and one of the first block.
 */
public enum Naming {
    /** timm's ViT, which DINO, MAE and ACE share. */
    TIMM_VIT("timm's ViT", "patch_embed.proj.weight", "blocks.0.norm1.weight"),
    /** timm's Swin: {@code layers.1.downsample} leads into stage 1. */
    TIMM_SWIN("timm's Swin", "patch_embed.proj.weight", "layers.0.blocks.0.norm1.weight",
            to("^head\\.fc\\.", "head.")),
    /**
     * Microsoft's Swin, older timm's and ACE's: {@code layers.0.downsample} leads out of stage 0. Its code for
     * segmentation has {@code norm3} for {@code norm}.
     */
    MICROSOFT_SWIN("Microsoft's Swin", "patch_embed.proj.weight", "layers.0.blocks.0.norm1.weight",
            to("^layers\\.(\\d{1,4})\\.downsample\\.", m -> "layers." + (number(m) + 1) + ".downsample."),
            to("^norm3\\.", "norm.")),
    /** torchvision's Swin: {@code features.1} is stage 0, {@code features.2} leads into stage 1. */
    TORCHVISION_SWIN("torchvision's Swin", "features.0.0.weight", "features.1.0.norm1.weight",
            to("^features\\.0\\.0\\.", "patch_embed.proj."),
            to("^features\\.0\\.2\\.", "patch_embed.norm."),
            to("^features\\.(\\d{0,3}[13579])\\.", m -> "layers." + number(m) / 2 + ".blocks."),
            to("^features\\.(\\d{1,4})\\.", m -> "layers." + number(m) / 2 + ".downsample."),
            to("\\.mlp\\.0\\.", ".mlp.fc1."),
            to("\\.mlp\\.3\\.", ".mlp.fc2.")),
    /** torchvision's ViT. */
    TORCHVISION_VIT("torchvision's ViT", "conv_proj.weight", "encoder.layers.encoder_layer_0.ln_1.weight",
            to("^class_token$", "cls_token"),
            to("^encoder\\.pos_embedding$", "pos_embed"),
            to("^conv_proj\\.", "patch_embed.proj."),
            to("^encoder\\.layers\\.encoder_layer_(\\d{1,4})\\.", m -> "blocks." + number(m) + "."),
            to("^encoder\\.ln\\.", "norm."),
            to("^heads\\.head\\.", "head."),
            to("\\.ln_([12])\\.", m -> ".norm" + number(m) + "."),
            to("\\.self_attention\\.in_proj_", ".attn.qkv."),
            to("\\.self_attention\\.out_proj\\.", ".attn.proj."),
            to("\\.mlp\\.(0|linear_1)\\.", ".mlp.fc1."),
            to("\\.mlp\\.(3|linear_2)\\.", ".mlp.fc2.")),
    /** The ViT of Hugging Face's transformers. */
    HUGGING_FACE_VIT("Hugging Face's ViT", "embeddings.patch_embeddings.projection.weight",
            "encoder.layer.0.layernorm_before.weight",
            to("^embeddings\\.cls_token$", "cls_token"),
            to("^embeddings\\.position_embeddings$", "pos_embed"),
            to("^embeddings\\.patch_embeddings\\.projection\\.", "patch_embed.proj."),
            to("^encoder\\.layer\\.(\\d{1,4})\\.", m -> "blocks." + number(m) + "."),
            to("^layernorm\\.", "norm."),
            to("\\.layernorm_before\\.", ".norm1."),
            to("\\.layernorm_after\\.", ".norm2."),
            to("\\.attention\\.attention\\.(query|key|value)\\.", m -> ".attn.qkv" + part(m) + "."),
            to("\\.attention\\.output\\.dense\\.", ".attn.proj."),
            to("\\.intermediate\\.dense\\.", ".mlp.fc1."),
            to("\\.output\\.dense\\.", ".mlp.fc2.")),
    /** The Swin of Hugging Face's transformers. */
    HUGGING_FACE_SWIN("Hugging Face's Swin", "embeddings.patch_embeddings.projection.weight",
            "encoder.layers.0.blocks.0.layernorm_before.weight",
            to("^embeddings\\.patch_embeddings\\.projection\\.", "patch_embed.proj."),
            to("^embeddings\\.norm\\.", "patch_embed.norm."),
            to("^encoder\\.layers\\.(\\d{1,4})\\.downsample\\.", m -> "layers." + (number(m) + 1) + ".downsample."),
            to("^encoder\\.layers\\.", "layers."),
            to("^layernorm\\.", "norm."),
            to("\\.layernorm_before\\.", ".norm1."),
            to("\\.layernorm_after\\.", ".norm2."),
            to("\\.attention\\.self\\.relative_position_", ".attn.relative_position_"),
            to("\\.attention\\.self\\.(query|key|value)\\.", m -> ".attn.qkv" + part(m) + "."),
            to("\\.attention\\.output\\.dense\\.", ".attn.proj."),
            to("\\.intermediate\\.dense\\.", ".mlp.fc1."),
            to("\\.output\\.dense\\.", ".mlp.fc2."));

    /** Where a foreign tensor belongs: whole, or as one of the three parts of {@code qkv}, one below the other. */
    record Place(String path, int part) {
        static final int WHOLE = -1;
    }

    private record Step(Pattern from, Function<MatchResult, String> to) {}

    private static final Pattern PART = Pattern.compile("\\.attn\\.qkv#([012])\\.");

    private final String title;
    private final String patches;
    private final String block;
    private final List<Step> steps;

    Naming(String title, String patches, String block, Step... steps) {
        this.title = title;
        this.patches = patches;
        this.block = block;
        this.steps = List.of(steps);
    }

    private static Step to(String from, String to) {
        return to(from, _ -> to);
    }

    private static Step to(String from, Function<MatchResult, String> to) {
        return new Step(Pattern.compile(from), to);
    }

    private static int number(MatchResult match) {
        return Integer.parseInt(match.group(1));
    }

    private static String part(MatchResult match) {
        return "#" + List.of("query", "key", "value").indexOf(match.group(1));
    }

    /** Whose naming it is, for reports. */
    public String title() {
        return title;
    }

    /** The name of the patch embedding's weight: what stands before it stands before all names of the model. */
    String patches() {
        return patches;
    }

    /** Where a tensor of that name belongs in our models. */
    Place place(String name) {
        String path = name;
        for (Step step : steps) {
            path = step.from.matcher(path).replaceFirst(match -> step.to.apply(match));
        }
        var part = PART.matcher(path);
        return part.find() ? new Place(part.replaceFirst(".attn.qkv."), Integer.parseInt(part.group(1)))
                : new Place(path, Place.WHOLE);
    }

    /** The naming of the model whose names begin with {@code prefix}, if any; the first of two that look alike. */
    static Optional<Naming> of(Map<String, StoredWeight> weights, String prefix) {
        return Arrays.stream(values()).filter(naming -> weights.containsKey(prefix + naming.patches)
                && weights.containsKey(prefix + naming.block)).findFirst();
    }
}
