package dev.panacea.tests.bench;

import dev.panacea.tensor.ElementType;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.op.AvgPool2d;
import dev.panacea.tensor.op.Bilinear;
import dev.panacea.tensor.op.Conv2d;
import dev.panacea.tensor.op.Conv2dBackwardInput;
import dev.panacea.tensor.op.Conv2dBackwardWeight;
import dev.panacea.tensor.op.Input;
import dev.panacea.tensor.op.MaxPool2d;
import dev.panacea.tensor.op.MaxPool2dBackward;
import dev.panacea.tensor.op.Op;
import dev.panacea.tensor.op.ResamplingBackward;
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
 * The kernels of convolution, pooling and resizing alone, into outputs that exist. Run
 * {@code org.openjdk.jmh.Main ConvBench -prof gc}: a call must allocate nothing.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(value = 1, jvmArgs = {"--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"})
public class ConvBench {
    /** What to run; the number behind a convolution is its work in GFLOP. */
    public enum Case {
        /** 128 to 128 channels at 56 x 56, batch 2: 1.85. */
        CONV_3X3(Conv2d.of(1, 1), reals(2, 128, 56, 56), reals(128, 128, 3, 3)),
        /** Its gradient by the input: 1.85. */
        CONV_3X3_BACKWARD_INPUT(new Conv2dBackwardInput(Conv2d.of(1, 1), Shape.of(2, 128, 56, 56)),
                reals(2, 128, 56, 56), reals(128, 128, 3, 3)),
        /** Its gradient by the weight: 1.85. */
        CONV_3X3_BACKWARD_WEIGHT(new Conv2dBackwardWeight(Conv2d.of(1, 1), Shape.of(128, 128, 3, 3)),
                reals(2, 128, 56, 56), reals(2, 128, 56, 56)),
        /** 512 to 256 channels at 56 x 56, batch 2: 1.64. */
        CONV_1X1(Conv2d.of(1, 0), reals(2, 512, 56, 56), reals(256, 512, 1, 1), reals(256)),
        /** Swin's patches of 4 x 4 at 224 x 224, batch 2: 0.08. */
        PATCHES_4X4(Conv2d.of(4, 0), reals(2, 3, 224, 224), reals(128, 3, 4, 4), reals(128)),
        /** Its gradient by the weight: 0.08. */
        PATCHES_4X4_BACKWARD_WEIGHT(new Conv2dBackwardWeight(Conv2d.of(4, 0), Shape.of(128, 3, 4, 4)),
                reals(2, 128, 56, 56), reals(2, 3, 224, 224)),
        /** ViT's patches of 16 x 16 at 224 x 224, batch 2: 0.46. */
        PATCHES_16X16(Conv2d.of(16, 0), reals(2, 3, 224, 224), reals(768, 3, 16, 16), reals(768)),
        /** Depthwise 7 x 7 on 96 channels at 56 x 56, batch 2: 0.06. */
        CONV_DEPTHWISE(new Conv2d(1, 3, 1, 96), reals(2, 96, 56, 56), reals(96, 1, 7, 7)),
        /** Its gradient by the input: 0.06. */
        CONV_DEPTHWISE_BACKWARD_INPUT(new Conv2dBackwardInput(new Conv2d(1, 3, 1, 96), Shape.of(2, 96, 56, 56)),
                reals(2, 96, 56, 56), reals(96, 1, 7, 7)),
        /** Its gradient by the weight: 0.06. */
        CONV_DEPTHWISE_BACKWARD_WEIGHT(new Conv2dBackwardWeight(new Conv2d(1, 3, 1, 96), Shape.of(96, 1, 7, 7)),
                reals(2, 96, 56, 56), reals(2, 96, 56, 56)),
        /** Windows of 3 x 3, step 2, on 2 x 64 planes of 112 x 112. */
        MAX_POOL(new MaxPool2d(3, 2, 1), reals(2, 64, 112, 112)),
        /** Its gradient. */
        MAX_POOL_BACKWARD(new MaxPool2dBackward(Shape.of(2, 64, 112, 112)), reals(2, 64, 56, 56),
                Input.indices(112 * 112, 2, 64, 56, 56)),
        /** Windows of 2 x 2, step 2, on 2 x 64 planes of 112 x 112. */
        AVG_POOL(new AvgPool2d(2, 2, 0), reals(2, 64, 112, 112)),
        /** 2 x 64 planes from 56 x 56 to 112 x 112. */
        BILINEAR(new Bilinear(112, 112, false), reals(2, 64, 56, 56)),
        /** Its gradient. */
        BILINEAR_BACKWARD(new ResamplingBackward(new Bilinear(112, 112, false), Shape.of(2, 64, 56, 56)),
                reals(2, 64, 112, 112));

        private final Op op;
        private final List<Input> inputs;

        Case(Op op, Input... inputs) {
            this.op = op;
            this.inputs = List.of(inputs);
        }

        private static Input reals(int... dims) {
            return Input.range(-1, 1, dims);
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
