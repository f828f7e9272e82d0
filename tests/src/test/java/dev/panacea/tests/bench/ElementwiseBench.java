package dev.panacea.tests.bench;

import dev.panacea.tensor.ElementType;
import dev.panacea.tensor.RandomSource;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.op.Add;
import dev.panacea.tensor.op.BceWithLogits;
import dev.panacea.tensor.op.Cast;
import dev.panacea.tensor.op.CrossEntropy;
import dev.panacea.tensor.op.Dropout;
import dev.panacea.tensor.op.Exp;
import dev.panacea.tensor.op.Gelu;
import dev.panacea.tensor.op.GeluBackward;
import dev.panacea.tensor.op.Input;
import dev.panacea.tensor.op.Mul;
import dev.panacea.tensor.op.Normal;
import dev.panacea.tensor.op.Op;
import dev.panacea.tensor.op.Sigmoid;
import dev.panacea.tensor.op.Tanh;
import dev.panacea.tensor.op.Uniform;
import dev.panacea.tensor.op.Where;
import java.util.List;
import java.util.concurrent.TimeUnit;
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
import org.openjdk.jmh.annotations.Warmup;

/**
 * Calls a second of the elementwise kernels, of random numbers and of the losses, on the activations of a Swin stage:
 * 1568 × 512 elements, 3.2 MB each. With {@code -prof gc}, {@code gc.alloc.rate.norm} shows that a call allocates
 * nothing.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(value = 1, jvmArgs = {"--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"})
public class ElementwiseBench {
    private static final int[] DIMS = {1568, 512};

    /** What to run. */
    public enum Case {
        /** Two tensors of one shape. */
        ADD(new Add(), real(), real()),
        /** A row repeated: a bias. */
        ADD_ROW(new Add(), real(), Input.real(512)),
        /** A column repeated. */
        MUL_COLUMN(new Mul(), real(), Input.real(1568, 1)),
        /** Exponential. */
        EXP(new Exp(), real()),
        /** Hyperbolic tangent. */
        TANH(new Tanh(), real()),
        /** Logistic function. */
        SIGMOID(new Sigmoid(), real()),
        /** Exact GELU. */
        GELU(new Gelu(false), real()),
        /** Its gradient. */
        GELU_BACKWARD(new GeluBackward(false), real(), real()),
        /** GELU in its tanh form. */
        GELU_TANH(new Gelu(true), real()),
        /** One of two by a mask. */
        WHERE(new Where(), Input.mask(DIMS), real(), real()),
        /** F32 to BF16. */
        TO_BF16(new Cast(ElementType.BF16), real()),
        /** Uniform random numbers. */
        UNIFORM(new Uniform(Shape.of(DIMS), 0, 1, RandomSource.of(1))),
        /** Normal random numbers. */
        NORMAL(new Normal(Shape.of(DIMS), 0, 1, RandomSource.of(1))),
        /** A tenth set to zero. */
        DROPOUT(new Dropout(0.1, RandomSource.of(1)), real()),
        /** Rows of 512 classes. */
        CROSS_ENTROPY(new CrossEntropy(0), real(), Input.indices(512, 1568)),
        /** Weighted, as the matching losses are. */
        BCE_WITH_LOGITS(new BceWithLogits(), real(), Input.range(0, 1, DIMS), Input.range(0, 1, DIMS));

        private final Op op;
        private final List<Input> inputs;

        Case(Op op, Input... inputs) {
            this.op = op;
            this.inputs = List.of(inputs);
        }

        private static Input real() {
            return Input.real(DIMS);
        }
    }

    /** The case of this run. */
    @Param
    public Case what;

    private KernelCall call;

    /** Makes the inputs and outputs. */
    @Setup
    public void make() {
        call = new KernelCall(what.op, what.inputs.stream().map(input -> input.make(ElementType.F32, 1)).toList());
    }

    /** One call. */
    @Benchmark
    public void call(Bound reached) {
        call.run(reached);
    }
}
