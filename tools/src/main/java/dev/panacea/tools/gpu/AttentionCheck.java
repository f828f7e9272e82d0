package dev.panacea.tools.gpu;

import dev.panacea.tensor.Backend;
import dev.panacea.tensor.Backends;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.RandomSource;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.op.Attention;
import dev.panacea.tensor.op.AttentionBackward;
import dev.panacea.tensor.op.Op;
import dev.panacea.tensor.op.WindowAttention;
import dev.panacea.tensor.op.WindowAttentionBackward;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Attention of the sizes that models have, forward and backward, on the device and on the CPU; called twice, which must
 * give the same bytes. Which library computes it depends on size and precision, and is told.
 */
final class AttentionCheck {
    /** Share of the largest element: operands and probabilities may have 7 bits of fraction. */
    private static final double ALLOWED = 1.5e-2;

    private final Backend device;
    private final Section section;

    private AttentionCheck(Backend device, String title) {
        this.device = device;
        this.section = new Section(title);
    }

    /** Runs all sizes. */
    static Section run(Backend device, String title) {
        return new AttentionCheck(device, title).check();
    }

    private Section check() {
        Map<String, Long> before = device.counts();
        section.row("attention", "largest error, of the largest element");
        windows("windows of 7", 2, 14, new WindowAttention(7, 0));
        windows("windows of 7, shifted", 2, 14, new WindowAttention(7, 3));
        windows("windows of 12", 1, 12, new WindowAttention(12, 0));
        tokens("196 tokens", 196, 0);
        tokens("49 tokens with a bias", 49, 2);
        section.line("");
        section.line("By: " + device.facts().getOrDefault("attention", "own kernels") + ".");
        device.counts().forEach((name, count) -> {
            if (name.startsWith("attention")) {
                section.line("Passes of " + name + ": " + (count - before.getOrDefault(name, 0L)) + ".");
            }
        });
        return section;
    }

    private static Tensor random(int number, int... dims) {
        return RandomSource.of(8).child(number).uniform(-1, 1, dims).to(Backends.cpu());
    }

    private void windows(String name, int images, int side, WindowAttention op) {
        int heads = 2;
        int depth = 32;
        int span = 2 * op.window() - 1;
        try (MemoryScope _ = MemoryScope.open("attention")) {
            Tensor qkv = random(1, images, side, side, 3 * heads * depth);
            Tensor table = random(2, span * span, heads);
            Tensor sums = compare(name, op, qkv, table);
            compare(name + ", backward", new WindowAttentionBackward(op.window(), op.shift()),
                    random(3, images, side, side, heads * depth), sums, qkv, table);
        }
    }

    private void tokens(String name, int tokens, int biased) {
        int depth = 64;
        double scale = 1 / Math.sqrt(depth);
        try (MemoryScope _ = MemoryScope.open("attention")) {
            int heads = Math.max(1, biased);
            Tensor qkv = random(1, 2, tokens, 3, heads, depth).permute(2, 0, 3, 1, 4);
            Tensor[] in = new Tensor[biased > 0 ? 4 : 3];
            for (int part = 0; part < 3; part++) {
                in[part] = qkv.select(0, part);
            }
            if (biased > 0) {
                in[3] = random(2, biased, tokens, tokens);
            }
            Tensor sums = compare(name, new Attention(scale), in);
            Tensor[] backward = new Tensor[in.length + 2];
            backward[0] = random(3, 2, heads, tokens, depth);
            backward[1] = sums;
            System.arraycopy(in, 0, backward, 2, in.length);
            compare(name + ", backward", new AttentionBackward(scale), backward);
        }
    }

    /** Compares all outputs; returns the second one of the CPU. */
    private Tensor compare(String name, Op op, Tensor... inputs) {
        List<Tensor> expected = inputs[0].apply(op, List.of(inputs));
        List<Tensor> there = Arrays.stream(inputs).map(input -> input.to(device)).toList();
        List<Tensor> actual = there.getFirst().apply(op, there);
        List<Tensor> again = there.getFirst().apply(op, there);
        double worst = 0;
        for (int k = 0; k < expected.size(); k++) {
            double[] want = expected.get(k).toDoubles();
            double[] have = actual.get(k).toDoubles();
            double largest = Arrays.stream(want).map(Math::abs).max().orElse(1);
            for (int i = 0; i < want.length; i++) {
                double error = Math.abs(have[i] - want[i]) / largest;
                worst = error <= worst ? worst : error; // NaN is worse than all
            }
            if (!Arrays.equals(have, again.get(k).toDoubles())) {
                section.failure(name + ": other bytes when called again, output " + k);
            }
        }
        section.row(name, "%.1e".formatted(worst));
        section.field(name, worst);
        if (!(worst <= ALLOWED)) {
            section.failure("%s: differs by %.2g of the largest element, allowed %.2g".formatted(name, worst, ALLOWED));
        }
        return expected.get(1);
    }
}
