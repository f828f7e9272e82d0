package dev.panacea.tests.bench;

import dev.panacea.tensor.Backends;
import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.op.BatchNorm2d;
import dev.panacea.tensor.op.BatchNorm2dBackward;
import dev.panacea.tensor.op.L2Normalize;
import dev.panacea.tensor.op.LayerNorm;
import dev.panacea.tensor.op.LayerNormBackward;
import dev.panacea.tensor.op.LogSoftmax;
import dev.panacea.tensor.op.Max;
import dev.panacea.tensor.op.Mean;
import dev.panacea.tensor.op.Op;
import dev.panacea.tensor.op.Softmax;
import dev.panacea.tensor.op.SoftmaxBackward;
import dev.panacea.tensor.op.Sum;
import dev.panacea.tensor.op.Variance;
import java.util.ArrayList;
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
 * Speed of the kernels of reductions, softmax and normalisations, on shapes of Swin-B and ViT-B. The second line of
 * each result is GB/s, each input and output counted once; with {@code -prof gc}, {@code gc.alloc.rate.norm} shows that
 * a call allocates nothing (sumPlanes alone makes a small tensor between its two passes).
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(value = 1, jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"})
public class ReductionBench {
    /** The op, and the shape of x. */
    @Param({
        "sumRows 1568 512", "sumColumns 1568 512", "sumAll 1568 512", "sumPlanes 2 64 112 112", "meanRows 1568 512",
        "maxColumns 1568 512", "varianceRows 1568 512", "softmax 2048 196", "softmax 4096 49",
        "softmaxMiddle 8 196 196", "softmaxBackward 2048 196", "logSoftmax 2048 196", "layerNorm 1568 512",
        "layerNorm 6272 128", "layerNormBackward 1568 512", "layerNormBackward 6272 128", "l2Normalize 1568 512",
        "batchNorm2d 2 64 112 112", "batchNorm2dBackward 2 64 112 112"})
    public String reduction;

    private Op op;
    private Kernel<Op> kernel;
    private Tensor[] inputs;
    private Tensor[] outputs;
    private MemoryScope scope;
    private double gigabytes;
    private double bound;

    /** Counts the work done. */
    @AuxCounters(AuxCounters.Type.OPERATIONS)
    @State(Scope.Thread)
    public static class Work {
        /** Bytes of inputs and outputs, in units of 10⁹. */
        public double gigabytes;
    }

    /** Makes inputs and outputs. */
    @Setup
    @SuppressWarnings("unchecked")
    public void make() {
        scope = MemoryScope.open("bench");
        String[] parts = reduction.split(" ");
        int[] dims = Arrays.stream(parts).skip(1).mapToInt(Integer::parseInt).toArray();
        int[] rows = Arrays.copyOf(dims, dims.length - 1);
        int[] channels = {dims[dims.length == 4 ? 1 : dims.length - 1]};
        op = switch (parts[0]) {
            case "sumRows" -> Sum.over(false, -1);
            case "sumColumns" -> Sum.over(false, 0);
            case "sumAll" -> Sum.over(false);
            case "sumPlanes" -> Sum.over(false, 0, 2, 3);
            case "meanRows" -> Mean.over(false, -1);
            case "maxColumns" -> Max.over(false, 0);
            case "varianceRows" -> Variance.over(0, false, -1);
            case "softmax" -> new Softmax(-1);
            case "softmaxMiddle" -> new Softmax(1);
            case "softmaxBackward" -> new SoftmaxBackward(-1);
            case "logSoftmax" -> new LogSoftmax(-1);
            case "layerNorm" -> new LayerNorm(1e-5);
            case "layerNormBackward" -> new LayerNormBackward();
            case "l2Normalize" -> new L2Normalize(-1, 1e-12);
            case "batchNorm2d" -> new BatchNorm2d(1e-5);
            case "batchNorm2dBackward" -> new BatchNorm2dBackward(1e-5, true);
            default -> throw new IllegalArgumentException(reduction);
        };
        List<Tensor> in = new ArrayList<>(List.of(random(dims)));
        switch (op) {
            case SoftmaxBackward _ -> in.add(random(dims));
            case LayerNorm _, BatchNorm2d _ -> in.addAll(List.of(random(channels), random(channels)));
            case LayerNormBackward _ ->
                in.addAll(List.of(random(dims), random(channels), random(rows), random(rows)));
            case BatchNorm2dBackward _ ->
                in.addAll(List.of(random(dims), random(channels), random(channels), random(channels)));
            default -> { }
        }
        inputs = in.toArray(Tensor[]::new);
        outputs = op.shapes(in.stream().map(Tensor::spec).toList()).stream()
                .map(spec -> Tensor.allocate(Backends.cpu(), spec)).toArray(Tensor[]::new);
        kernel = (Kernel<Op>) Backends.cpu().kernel(op);
        gigabytes = (bytes(inputs) + bytes(outputs)) * 1e-9;
        bound = Bound.seconds(op, inputs);
    }

    private static Tensor random(int... dims) {
        Tensor tensor = Tensor.zeros(dims);
        SplittableRandom random = new SplittableRandom(dims.length);
        for (long i = 0; i < tensor.size(); i++) {
            tensor.flat(i, random.nextDouble());
        }
        return tensor;
    }

    private static long bytes(Tensor[] tensors) {
        return Arrays.stream(tensors).map(Tensor::spec).mapToLong((Spec spec) -> 4 * spec.shape().size()).sum();
    }

    /** Frees inputs and outputs. */
    @TearDown
    public void free() {
        scope.close();
    }

    /** One call of the kernel. */
    @Benchmark
    public void call(Work work, Bound reached) {
        kernel.run(op, inputs, outputs);
        work.gigabytes += gigabytes;
        reached.fraction += bound;
    }
}
