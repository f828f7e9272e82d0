package dev.panacea.tensor.cpu;

import static dev.panacea.tensor.cpu.VectorWidth.FLOATS;
import static dev.panacea.tensor.memory.Memory.ALL;
import static dev.panacea.tensor.memory.Memory.ORDER;
import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;

import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.memory.Memory;
import dev.panacea.tensor.op.Variance;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** Variance in two passes, mean and squared deviations. Reduced axes that lie apart are first copied together. */
final class VarianceKernel implements Kernel<Variance> {
    private static final int RUN = 256; // elements summed before the sum joins the total
    private static final ThreadLocal<Lines> TASK = ThreadLocal.withInitial(Lines::new);

    @Override
    public void run(Variance op, Tensor[] inputs, Tensor[] outputs) {
        Tensor x = inputs[0];
        Lines task = TASK.get();
        AxisGroups form = task.form.gather(x.shape(), op.axes());
        task.y = outputs[0].address();
        task.divisor = form.folded() - op.correction();
        int n = Math.toIntExact(form.folded());
        if (form.simple()) {
            task.x = x.address();
            task.run(form.outer(), n, form.inner(), 2);
            return;
        }
        try (MemoryScope _ = MemoryScope.open("variance")) {
            task.x = x.permute(form.keptFirst(x.shape().rank())).contiguous().address();
            task.run(outputs[0].size(), n, 1, 2);
        }
    }

    private static final class Lines extends LineTask {
        private final AxisGroups form = new AxisGroups();
        private long x;
        private long y;
        private double divisor;

        @Override
        void lines(long offset, long line, int count, Scratch scratch) {
            for (int r = 0; r < count; r++) {
                long at = x + offset + 4L * r * n;
                float mean = (float) (RowSums.sum(at, n) / n);
                Memory.f32(y + 4 * (line + r), (float) (RowSums.squares(at, mean, n) / divisor));
            }
        }

        /** What rounding leaves in the mean is taken out again: Σ(x - m)² - (Σ(x - m))² / n holds for any m. */
        @Override
        void column(long offset, long line, int lanes) {
            VectorMask<Float> mask = FLOATS.indexInRange(0, lanes);
            FloatVector mean = broadcast(FLOATS, 0);
            for (int from = 0; from < n; from += RUN) {
                FloatVector sum = broadcast(FLOATS, 0);
                for (int i = from; i < Math.min(n, from + RUN); i++) {
                    sum = sum.add(fromMemorySegment(FLOATS, ALL, x + offset + i * stride, ORDER, mask));
                }
                mean = mean.add(sum);
            }
            mean = mean.div(n);
            FloatVector squares = broadcast(FLOATS, 0);
            FloatVector rest = squares;
            for (int from = 0; from < n; from += RUN) {
                FloatVector square = broadcast(FLOATS, 0);
                FloatVector sum = square;
                for (int i = from; i < Math.min(n, from + RUN); i++) {
                    FloatVector d = fromMemorySegment(FLOATS, ALL, x + offset + i * stride, ORDER, mask).sub(mean);
                    square = d.fma(d, square);
                    sum = sum.add(d);
                }
                squares = squares.add(square);
                rest = rest.add(sum);
            }
            squares = rest.mul(rest.div(n)).neg().add(squares);
            squares.max(0).div((float) divisor).intoMemorySegment(ALL, y + 4 * line, ORDER, mask);
        }
    }
}
