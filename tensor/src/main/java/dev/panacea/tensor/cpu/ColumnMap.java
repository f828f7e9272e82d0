package dev.panacea.tensor.cpu;

import dev.panacea.tensor.memory.Memory;
import dev.panacea.tensor.op.Taps;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * The taps along a row, for a vector of outputs at a time. A vector is made in steps: each loads neighbouring inputs,
 * hands every lane the one that is its turn, and adds it with the lane's weight; a lane whose next input is out of
 * reach adds zero. An image that grows takes one step for each tap. Every output adds its taps in order, whatever the
 * width.
 */
final class ColumnMap {
    private static final VectorSpecies<Float> S = VectorWidth.FLOATS;
    private static final VectorSpecies<Integer> I = S.withLanes(int.class);
    private static final int LANES = S.length();

    /** How many floats beyond the end of its input a row may read, without use of them. */
    static final int BEYOND = LANES - 1;

    private final int outputs;
    private final int[] steps;  // first step of each vector, and at the end the number of steps
    private int[] base;         // of each step: the first input that it loads
    private int[] lane;         // of each step and lane: which of those it takes
    private int[] keep;         // all ones where it takes any, else 0
    private float[] weights;    // 0 where it takes none

    ColumnMap(Taps taps) {
        outputs = taps.outputs();
        steps = new int[(outputs + LANES - 1) / LANES + 1];
        int room = taps.weights().length / LANES + steps.length;
        base = new int[room];
        lane = new int[room * LANES];
        keep = new int[room * LANES];
        weights = new float[room * LANES];
        for (int v = 0; v + 1 < steps.length; v++) {
            steps[v + 1] = steps[v];
            plan(taps, v);
        }
    }

    /** Adds steps until every output of the vector has all its taps. */
    private void plan(Taps taps, int v) {
        int first = v * LANES;
        int end = Math.min(outputs, first + LANES);
        int[] taken = new int[LANES];
        while (true) {
            int start = Integer.MAX_VALUE;
            for (int i = first; i < end; i++) {
                if (taken[i - first] < taps.count(i)) {
                    start = Math.min(start, taps.first()[i] + taken[i - first]);
                }
            }
            if (start == Integer.MAX_VALUE) {
                return;
            }
            int step = steps[v + 1]++;
            grow(step + 1);
            base[step] = start;
            for (int i = first; i < end; i++) {
                int tap = taken[i - first];
                int from = taps.first()[i] + tap - start;
                if (tap < taps.count(i) && from < LANES) {
                    int at = step * LANES + i - first;
                    lane[at] = from;
                    keep[at] = -1;
                    weights[at] = (float) taps.weights()[taps.offset()[i] + tap];
                    taken[i - first]++;
                }
            }
        }
    }

    private void grow(int count) {
        if (count > base.length) {
            int room = 2 * count;
            base = Arrays.copyOf(base, room);
            lane = Arrays.copyOf(lane, room * LANES);
            keep = Arrays.copyOf(keep, room * LANES);
            weights = Arrays.copyOf(weights, room * LANES);
        }
    }

    /** Maps {@code rows} rows, {@code xStep} and {@code yStep} bytes apart, between absolute addresses. */
    void apply(long x, long xStep, long y, long yStep, int rows) {
        for (int row = 0; row < rows; row += 4) {
            four(x + row * xStep, xStep, y + row * yStep, yStep, Math.min(3, rows - row - 1));
        }
    }

    /** Four rows share what is loaded for a step; where there are fewer, the {@code last} stands for the others too. */
    private void four(long x, long xStep, long y, long yStep, int last) {
        long x1 = Math.min(1, last) * xStep;
        long x2 = Math.min(2, last) * xStep;
        long x3 = last * xStep;
        int step = 0;
        for (int v = 0, i = 0; i < outputs; v++, i += LANES) {
            FloatVector a = FloatVector.zero(S);
            FloatVector b = a;
            FloatVector c = a;
            FloatVector d = a;
            for (int end = steps[v + 1]; step < end; step++) {
                long at = x + 4L * base[step];
                IntVector own = IntVector.fromArray(I, lane, step * LANES);
                IntVector kept = IntVector.fromArray(I, keep, step * LANES);
                FloatVector weight = FloatVector.fromArray(S, weights, step * LANES);
                a = own.selectFrom(IntVector.fromMemorySegment(I, Memory.ALL, at, Memory.ORDER)).and(kept)
                        .reinterpretAsFloats().fma(weight, a);
                b = own.selectFrom(IntVector.fromMemorySegment(I, Memory.ALL, at + x1, Memory.ORDER)).and(kept)
                        .reinterpretAsFloats().fma(weight, b);
                c = own.selectFrom(IntVector.fromMemorySegment(I, Memory.ALL, at + x2, Memory.ORDER)).and(kept)
                        .reinterpretAsFloats().fma(weight, c);
                d = own.selectFrom(IntVector.fromMemorySegment(I, Memory.ALL, at + x3, Memory.ORDER)).and(kept)
                        .reinterpretAsFloats().fma(weight, d);
            }
            long put = y + 4L * i;
            long y1 = put + Math.min(1, last) * yStep;
            long y2 = put + Math.min(2, last) * yStep;
            long y3 = put + last * yStep;
            if (i + LANES <= outputs) {
                a.intoMemorySegment(Memory.ALL, put, Memory.ORDER);
                b.intoMemorySegment(Memory.ALL, y1, Memory.ORDER);
                c.intoMemorySegment(Memory.ALL, y2, Memory.ORDER);
                d.intoMemorySegment(Memory.ALL, y3, Memory.ORDER);
            } else {
                VectorMask<Float> rest = S.indexInRange(i, outputs);
                a.intoMemorySegment(Memory.ALL, put, Memory.ORDER, rest);
                b.intoMemorySegment(Memory.ALL, y1, Memory.ORDER, rest);
                c.intoMemorySegment(Memory.ALL, y2, Memory.ORDER, rest);
                d.intoMemorySegment(Memory.ALL, y3, Memory.ORDER, rest);
            }
        }
    }
}
