package dev.panacea.bindings.cudnn;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/** cuDNN's plans for an attention of one shape, forward and backward. */
public final class AttentionPlans implements AutoCloseable {
    private final Plan forward;
    private final Plan backward;

    /**
     * Finds both plans.
     *
     * @throws Refusal if cuDNN has not got both for this card
     */
    public AttentionPlans(Handle handle, AttentionShape shape) {
        forward = new Plan(handle, AttentionGraph.forward(shape));
        try {
            backward = new Plan(handle, AttentionGraph.backward(shape));
        } catch (RuntimeException refused) {
            forward.close();
            throw refused;
        }
    }

    /** Bytes of device memory that either of them needs while it runs, 0 for none. */
    public long workspaceBytes() {
        return Math.max(forward.workspaceBytes(), backward.workspaceBytes());
    }

    /** Gives the forward pass to the device; {@code workspace} is device memory. */
    public void forward(double scale, AttentionTensors tensors, long workspace) {
        try (Arena arena = Arena.ofConfined()) {
            Pointers pointers = new Pointers();
            operands(pointers, scale, tensors, arena);
            pointers.run(forward, workspace);
        }
    }

    /** Gives the backward pass to the device; {@code workspace} is device memory. */
    public void backward(double scale, AttentionTensors tensors, AttentionSlopes slopes, long workspace) {
        try (Arena arena = Arena.ofConfined()) {
            Pointers pointers = new Pointers();
            operands(pointers, scale, tensors, arena);
            pointers.put(AttentionGraph.GRADIENT, slopes.gradient());
            pointers.put(AttentionGraph.QUERY_SLOPE, slopes.query());
            pointers.put(AttentionGraph.KEY_SLOPE, slopes.key());
            pointers.put(AttentionGraph.VALUE_SLOPE, slopes.value());
            pointers.put(AttentionGraph.BIAS_SLOPE, slopes.bias());
            pointers.put(AttentionGraph.SUMS, slopes.sums());
            pointers.put(AttentionGraph.ONE, arena.allocateFrom(ValueLayout.JAVA_FLOAT, 1).address());
            pointers.run(backward, workspace);
        }
    }

    private static void operands(Pointers pointers, double scale, AttentionTensors tensors, Arena arena) {
        pointers.put(AttentionGraph.QUERY, tensors.query());
        pointers.put(AttentionGraph.KEY, tensors.key());
        pointers.put(AttentionGraph.VALUE, tensors.value());
        pointers.put(AttentionGraph.BIAS, tensors.bias());
        pointers.put(AttentionGraph.RESULT, tensors.result());
        pointers.put(AttentionGraph.LOG_SUM_EXP, tensors.logSumExp());
        pointers.put(AttentionGraph.SCALE, arena.allocateFrom(ValueLayout.JAVA_FLOAT, (float) scale).address());
    }

    /** Ids of tensors and where they lie; what lies nowhere is not there. */
    private static final class Pointers {
        private final long[] ids = new long[(int) AttentionGraph.ONE];
        private final long[] addresses = new long[ids.length];
        private int count;

        void put(long id, long address) {
            if (address != 0) {
                ids[count] = id;
                addresses[count++] = address;
            }
        }

        void run(Plan plan, long workspace) {
            plan.run(Arrays.copyOf(ids, count), Arrays.copyOf(addresses, count), workspace);
        }
    }

    @Override
    public void close() {
        backward.close();
        forward.close();
    }
}
