package dev.panacea.tensor.cpu;

import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.memory.Memory;

/**
 * An elementwise update of many tensors in one pass: up to four operands in, up to three out, which may be the same
 * memory. A subclass holds one vector loop. It sees whole vectors only; the last part of a tensor is copied to some, so
 * that no element's value depends on where it falls.
 */
abstract class UpdateTask extends ListTask {
    private static final int OUT = 4;
    private static final int SLOTS = 7; // addresses of a tensor: four operands in, three out
    private static final int LANES = VectorWidth.LANES;

    private final int reads;
    private final int writes;
    private long[] at = new long[64 * SLOTS];
    private long scales;
    private long scaleStep;

    /** With the number of operands in and out. */
    UpdateTask(int reads, int writes) {
        this.reads = reads;
        this.writes = writes;
    }

    /**
     * Computes {@code count} whole vectors from absolute addresses, of which the unused are 0. Each vector is read from
     * all operands before any output is written.
     *
     * @param scale the number for this tensor
     */
    abstract void vectors(float scale, long a, long b, long c, long d, long x, long y, long z, long count);

    /** Runs over the groups of inputs from {@code first} on; where that is 1, input 0 has the scale or scales. */
    final void run(Tensor[] in, int first, Tensor[] out) {
        int count = out.length / writes;
        if (at.length < count * SLOTS) {
            at = new long[count * SLOTS];
        }
        begin();
        for (int tensor = 0; tensor < count; tensor++) {
            for (int k = 0; k < reads; k++) {
                at[tensor * SLOTS + k] = in[first + tensor * reads + k].address();
            }
            for (int k = 0; k < writes; k++) {
                at[tensor * SLOTS + OUT + k] = out[tensor * writes + k].address();
            }
            add(out[tensor * writes].size());
        }
        scales = first == 0 ? 0 : in[0].address();
        scaleStep = first == 0 || in[0].shape().rank() == 0 ? 0 : 4;
        run();
    }

    @Override
    final void chunk(int chunk, int tensor, long first, int count, long edge) {
        float scale = scales == 0 ? 1 : Memory.f32(scales + tensor * scaleStep);
        int slot = tensor * SLOTS;
        long start = 4 * first;
        int whole = count / LANES;
        if (whole > 0) {
            vectors(scale, at[slot] + start, at[slot + 1] + start, at[slot + 2] + start, at[slot + 3] + start,
                    at[slot + 4] + start, at[slot + 5] + start, at[slot + 6] + start, whole);
        }
        int tail = count % LANES;
        if (tail > 0) {
            start += 4L * whole * LANES;
            for (int k = 0; k < reads; k++) {
                Memory.copy(at[slot + k] + start, edge + 64L * k, 4L * tail);
            }
            vectors(scale, edge, edge + 64, edge + 128, edge + 192, edge, edge + 64, edge + 128, 1);
            for (int k = 0; k < writes; k++) {
                Memory.copy(edge + 64L * k, at[slot + OUT + k] + start, 4L * tail);
            }
        }
    }
}
