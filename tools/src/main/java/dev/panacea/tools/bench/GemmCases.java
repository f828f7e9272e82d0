package dev.panacea.tools.bench;

import dev.panacea.tensor.ElementType;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.op.Input;
import dev.panacea.tensor.op.Linear;
import dev.panacea.tensor.op.MatMul;
import java.util.ArrayList;
import java.util.List;

/** The three products of every linear layer, batch 2: forward, gradient by the input, gradient by the weight. */
final class GemmCases {
    private GemmCases() {}

    static List<Case> all(Effort effort) {
        List<Case> cases = new ArrayList<>();
        for (int stage = 0; stage < 4; stage++) {
            String layer = "swin-b stage " + (stage + 1) + " ";
            int tokens = 2 * (112 >> stage) * (112 >> stage);
            int channels = 128 << stage;
            if (stage > 0) {
                layer(cases, effort, layer + "merging", tokens, 2 * channels, channels);
            }
            block(cases, effort, layer, tokens, channels);
        }
        cases.addAll(vit(effort));
        return cases;
    }

    static List<Case> vit(Effort effort) {
        List<Case> cases = new ArrayList<>();
        block(cases, effort, "vit-b/32 ", 2 * (14 * 14 + 1), 768);
        return cases;
    }

    private static void block(List<Case> cases, Effort effort, String layer, int tokens, int channels) {
        layer(cases, effort, layer + "qkv", tokens, channels, 3 * channels);
        layer(cases, effort, layer + "proj", tokens, channels, channels);
        layer(cases, effort, layer + "fc1", tokens, channels, 4 * channels);
        layer(cases, effort, layer + "fc2", tokens, 4 * channels, channels);
    }

    /** A layer that makes {@code to} channels of {@code from}; m, n and k of a name are those of its product. */
    private static void layer(List<Case> cases, Effort effort, String layer, int rows, int from, int to) {
        cases.add(Case.of("gemm", name(layer, "forward", rows, to, from), effort, new Linear(Linear.After.NOTHING),
                () -> List.of(real(rows, from), real(to, from), real(to))));
        cases.add(Case.of("gemm", name(layer, "by input", rows, from, to), effort, new MatMul(),
                () -> List.of(real(rows, to), real(to, from))));
        cases.add(Case.of("gemm", name(layer, "by weight", to, from, rows), effort, new MatMul(),
                () -> List.of(real(rows, to).transpose(0, 1), real(rows, from))));
    }

    private static String name(String layer, String what, int m, int n, int k) {
        return layer + " " + what + " " + m + "·" + n + "·" + k;
    }

    private static Tensor real(int... dims) {
        return Input.real(dims).make(ElementType.F32, dims.length);
    }
}
