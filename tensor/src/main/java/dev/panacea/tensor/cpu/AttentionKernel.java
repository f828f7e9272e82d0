package dev.panacea.tensor.cpu;

import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.op.Attention;

/**
 * Attention by blocks of queries: scores of one block against all keys live in scratch only. Operands are read in place
 * whatever their strides, such as slices of a packed qkv; a thread packs the keys and values of a head once for all
 * blocks of that head that it gets in a row.
 */
final class AttentionKernel implements Kernel<Attention> {
    private static final ThreadLocal<Blocks> TASK = ThreadLocal.withInitial(Blocks::new);
    /** From here on threads share heads, below they share the blocks of a head. */
    private static final int MANY_HEADS = 16;

    @Override
    public boolean strided(Attention op, int index) {
        return true;
    }

    @Override
    public void run(Attention op, Tensor[] inputs, Tensor[] outputs) {
        Blocks task = TASK.get();
        task.prepare(inputs, 0, op.scale());
        task.output = outputs[0].address();
        task.logSumExp = outputs[1].address();
        int all = task.batch * task.heads;
        ParallelRows.run(task, all * task.blocks(), all >= MANY_HEADS ? task.blocks() : 1);
    }

    private static final class Blocks extends HeadTask {
        private long output;
        private long logSumExp;

        @Override
        public void rows(int from, int to, Scratch scratch) {
            int blocks = blocks();
            int packed = -1;
            for (int row = from; row < to; row++) {
                int head = row / blocks;
                int b = head / heads;
                int h = head % heads;
                if (head != packed) {
                    packKeys(key.rows(b, h, keys, scratch), 0, key.column, scratch);
                    packValues(value.rows(b, h, keys, scratch), 0, value.column, scratch);
                    packed = head;
                }
                int first = row % blocks * block;
                int count = Math.min(block, queries - first);
                float[] added = added(b, h, first, count, scratch);
                forward(query.rows(b, h, queries, scratch), 0, query.column, first, count, added, 0, addedRow(), null, 0,
                        scratch);
                store((long) head * queries + first, count, scratch);
            }
        }

        private void store(long at, int count, Scratch scratch) {
            float[] result = scratch.floats(RESULT, 0);
            float[] inverse = scratch.floats(INVERSE, 0);
            for (int i = 0; i < count; i++) {
                PanelPack.store(result, i * deep, depth, inverse[i], output + (at + i) * depth * Float.BYTES);
            }
            PanelPack.store(scratch.floats(LOG_SUM_EXP, 0), 0, count, 1, logSumExp + at * Float.BYTES);
        }
    }
}
