package dev.panacea.tests.bench;

import dev.panacea.tensor.ElementType;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.op.Concat;
import dev.panacea.tensor.op.Copy;
import dev.panacea.tensor.op.Gather;
import dev.panacea.tensor.op.IndexSelect;
import dev.panacea.tensor.op.IndexSelectBackward;
import dev.panacea.tensor.op.Input;
import dev.panacea.tensor.op.Op;
import dev.panacea.tensor.op.Pad;
import dev.panacea.tensor.op.Roll;
import dev.panacea.tensor.op.ScatterAdd;
import dev.panacea.tensor.op.Slice;
import dev.panacea.tensor.op.SliceBackward;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
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
 * The kernels that move data, alone, into outputs that exist. Run {@code ./panacea jmh MovementBench}: a call must
 * allocate nothing.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(value = 1, jvmArgs = {"--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"})
public class MovementBench {
    /** What to run; the number is the megabytes written. */
    public enum Case {
        /** A dense copy, the yardstick of the others: 4.2. */
        COPY(new Copy(), () -> List.of(real(1024, 1024))),
        /** A square matrix turned: 4.2. */
        TRANSPOSE(new Copy(), () -> List.of(real(1024, 1024).transpose(0, 1))),
        /** Heads before tokens, 64 floats at a time: 2.4. */
        HEADS(new Copy(), () -> List.of(real(4, 196, 12, 64).permute(0, 2, 1, 3))),
        /** Channels before pixels: 9.6. */
        CHANNELS_FIRST(new Copy(), () -> List.of(real(8, 56, 56, 96).permute(0, 3, 1, 2))),
        /** Swin's patch merging, four strided views side by side: 9.6. */
        CONCAT_PATCHES(new Concat(-1), () -> {
            Tensor x = real(8, 56, 56, 96);
            return List.of(corner(x, 0, 0), corner(x, 1, 0), corner(x, 0, 1), corner(x, 1, 1));
        }),
        /** Swin's shift: 9.6. */
        ROLL(Roll.by(new int[] {-3, -3}, 1, 2), () -> List.of(real(8, 56, 56, 96))),
        /** A margin of zeros around images: 19.8. */
        PAD(Pad.zeros(new int[] {0, 0, 3, 3}, new int[] {0, 0, 3, 3}), () -> List.of(real(8, 3, 448, 448))),
        /** A mirrored margin around images: 19.8. */
        PAD_REFLECT(Pad.of(new int[] {0, 0, 3, 3}, new int[] {0, 0, 3, 3}, Pad.Mode.REFLECT, 0),
                () -> List.of(real(8, 3, 448, 448))),
        /** Elements along rows: 4.2. */
        GATHER(new Gather(1), () -> List.of(real(1024, 1024), indices(1024, 1024, 1024))),
        /** Elements added along columns: 4.2. */
        SCATTER_ADD(new ScatterAdd(0), () -> List.of(real(1024, 1024), indices(1024, 1024, 1024), real(1024, 1024))),
        /** Swin's table of position biases, read: 0.1. */
        INDEX_SELECT(new IndexSelect(0), () -> List.of(real(169, 12), indices(169, 2401))),
        /** Swin's table of position biases, its gradient: 0.01. */
        INDEX_SELECT_BACKWARD(new IndexSelectBackward(0, 169), () -> List.of(real(2401, 12), indices(169, 2401))),
        /** The gradient of a slice of tokens: 4.8. */
        SLICE_BACKWARD(new SliceBackward(new Slice(1, 1, 197, 1), Shape.of(8, 197, 768)),
                () -> List.of(real(8, 196, 768)));

        private final Op op;
        private final Supplier<List<Tensor>> inputs;

        Case(Op op, Supplier<List<Tensor>> inputs) {
            this.op = op;
            this.inputs = inputs;
        }

        private static Tensor real(int... dims) {
            return Input.real(dims).make(ElementType.F32, 1);
        }

        private static Tensor indices(int below, int... dims) {
            return Input.indices(below, dims).make(ElementType.F32, 2);
        }

        private static Tensor corner(Tensor x, int row, int column) {
            return x.slice(1, row, x.dim(1), 2).slice(2, column, x.dim(2), 2);
        }
    }

    /** The case of this run. */
    @Param
    public Case what;

    private KernelCall call;

    /** Makes the inputs and outputs. */
    @Setup
    public void make() {
        call = new KernelCall(what.op, what.inputs.get());
    }

    /** One call. */
    @Benchmark
    public void call(Bound reached) {
        call.run(reached);
    }
}
