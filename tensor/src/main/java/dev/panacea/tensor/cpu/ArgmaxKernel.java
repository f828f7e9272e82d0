package dev.panacea.tensor.cpu;

import static dev.panacea.tensor.cpu.Lanes.COUNT;
import static dev.panacea.tensor.cpu.Lanes.first;
import static dev.panacea.tensor.cpu.Lanes.load;

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
    private static final VectorSpecies<Integer> INTS = VectorWidth.FLOATS.withLanes(int.class);
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
        void row(long offset, long line) {
            Memory.i32(y + 4 * line, find(x + offset, RowSums.max(x + offset, 1, n), n));
        }

        /** The first element equal to {@code max}, where NaN equals itself. */
        private static int find(long x, float max, int count) {
            boolean number = max == max;
            for (int i = 0; i < count; i += COUNT) {
                VectorMask<Float> mask = first(count - i);
                FloatVector v = load(x + 4L * i, mask);
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
            VectorMask<Float> mask = first(lanes);
            FloatVector best = load(x + offset, mask);
            IntVector index = IntVector.zero(INTS);
            for (int i = 1; i < n; i++) {
                FloatVector v = load(x + offset + i * stride, mask);
                VectorMask<Float> better = best.compare(VectorOperators.GE, v).not() // true beside NaN too
                        .and(best.compare(VectorOperators.EQ, best));
                best = best.blend(v, better);
                index = index.blend(i, better.cast(INTS));
            }
            index.intoMemorySegment(Memory.ALL, y + 4 * line, Memory.ORDER, mask.cast(INTS));
        }
    }
}
