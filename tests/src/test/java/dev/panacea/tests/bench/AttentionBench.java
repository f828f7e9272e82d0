package dev.panacea.tests.bench;

import dev.panacea.tensor.Backend;
import dev.panacea.tensor.Backends;
import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.op.Attention;
import dev.panacea.tensor.op.AttentionBackward;
import dev.panacea.tensor.op.Op;
import dev.panacea.tensor.op.WindowAttention;
import dev.panacea.tensor.op.WindowAttentionBackward;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Speed of fused attention: a layer of ViT-B/16 at 224², two images, read from a packed qkv in place; and a stage of
 * Swin-B's width with windows of 7 and 14, shifted. The second line of each result is GFLOP/s, counting the products
 * alone: two in forward, five in backward, where the fraction of the bound counts four, since scores computed again are
 * no use. With {@code -prof gc}, {@code gc.alloc.rate.norm} shows that a call allocates nothing.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 3, time = 1)
@Fork(value = 1, jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"})
public class AttentionBench {
    private static final double VIT_SCALE = 0.125;

    /** What to attend: all tokens of an image, or those of a window. */
    @Param({"vit", "window 7", "window 14"})
    public String layer;

    private MemoryScope scope;
    private double products;
    private double forwardBound;
    private double backwardBound;
    private Call forward;
    private Call backward;

    /** Counts the work done. */
    @AuxCounters(AuxCounters.Type.OPERATIONS)
    @State(Scope.Thread)
    public static class Work {
        /** Floating-point operations, in units of 10⁹. */
        public double gigaflops;
    }

    /** A kernel with its operands, outputs allocated before. */
    private record Call(Kernel<Op> kernel, Op op, Tensor[] in, Tensor[] out) {
        @SuppressWarnings("unchecked")
        static Call of(Op op, Tensor... in) {
            Backend cpu = Backends.cpu();
            Tensor[] out = op.shapes(Arrays.stream(in).map(Tensor::spec).toList()).stream()
                    .map(spec -> Tensor.allocate(cpu, spec)).toArray(Tensor[]::new);
            return new Call((Kernel<Op>) cpu.kernel(op), op, in, out);
        }

        void run() {
            kernel.run(op, in, out);
        }
    }

    /** Fills the operands. */
    @Setup
    public void fill() {
        scope = MemoryScope.open("bench");
        if (layer.equals("vit")) {
            vit(2, 12, 197, 64);
        } else {
            windows(Integer.parseInt(layer.substring(7)), 56, 4, 32);
        }
        forwardBound = Bound.seconds(forward.op, forward.in);
        backwardBound = Bound.seconds(backward.op, backward.in);
    }

    private void vit(int batch, int heads, int tokens, int depth) {
        Tensor qkv = random(batch, tokens, 3, heads, depth).permute(2, 0, 3, 1, 4); // [3, B, h, N, D], a view
        Tensor q = qkv.select(0, 0);
        Tensor k = qkv.select(0, 1);
        Tensor v = qkv.select(0, 2);
        Tensor logSumExp = q.apply(new Attention(VIT_SCALE), List.of(q, k, v)).get(1);
        forward = Call.of(new Attention(VIT_SCALE), q, k, v);
        backward = Call.of(new AttentionBackward(VIT_SCALE), random(batch, heads, tokens, depth), logSumExp, q, k, v);
        products = 2e-9 * batch * heads * tokens * tokens * depth;
    }

    private void windows(int window, int side, int heads, int depth) {
        Tensor qkv = random(1, side, side, 3 * heads * depth);
        Tensor table = random((2 * window - 1) * (2 * window - 1), heads);
        int shift = window / 2;
        Tensor logSumExp = qkv.apply(new WindowAttention(window, shift), List.of(qkv, table)).get(1);
        forward = Call.of(new WindowAttention(window, shift), qkv, table);
        backward = Call.of(new WindowAttentionBackward(window, shift), random(1, side, side, heads * depth), logSumExp,
                qkv, table);
        products = 2e-9 * side * side * window * window * heads * depth;
    }

    private static Tensor random(int... dims) {
        SplittableRandom random = new SplittableRandom(dims.length);
        float[] values = new float[(int) Shape.of(dims).size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = 2 * random.nextFloat() - 1;
        }
        return Tensor.of(Shape.of(dims), values);
    }

    /** Frees the operands. */
    @TearDown
    public void free() {
        scope.close();
    }

    /** Output and log-sum-exp. */
    @Benchmark
    public void forward(Work work, Bound reached) {
        forward.run();
        work.gigaflops += 2 * products;
        reached.fraction += forwardBound;
    }

    /** All gradients, probabilities computed again. */
    @Benchmark
    public void backward(Work work, Bound reached) {
        backward.run();
        work.gigaflops += 5 * products;
        reached.fraction += backwardBound;
    }
}
