package dev.panacea.tests.bench;

import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.op.AdamW;
import dev.panacea.tensor.op.Blend;
import dev.panacea.tensor.op.GradientNorm;
import dev.panacea.tensor.op.Lion;
import dev.panacea.tensor.op.Op;
import dev.panacea.tensor.op.Sgd;
import java.util.ArrayList;
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
 * Speed of the updates of a whole model in place, over tensors of the sizes of Swin-T: four matrices and eight short
 * vectors a block. The second line of each result is GB/s, each input and output counted once.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(value = 1, jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"})
public class OptimiserBench {
    private static final int[] DEPTHS = {2, 2, 6, 2};

    /** What is run. */
    @Param({"adamW", "sgd", "lion", "ema", "norm", "normEach"})
    public String update;

    private Op op;
    private List<Tensor> inputs;
    private List<Tensor> outputs;
    private MemoryScope scope;
    private double gigabytes;

    /** Counts the work done. */
    @AuxCounters(AuxCounters.Type.OPERATIONS)
    @State(Scope.Thread)
    public static class Work {
        /** Bytes of inputs and outputs, in units of 10⁹. */
        public double gigabytes;
    }

    /** Makes a model's worth of tensors. */
    @Setup
    public void make() {
        scope = MemoryScope.open("bench");
        op = switch (update) {
            case "adamW" -> new AdamW(1e-3, 0.9, 0.999, 1e-8, 0.05, 100);
            case "sgd" -> new Sgd(1e-3, 0.9, 1e-4, true);
            case "lion" -> new Lion(1e-4, 0.9, 0.99, 0.1);
            case "ema" -> Blend.average(0.996);
            case "norm" -> new GradientNorm(1, false);
            case "normEach" -> new GradientNorm(1, true);
            default -> throw new IllegalArgumentException(update);
        };
        int each = switch (update) {
            case "adamW" -> 4;
            case "sgd", "lion" -> 3;
            case "ema" -> 2;
            default -> 1;
        };
        inputs = new ArrayList<>();
        if (each > 2) {
            inputs.add(Tensor.scalar(0.5));
        }
        int first = inputs.size();
        SplittableRandom random = new SplittableRandom(each);
        for (int stage = 0; stage < DEPTHS.length; stage++) {
            int k = 96 << stage;
            for (int block = 0; block < DEPTHS[stage]; block++) {
                for (int[] dims : new int[][] {{3 * k, k}, {k, k}, {4 * k, k}, {k, 4 * k}, {3 * k}, {k}, {4 * k}, {k},
                    {k}, {k}, {k}, {k}}) {
                    for (int role = 0; role < each; role++) {
                        inputs.add(random(random, dims));
                    }
                }
            }
        }
        outputs = new ArrayList<>();
        List<Spec> specs = op.shapes(inputs.stream().map(Tensor::spec).toList());
        for (int k = 0; k < specs.size(); k++) {
            int input = first;
            while (input < inputs.size() && !op.inPlace(k, input)) {
                input++;
            }
            outputs.add(input < inputs.size() ? inputs.get(input) : Tensor.zeros(specs.get(k).shape().dims()));
        }
        gigabytes = (bytes(inputs) + bytes(outputs)) * 1e-9;
    }

    private static Tensor random(SplittableRandom random, int... dims) {
        Tensor tensor = Tensor.zeros(dims);
        for (long i = 0; i < tensor.size(); i++) {
            tensor.flat(i, random.nextDouble());
        }
        return tensor;
    }

    private static long bytes(List<Tensor> tensors) {
        return tensors.stream().mapToLong(tensor -> 4 * tensor.size()).sum();
    }

    /** Frees all tensors. */
    @TearDown
    public void free() {
        scope.close();
    }

    /** One update of all tensors, with the checks of its inputs and outputs. */
    @Benchmark
    public void call(Work work) {
        Tensor.into(op, inputs, outputs);
        work.gigabytes += gigabytes;
    }
}
