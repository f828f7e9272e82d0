package dev.panacea.tensor.cpu;

import static dev.panacea.tensor.cpu.VectorWidth.FLOATS;
import static dev.panacea.tensor.cpu.VectorWidth.LANES;
import static dev.panacea.tensor.memory.Memory.ALL;
import static dev.panacea.tensor.memory.Memory.ORDER;
import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;

import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.memory.Memory;
import dev.panacea.tensor.op.Copy;
import dev.panacea.tensor.op.TieShare;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/** Counts the ties of each line, then writes their shares. Reduced axes that lie apart are copied together and back. */
final class TieShareKernel implements Kernel<TieShare> {
    private static final ThreadLocal<Lines> TASK = ThreadLocal.withInitial(Lines::new);
    private static final CopyKernel COPY = new CopyKernel();

    @Override
    public void run(TieShare op, Tensor[] inputs, Tensor[] outputs) {
        Tensor x = inputs[0];
        Lines task = TASK.get();
        AxisGroups form = task.form.gather(x.shape(), op.axes());
        int n = Math.toIntExact(form.folded());
        task.y = inputs[1].address();
        if (form.simple()) {
            task.x = x.address();
            task.share = outputs[0].address();
            task.run(form.outer(), n, form.inner(), 2);
            return;
        }
        int[] order = form.keptFirst(x.shape().rank());
        int[] back = new int[order.length];
        for (int axis = 0; axis < order.length; axis++) {
            back[order[axis]] = axis;
        }
        try (MemoryScope _ = MemoryScope.open("tieShare")) {
            Tensor lines = x.permute(order).contiguous();
            Tensor shares = Tensor.allocate(x.backend(), lines.spec());
            task.x = lines.address();
            task.share = shares.address();
            task.run(inputs[1].size(), n, 1, 2);
            COPY.run(new Copy(), new Tensor[] {shares.permute(back)}, outputs);
        }
    }

    private static final class Lines extends LineTask {
        private final AxisGroups form = new AxisGroups();
        private long x;
        private long y;
        private long share;

        @Override
        void lines(long offset, long line, int count, Scratch scratch) {
            for (int r = 0; r < count; r++) {
                long at = offset + 4L * r * n;
                float peak = Memory.f32(y + 4 * (line + r));
                write(x + at, peak, 1f / ties(x + at, peak, n), share + at, n);
            }
        }

        private static int ties(long x, float peak, int count) {
            int ties = 0;
            int i = 0;
            for (; i <= count - LANES; i += LANES) {
                ties += fromMemorySegment(FLOATS, ALL, x + 4L * i, ORDER).compare(VectorOperators.EQ, peak).trueCount();
            }
            if (i < count) {
                VectorMask<Float> mask = FLOATS.indexInRange(0, count - i);
                ties += fromMemorySegment(FLOATS, ALL, x + 4L * i, ORDER, mask).compare(VectorOperators.EQ, peak, mask)
                        .trueCount();
            }
            return ties;
        }

        private static void write(long x, float peak, float part, long share, int count) {
            FloatVector none = broadcast(FLOATS, 0);
            int i = 0;
            for (; i <= count - LANES; i += LANES) {
                none.blend(part, fromMemorySegment(FLOATS, ALL, x + 4L * i, ORDER).compare(VectorOperators.EQ, peak))
                        .intoMemorySegment(ALL, share + 4L * i, ORDER);
            }
            if (i < count) {
                VectorMask<Float> mask = FLOATS.indexInRange(0, count - i);
                none.blend(part, fromMemorySegment(FLOATS, ALL, x + 4L * i, ORDER, mask)
                        .compare(VectorOperators.EQ, peak)).intoMemorySegment(ALL, share + 4L * i, ORDER, mask);
            }
        }

        @Override
        void column(long offset, long line, int lanes) {
            VectorMask<Float> mask = FLOATS.indexInRange(0, lanes);
            FloatVector peak = fromMemorySegment(FLOATS, ALL, y + 4 * line, ORDER, mask);
            FloatVector none = broadcast(FLOATS, 0);
            FloatVector ties = none;
            for (int i = 0; i < n; i++) {
                ties = ties.blend(ties.add(1), fromMemorySegment(FLOATS, ALL, x + offset + i * stride, ORDER, mask)
                        .compare(VectorOperators.EQ, peak));
            }
            FloatVector part = broadcast(FLOATS, 1).div(ties);
            for (int i = 0; i < n; i++) {
                long at = offset + i * stride;
                none.blend(part, fromMemorySegment(FLOATS, ALL, x + at, ORDER, mask).compare(VectorOperators.EQ, peak))
                        .intoMemorySegment(ALL, share + at, ORDER, mask);
            }
        }
    }
}
