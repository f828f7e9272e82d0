package dev.panacea.bindings.cuda.kernel;

import dev.panacea.bindings.cuda.CudaBackend;
import dev.panacea.bindings.cuda.KernelFunction;
import dev.panacea.bindings.cuda.Scratch;
import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.op.Op;
import dev.panacea.tensor.op.Resampling;
import dev.panacea.tensor.op.ResamplingBackward;
import dev.panacea.tensor.op.Taps;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Pooling by averages and resizing, and the gradient: one kernel for all, with the taps of both maps beside it, a few
 * kilobytes.
 *
 * @param <O> the op
 */
final class ResamplingKernel<O extends Op> implements Kernel<O> {
    private static final KernelFunction RESAMPLE = Texts.of("resample.cu").function("resample");

    @Override
    public void run(O op, Tensor[] inputs, Tensor[] outputs) {
        Tensor x = inputs[0];
        if (op instanceof ResamplingBackward backward) {
            Resampling forward = backward.resampling();
            resample(forward.taps(2, backward.input().dim(2)).transposed(),
                    forward.taps(3, backward.input().dim(3)).transposed(), x, outputs[0]);
        } else {
            Resampling forward = (Resampling) op;
            resample(forward.taps(2, x.dim(2)), forward.taps(3, x.dim(3)), x, outputs[0]);
        }
    }

    private static void resample(Taps rows, Taps columns, Tensor x, Tensor y) {
        CudaBackend cuda = CudaBackend.of(y);
        long rowBytes = byteSize(rows);
        long byteSize = rowBytes + byteSize(columns);
        try (Arena arena = Arena.ofConfined(); Scratch tables = cuda.scratch(byteSize)) {
            MemorySegment host = arena.allocate(byteSize, 8);
            write(rows, host);
            write(columns, host.asSlice(rowBytes));
            cuda.upload(host.address(), tables.address(), byteSize);
            long at = tables.address();
            long next = at + rowBytes;
            cuda.launch(RESAMPLE).over(y.size()).pointer(y).pointer(x).i64(y.size()).i32(x.dim(2)).i32(x.dim(3))
                    .i32(y.dim(2)).i32(y.dim(3))
                    .pointer(at).pointer(at + offsets(rows)).pointer(at + weights(rows))
                    .pointer(next).pointer(next + offsets(columns)).pointer(next + weights(columns)).run();
        }
    }

    private static long offsets(Taps taps) {
        return 4L * taps.outputs();
    }

    private static long weights(Taps taps) {
        return offsets(taps) + 4L * (taps.outputs() + 1);
    }

    private static long byteSize(Taps taps) {
        return weights(taps) + 4L * taps.weights().length;
    }

    /** First inputs, offsets and weights, one after another. */
    private static void write(Taps taps, MemorySegment to) {
        MemorySegment.copy(taps.first(), 0, to, ValueLayout.JAVA_INT, 0, taps.outputs());
        MemorySegment.copy(taps.offset(), 0, to, ValueLayout.JAVA_INT, offsets(taps), taps.outputs() + 1);
        MemorySegment weights = to.asSlice(weights(taps));
        for (int i = 0; i < taps.weights().length; i++) {
            weights.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) taps.weights()[i]);
        }
    }
}
