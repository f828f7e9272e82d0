package dev.panacea.tools.bench;

import dev.panacea.tensor.ElementType;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.op.AdamW;
import dev.panacea.tensor.op.Attention;
import dev.panacea.tensor.op.AttentionBackward;
import dev.panacea.tensor.op.BatchNorm2d;
import dev.panacea.tensor.op.BatchNorm2dBackward;
import dev.panacea.tensor.op.Bilinear;
import dev.panacea.tensor.op.Blend;
import dev.panacea.tensor.op.Concat;
import dev.panacea.tensor.op.Conv2d;
import dev.panacea.tensor.op.Conv2dBackwardInput;
import dev.panacea.tensor.op.Conv2dBackwardWeight;
import dev.panacea.tensor.op.Copy;
import dev.panacea.tensor.op.Gelu;
import dev.panacea.tensor.op.GeluBackward;
import dev.panacea.tensor.op.GradientNorm;
import dev.panacea.tensor.op.Input;
import dev.panacea.tensor.op.LayerNorm;
import dev.panacea.tensor.op.LayerNormBackward;
import dev.panacea.tensor.op.Linear;
import dev.panacea.tensor.op.Op;
import dev.panacea.tensor.op.ResamplingBackward;
import dev.panacea.tensor.op.Softmax;
import dev.panacea.tensor.op.SoftmaxBackward;
import dev.panacea.tensor.op.Sum;
import dev.panacea.tensor.op.WindowAttention;
import dev.panacea.tensor.op.WindowAttentionBackward;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** Ops on the activations of a training step of batch 2: Swin-B 448², ViT-B/32 448², and the planes of a decoder. */
final class OpCases {
    private static final int WEIGHTS = 12;

    private final List<Case> cases = new ArrayList<>();
    private final Effort effort;

    private OpCases(Effort effort) {
        this.effort = effort;
    }

    static List<Case> all(Effort effort) {
        OpCases all = new OpCases(effort);
        all.tokens();
        all.attention();
        all.windows(7);
        all.windows(14);
        all.planes();
        all.updates();
        return all.cases;
    }

    private void tokens() {
        for (int[] dims : new int[][] {{25088, 128}, {1568, 512}}) {
            int rows = dims[0];
            int channels = dims[1];
            add("layerNorm", dims, new LayerNorm(1e-5), () -> List.of(real(dims), real(channels), real(channels)));
            add("layerNormBackward", dims, new LayerNormBackward(),
                    () -> List.of(real(dims), real(dims), real(channels), real(rows), real(rows)));
            add("sum of rows", dims, Sum.over(false, -1), () -> List.of(real(dims)));
            add("sum of columns", dims, Sum.over(false, 0), () -> List.of(real(dims)));
            add("copy", dims, new Copy(), () -> List.of(real(dims)));
        }
        for (int[] dims : new int[][] {{25088, 512}, {1568, 2048}}) {
            add("gelu", dims, new Gelu(false), () -> List.of(real(dims)));
            add("geluBackward", dims, new GeluBackward(false), () -> List.of(real(dims), real(dims)));
        }
        int[] scores = {24, 197, 197};
        add("softmax", scores, new Softmax(-1), () -> List.of(real(scores)));
        add("softmaxBackward", scores, new SoftmaxBackward(-1), () -> List.of(real(scores), real(scores)));
        int[] grid = {2, 112, 112, 128};
        add("patch merging, copy", grid, new Copy(), () -> List.of(real(grid).reshape(2, 56, 2, 56, 2, 128)
                .permute(0, 1, 3, 4, 2, 5)));
        add("patch merging, concat", grid, new Concat(-1), () -> {
            Tensor x = real(grid);
            return List.of(corner(x, 0, 0), corner(x, 1, 0), corner(x, 0, 1), corner(x, 1, 1));
        });
        int[] pictures = {2, 3, 448, 448};
        add("patch embedding, copy", pictures, new Copy(), () -> List.of(real(pictures)
                .reshape(2, 3, 112, 4, 112, 4).permute(0, 2, 4, 1, 3, 5)));
        add("patch embedding, product", new int[] {25088, 48}, new Linear(Linear.After.NOTHING),
                () -> List.of(real(25088, 48), real(128, 48), real(128)));
    }

    private static Tensor corner(Tensor x, int row, int column) {
        return x.slice(1, row, x.dim(1), 2).slice(2, column, x.dim(2), 2);
    }

    private void attention() {
        int[] dims = {2, 12, 197, 64};
        Attention op = new Attention(0.125);
        Supplier<List<Tensor>> operands = () -> {
            Tensor qkv = real(2, 197, 3, 12, 64).permute(2, 0, 3, 1, 4); // [3, B, h, N, D], a view
            return List.of(qkv.select(0, 0), qkv.select(0, 1), qkv.select(0, 2));
        };
        add("attention", dims, op, operands);
        add("attentionBackward", dims, new AttentionBackward(0.125), () -> {
            List<Tensor> in = operands.get();
            Tensor logSumExp = in.getFirst().apply(op, in).get(1);
            return List.of(real(dims), logSumExp, in.get(0), in.get(1), in.get(2));
        });
    }

    private void windows(int window) {
        for (int stage : new int[] {1, 3}) {
            int side = 224 >> stage;
            int heads = 2 << stage;
            int[] dims = {2, side, side, 96 * heads};
            WindowAttention op = new WindowAttention(window, window / 2);
            Supplier<List<Tensor>> operands = () -> List.of(real(dims),
                    real((2 * window - 1) * (2 * window - 1), heads));
            add("windowAttention " + window, dims, op, operands);
            add("windowAttentionBackward " + window, dims, new WindowAttentionBackward(window, window / 2), () -> {
                List<Tensor> in = operands.get();
                Tensor logSumExp = in.getFirst().apply(op, in).get(1);
                return List.of(real(2, side, side, 32 * heads), logSumExp, in.get(0), in.get(1));
            });
        }
    }

    private void planes() {
        int[] dims = {2, 128, 112, 112};
        int[] weight = {128, 128, 3, 3};
        Conv2d conv = Conv2d.of(1, 1);
        add("conv2d 3×3", dims, conv, () -> List.of(real(dims), real(weight)));
        add("conv2dBackwardInput 3×3", dims, new Conv2dBackwardInput(conv, Shape.of(dims)),
                () -> List.of(real(dims), real(weight)));
        add("conv2dBackwardWeight 3×3", dims, new Conv2dBackwardWeight(conv, Shape.of(weight)),
                () -> List.of(real(dims), real(dims)));
        add("batchNorm2d", dims, new BatchNorm2d(1e-5), () -> List.of(real(dims), real(128), real(128)));
        add("batchNorm2dBackward", dims, new BatchNorm2dBackward(1e-5, true), () -> List.of(real(dims), real(dims),
                real(128), real(128), Input.range(0.5, 2, 128).make(ElementType.F32, 1)));
        int[] small = {2, 128, 56, 56};
        Bilinear bilinear = new Bilinear(112, 112, false);
        add("bilinear to 112²", small, bilinear, () -> List.of(real(small)));
        add("bilinearBackward to 112²", small, new ResamplingBackward(bilinear, Shape.of(small)),
                () -> List.of(real(dims)));
    }

    /** Optimiser, moving average and norm over 12 weights of an MLP, 28 M parameters: far more than a cache holds. */
    private void updates() {
        int[] weight = {3072, 768};
        String size = " 12 × " + Shape.of(weight);
        cases.add(Case.into("ops", "adamW" + size, effort, new AdamW(1e-4, 0.9, 0.999, 1e-8, 0.05, 10), () -> {
            List<Tensor> in = new ArrayList<>(List.of(Tensor.scalar(1)));
            for (int i = 0; i < WEIGHTS; i++) {
                in.addAll(List.of(real(weight), real(weight), Tensor.zeros(weight), Tensor.zeros(weight)));
            }
            return in;
        }, in -> IntStream.range(1, in.size()).filter(i -> i % 4 != 2).mapToObj(in::get).toList()));
        cases.add(Case.into("ops", "moving average" + size, effort, Blend.average(0.996),
                () -> reals(2 * WEIGHTS, weight),
                in -> IntStream.range(0, WEIGHTS).mapToObj(i -> in.get(2 * i)).toList()));
        cases.add(Case.of("ops", "gradientNorm" + size, effort, new GradientNorm(1, false),
                () -> reals(WEIGHTS, weight)));
    }

    private static List<Tensor> reals(int count, int... dims) {
        return IntStream.range(0, count).mapToObj(_ -> real(dims)).toList();
    }

    private void add(String what, int[] dims, Op op, Supplier<List<Tensor>> inputs) {
        cases.add(Case.of("ops", what + " " + Shape.of(dims), effort, op, inputs));
    }

    private static Tensor real(int... dims) {
        return Input.real(dims).make(ElementType.F32, dims.length);
    }
}
