package dev.panacea.tensor.cpu;

import static dev.panacea.tensor.cpu.VectorWidth.FLOATS;
import static dev.panacea.tensor.cpu.VectorWidth.LANES;
import static dev.panacea.tensor.memory.Memory.ALL;
import static dev.panacea.tensor.memory.Memory.ORDER;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;

import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.memory.Memory;
import dev.panacea.tensor.op.Argmax;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Index of the largest element: along contiguous lines by finding the maximum first, elsewhere by keeping both. */
final class ArgmaxKernel implements Kernel<Argmax> {
    private static final VectorSpecies<Integer> INTS = FLOATS.withLanes(int.class);
    private static final ThreadLocal<Lines> TASK = ThreadLocal.withInitial(Lines::new);

    @Override
    public void run(Argmax op, Tensor[] inputs, Tensor[] outputs) {
        Lines task = TASK.get();
        task.x = inputs[0].address();
        task.y = outputs[0].address();
        if (op.axes().isEmpty()) {
            task.run(1, Math.toIntExact(inputs[0].size()), 1, 2);
        } else {
            task.run(inputs[0].shape(), op.axes().getFirst(), 2);
        }
    }

    private static final class Lines extends LineTask {
        private long x;
        private long y;

        @Override
        void lines(long offset, long line, int count, Scratch scratch) {
            for (int r = 0; r < count; r++) {
                long at = x + offset + 4L * r * n;
                Memory.i32(y + 4 * (line + r), find(at, RowSums.max(at, 1, n), n));
            }
        }

        /** The first element equal to {@code max}, where NaN equals itself. */
        private static int find(long x, float max, int count) {
            boolean number = max == max;
            for (int i = 0; i < count; i += LANES) {
                VectorMask<Float> mask = FLOATS.indexInRange(0, count - i);
                FloatVector v = fromMemorySegment(FLOATS, ALL, x + 4L * i, ORDER, mask);
                VectorMask<Float> found = number
                        ? v.compare(VectorOperators.EQ, max, mask)
                        : v.compare(VectorOperators.NE, v).and(mask);
                if (found.anyTrue()) {
                    return i + found.firstTrue();
                }
            }
            throw new AssertionError("argmax: maximum " + max + " is not among " + count + " elements");
        }

        @Override
        void column(long offset, long line, int lanes) {
            VectorMask<Float> mask = FLOATS.indexInRange(0, lanes);
            FloatVector best = fromMemorySegment(FLOATS, ALL, x + offset, ORDER, mask);
            IntVector index = IntVector.zero(INTS);
            for (int i = 1; i < n; i++) {
                FloatVector v = fromMemorySegment(FLOATS, ALL, x + offset + i * stride, ORDER, mask);
                VectorMask<Float> better = best.compare(VectorOperators.GE, v).not() // true beside NaN too
                        .and(best.compare(VectorOperators.EQ, best));
                best = best.blend(v, better);
                index = index.blend(i, better.cast(INTS));
            }
            index.intoMemorySegment(ALL, y + 4 * line, ORDER, mask.cast(INTS));
        }
    }
}
