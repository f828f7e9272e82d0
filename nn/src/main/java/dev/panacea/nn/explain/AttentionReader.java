package dev.panacea.nn.explain;

import dev.panacea.nn.Parameter;
import dev.panacea.nn.model.Backbone;
import dev.panacea.nn.model.BackboneConfig;
import dev.panacea.nn.model.SwinConfig;
import dev.panacea.nn.model.VitConfig;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.op.WindowAttention;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/** Runs a backbone, and computes the weights of attention in each block from its input and its parameters. */
final class AttentionReader {
    private static final String QKV = ".attn.qkv.weight";

    private final Backbone backbone;
    private final Tensor pictures;
    private final Consumer<AttentionMap> each;

    AttentionReader(Backbone backbone, Tensor pictures, Consumer<AttentionMap> each) {
        this.backbone = backbone;
        this.pictures = pictures;
        this.each = each;
    }

    void run() {
        try (MemoryScope _ = MemoryScope.open("attention")) {
            backbone.tokens(pictures, new BlockWatch((input, parameters) -> parameters.stream()
                    .map(Parameter::path).filter(path -> path.endsWith(QKV)).findFirst()
                    .ifPresent(path -> read(input, path.substring(0, path.length() - QKV.length()), parameters))));
        }
    }

    private void read(Tensor input, String block, List<Parameter> parameters) {
        try (MemoryScope _ = MemoryScope.open("attention of " + block)) {
            each.accept(switch (backbone.config()) {
                case VitConfig vit -> all(normed(input, block, parameters, vit), block, parameters, vit);
                case SwinConfig swin -> windowed(normed(input, block, parameters, swin), block, parameters);
            });
        }
    }

    private static Tensor normed(Tensor input, String block, List<Parameter> parameters, BackboneConfig config) {
        double epsilon = switch (config) {
            case VitConfig vit -> vit.epsilon();
            case SwinConfig swin -> swin.epsilon();
        };
        return input.layerNorm(find(parameters, block, "norm1.weight"), find(parameters, block, "norm1.bias"), epsilon);
    }

    private static Tensor qkv(Tensor x, String block, List<Parameter> parameters) {
        return x.linear(find(parameters, block, "attn.qkv.weight"), find(parameters, block, "attn.qkv.bias"));
    }

    private static Tensor find(List<Parameter> parameters, String block, String name) {
        String path = block + "." + name;
        return parameters.stream().filter(parameter -> parameter.path().equals(path)).findFirst().orElseThrow().value();
    }

    private AttentionMap all(Tensor x, String block, List<Parameter> parameters, VitConfig vit) {
        Shape s = x.shape(); // [B, 1 + patches, C]
        int patch = vit.patchPixels();
        TokenGrid grid = new TokenGrid(pictures.dim(2) / patch, pictures.dim(3) / patch, 1);
        Tensor parts = qkv(x, block, parameters)
                .reshape(s.dim(0), s.dim(1), 3, vit.heads(), s.dim(2) / vit.heads())
                .permute(2, 0, 3, 1, 4); // [3, B, h, N, D]
        return new AttentionMap(block, Windows.whole(grid), vit.heads(), scores(parts).softmax(-1).toFloats());
    }

    private static AttentionMap windowed(Tensor x, String block, List<Parameter> parameters) {
        Tensor table = find(parameters, block, "attn.relative_position_bias_table"); // [(2·side − 1)², h]
        int side = ((int) Math.round(Math.sqrt(table.dim(0))) + 1) / 2;
        int number = Integer.parseInt(block.substring(block.lastIndexOf('.') + 1));
        Windows windows = Windows.of(new TokenGrid(x.dim(1), x.dim(2), 0), side, number % 2 == 0 ? 0 : side / 2);
        int heads = table.dim(1);
        int channels = x.dim(3);
        int n = windows.size();
        Tensor parts = cut(qkv(filled(x, side), block, parameters), windows)
                .reshape(x.dim(0) * windows.count(), n, 3, heads, channels / heads)
                .permute(2, 0, 3, 1, 4); // [3, B·windows, h, n, D]
        Tensor scores = scores(parts).reshape(x.dim(0), windows.count(), heads, n, n)
                .add(bias(table, side))
                .add(apart(windows).to(x.backend()));
        return new AttentionMap(block, windows, heads, scores.softmax(-1).toFloats());
    }

    /** With zeros at the bottom and on the right, to whole windows. */
    private static Tensor filled(Tensor x, int side) {
        int bottom = Math.ceilDiv(x.dim(1), side) * side - x.dim(1);
        int right = Math.ceilDiv(x.dim(2), side) * side - x.dim(2);
        return bottom + right == 0 ? x : x.pad(new int[4], new int[] {0, bottom, right, 0});
    }

    /** [B, H, W, C] → [B, windows · n, C]. */
    private static Tensor cut(Tensor x, Windows windows) {
        int[] order = Arrays.stream(windows.cells()).flatMapToInt(Arrays::stream).toArray();
        return x.reshape(x.dim(0), x.dim(1) * x.dim(2), x.dim(3))
                .indexSelect(1, Tensor.of(Shape.of(order.length), order).to(x.backend()));
    }

    /** [3, B, h, n, D] → scaled products of queries and keys, [B, h, n, n]. */
    private static Tensor scores(Tensor parts) {
        Tensor keys = parts.select(0, 1).permute(0, 1, 3, 2);
        return parts.select(0, 0).matmul(keys).affine(1 / Math.sqrt(parts.dim(4)), 0);
    }

    /** A row of the table for each query and key of a window, [h, n, n]. */
    private static Tensor bias(Tensor table, int side) {
        int n = side * side;
        int[] rows = new int[n * n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                int down = i / side - j / side + side - 1;
                rows[i * n + j] = down * (2 * side - 1) + i % side - j % side + side - 1;
            }
        }
        return table.indexSelect(0, Tensor.of(Shape.of(n * n), rows).to(table.backend()))
                .reshape(n, n, table.dim(1))
                .permute(2, 0, 1);
    }

    /** What is added where only the shift made neighbours, [windows, 1, n, n]. */
    private static Tensor apart(Windows windows) {
        int n = windows.size();
        float[] added = new float[windows.count() * n * n];
        for (int at = 0; at < added.length; at++) {
            int[] regions = windows.regions()[at / (n * n)];
            added[at] = regions[at / n % n] == regions[at % n] ? 0 : (float) WindowAttention.APART;
        }
        return Tensor.of(Shape.of(windows.count(), 1, n, n), added);
    }
}
