package dev.panacea.tensor.cpu;

import static dev.panacea.tensor.cpu.VectorWidth.FLOATS;
import static dev.panacea.tensor.cpu.VectorWidth.LANES;

import jdk.incubator.vector.FloatVector;

/**
 * As many multiply-adds as a core can do: twelve chains that do not wait for each other, all of them in registers. Two
 * units of a latency of four or five cycles are kept busy by eight or ten; twelve, and both factors, still fit into the
 * sixteen registers of AVX2.
 */
public final class PeakTask extends RowTask {
    /** Few, so that the first rows, which the interpreter runs, do not take long. */
    private static final int STEPS = 4096;

    /** Floating-point operations of one row. */
    public static final long ROW_FLOPS = 2L * 12 * LANES * STEPS;

    /** Makes the task. */
    public PeakTask() {}

    @Override
    public void rows(int from, int to, Scratch scratch) {
        float[] sink = scratch.floats(0, LANES);
        for (int row = from; row < to; row++) {
            row(sink);
        }
    }

    /** Stores the sum of all chains, so that none of them is dead code. */
    private static void row(float[] sink) {
        FloatVector factor = FloatVector.broadcast(FLOATS, 0.999f);
        FloatVector term = FloatVector.broadcast(FLOATS, 0.001f);
        FloatVector a = FloatVector.broadcast(FLOATS, 0.1f);
        FloatVector b = FloatVector.broadcast(FLOATS, 0.2f);
        FloatVector c = FloatVector.broadcast(FLOATS, 0.3f);
        FloatVector d = FloatVector.broadcast(FLOATS, 0.4f);
        FloatVector e = FloatVector.broadcast(FLOATS, 0.5f);
        FloatVector f = FloatVector.broadcast(FLOATS, 0.6f);
        FloatVector g = FloatVector.broadcast(FLOATS, 0.7f);
        FloatVector h = FloatVector.broadcast(FLOATS, 0.8f);
        FloatVector i = FloatVector.broadcast(FLOATS, 0.9f);
        FloatVector j = FloatVector.broadcast(FLOATS, 1.1f);
        FloatVector k = FloatVector.broadcast(FLOATS, 1.2f);
        FloatVector l = FloatVector.broadcast(FLOATS, 1.3f);
        for (int step = 0; step < STEPS; step++) {
            a = a.fma(factor, term);
            b = b.fma(factor, term);
            c = c.fma(factor, term);
            d = d.fma(factor, term);
            e = e.fma(factor, term);
            f = f.fma(factor, term);
            g = g.fma(factor, term);
            h = h.fma(factor, term);
            i = i.fma(factor, term);
            j = j.fma(factor, term);
            k = k.fma(factor, term);
            l = l.fma(factor, term);
        }
        a.add(b).add(c.add(d)).add(e.add(f).add(g.add(h))).add(i.add(j).add(k.add(l))).intoArray(sink, 0);
    }
}
