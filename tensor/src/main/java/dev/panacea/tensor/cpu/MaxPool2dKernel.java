package dev.panacea.tensor.cpu;

import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.memory.Memory;
import dev.panacea.tensor.op.MaxPool2d;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Max pooling: the largest of each column of a row of windows goes into a line with padding at both ends, then the
 * largest of each window of the line. Both steps are vectorised over columns. Positions travel along as floats.
 */
final class MaxPool2dKernel implements Kernel<MaxPool2d> {
    private static final VectorSpecies<Float> S = VectorWidth.FLOATS;
    private static final VectorSpecies<Integer> INTS = S.withLanes(int.class);
    private static final int LANES = S.length();
    private static final int LINE = 0;      // scratch: the largest of each column
    private static final int POSITIONS = 1; // scratch: where it is in the plane
    private static final long EXACT = 1 << 24; // a float holds whole numbers to here
    private static final float[] LANE = new float[LANES];
    private static final ThreadLocal<Planes> TASK = ThreadLocal.withInitial(Planes::new);

    static {
        for (int lane = 0; lane < LANES; lane++) {
            LANE[lane] = lane;
        }
    }

    @Override
    public boolean accepts(MaxPool2d op, Tensor[] inputs) {
        return Kernel.super.accepts(op, inputs) && (long) inputs[0].dim(2) * inputs[0].dim(3) <= EXACT;
    }

    @Override
    public void run(MaxPool2d op, Tensor[] inputs, Tensor[] outputs) {
        Planes task = TASK.get();
        if (task.stride != op.stride()) {
            task.stride = op.stride();
            Arrays.setAll(task.steps, lane -> lane * op.stride());
        }
        task.kernel = op.kernel();
        task.padding = op.padding();
        task.height = inputs[0].dim(2);
        task.width = inputs[0].dim(3);
        task.rows = outputs[0].dim(2);
        task.columns = outputs[0].dim(3);
        task.x = inputs[0].address();
        task.y = outputs[0].address();
        task.positions = outputs[1].address();
        ParallelRows.run(task, inputs[0].dim(0) * inputs[0].dim(1),
                ParallelRows.grain((long) task.height * task.width, 1 << 14));
    }

    private static final class Planes extends RowTask {
        private final int[] steps = new int[LANES]; // columns between the windows of one vector
        private int kernel;
        private int stride;
        private int padding;
        private int height;
        private int width;
        private int rows;
        private int columns;
        private long x;
        private long y;
        private long positions;

        @Override
        public void rows(int from, int to, Scratch scratch) {
            int vectors = (columns + LANES - 1) / LANES;
            int length = Math.max(padding + width, (vectors * LANES - 1) * stride + kernel);
            float[] line = scratch.floats(LINE, length);
            float[] places = scratch.floats(POSITIONS, length);
            Arrays.fill(line, 0, length, Float.NEGATIVE_INFINITY);
            Arrays.fill(places, 0, length, Float.POSITIVE_INFINITY); // padding loses against every element
            for (int plane = from; plane < to; plane++) {
                long source = x + 4L * plane * height * width;
                for (int i = 0; i < rows; i++) {
                    int top = i * stride - padding;
                    across(source, Math.max(0, top), Math.min(height, top + kernel), width, line, places, padding);
                    long target = 4L * ((long) plane * rows + i) * columns;
                    along(line, places, kernel, stride, steps, columns, y + target, positions + target);
                }
            }
        }
    }

    /** The largest of each column over rows {@code first} to {@code last}, exclusive, and its position. */
    private static void across(long x, int first, int last, int width, float[] line, float[] places, int to) {
        int j = 0;
        for (; j <= width - LANES; j += LANES) {
            int start = first * width + j;
            long at = x + 4L * start;
            FloatVector value = FloatVector.fromMemorySegment(S, Memory.ALL, at, Memory.ORDER);
            FloatVector nextPlace = FloatVector.fromArray(S, LANE, 0).add(start);
            FloatVector place = nextPlace;
            for (int i = first + 1; i < last; i++) {
                at += 4L * width;
                nextPlace = nextPlace.add(width);
                FloatVector next = FloatVector.fromMemorySegment(S, Memory.ALL, at, Memory.ORDER);
                VectorMask<Float> wins = next.compare(VectorOperators.LE, value).not()
                        .and(value.compare(VectorOperators.EQ, value)); // as in wins below
                value = value.blend(next, wins);
                place = place.blend(nextPlace, wins);
            }
            value.intoArray(line, to + j);
            place.intoArray(places, to + j);
        }
        for (; j < width; j++) {
            int place = first * width + j;
            float value = Memory.f32(x + 4L * place);
            for (int i = first + 1; i < last; i++) {
                float next = Memory.f32(x + 4L * (i * width + j));
                if (wins(next, value)) {
                    value = next;
                    place = i * width + j;
                }
            }
            line[to + j] = value;
            places[to + j] = place;
        }
    }

    /** Strictly larger wins, so the first keeps a tie; a NaN wins over numbers and is never replaced. */
    private static boolean wins(float next, float value) {
        return !(next <= value) && value == value;
    }

    /** The largest of each window of the line, and of equal elements the one with the lowest position. */
    private static void along(float[] line, float[] places, int kernel, int stride, int[] steps, int columns, long y,
            long positions) {
        for (int j = 0; j < columns; j += LANES) {
            FloatVector value = FloatVector.fromArray(S, line, j * stride, steps, 0);
            FloatVector place = FloatVector.fromArray(S, places, j * stride, steps, 0);
            for (int c = j * stride + 1; c < j * stride + kernel; c++) {
                FloatVector next = FloatVector.fromArray(S, line, c, steps, 0);
                FloatVector nextPlace = FloatVector.fromArray(S, places, c, steps, 0);
                VectorMask<Float> number = value.compare(VectorOperators.EQ, value);
                VectorMask<Float> earlier = nextPlace.compare(VectorOperators.LT, place);
                VectorMask<Float> wins = next.compare(VectorOperators.LE, value).not().and(number)
                        .or(next.compare(VectorOperators.EQ, value).and(earlier))
                        .or(next.compare(VectorOperators.EQ, next).or(number).not().and(earlier));
                value = value.blend(next, wins);
                place = place.blend(nextPlace, wins);
            }
            long at = 4L * j;
            if (j + LANES <= columns) {
                value.intoMemorySegment(Memory.ALL, y + at, Memory.ORDER);
                place.convert(VectorOperators.F2I, 0).reinterpretAsInts()
                        .intoMemorySegment(Memory.ALL, positions + at, Memory.ORDER);
            } else {
                VectorMask<Float> inside = S.indexInRange(j, columns);
                value.intoMemorySegment(Memory.ALL, y + at, Memory.ORDER, inside);
                place.convert(VectorOperators.F2I, 0).reinterpretAsInts()
                        .intoMemorySegment(Memory.ALL, positions + at, Memory.ORDER, inside.cast(INTS));
            }
        }
    }
}
