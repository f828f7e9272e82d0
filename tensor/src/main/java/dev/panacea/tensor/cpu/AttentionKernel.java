package dev.panacea.tensor.cpu;

import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.memory.Memory;
import dev.panacea.tensor.op.Attention;

/**
 * Attention by blocks of queries: scores of one block against all keys live in scratch only. Operands are read in place
 * whatever their strides, such as slices of a packed qkv; a thread packs the keys and values of a head once for all
 * blocks of that head that it gets in a row.
 */
final class AttentionKernel implements Kernel<Attention> {
    private static final ThreadLocal<Blocks> TASK = ThreadLocal.withInitial(Blocks::new);
    private static final int ENOUGH_HEADS = 16;

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
        ParallelRows.run(task, all * task.blocks, all >= ENOUGH_HEADS ? task.blocks : 1);
    }

    private static final class Blocks extends HeadTask {
        private static final int RESULT = OWN;
        private static final int MAX = OWN + 1;
        private static final int SUM = OWN + 2;

        private long output;
        private long logSumExp;

        @Override
        public void rows(int from, int to, Scratch scratch) {
            int packed = -1;
            for (int row = from; row < to; row++) {
                int head = row / blocks;
                if (head != packed) {
                    pack(head / heads, head % heads, scratch);
                    packed = head;
                }
                int first = row % blocks * block;
                attend(head, first, Math.min(block, queries - first), scratch);
            }
        }

        private void pack(int b, int h, Scratch scratch) {
            float[] keyPanels = scratch.floats(KEY, depth * width);
            PanelPack.transposed(key.rows(b, h, keys, scratch), keys, key.column, depth, keyPanels);
            float[] valuePanels = scratch.floats(VALUE, keys * PanelProduct.padColumns(depth));
            PanelPack.panels(value.rows(b, h, keys, scratch), 0, keys, value.column, depth, 1, valuePanels);
        }

        private void attend(int head, int first, int rows, Scratch scratch) {
            int b = head / heads;
            int h = head % heads;
            int tall = PanelProduct.padRows(rows);
            int wide = PanelProduct.padColumns(depth);
            float[] q = scratch.floats(QUERY, tall * depth);
            float[] scores = scratch.floats(SCORE, tall * width);
            float[] result = scratch.floats(RESULT, tall * wide);
            float[] max = scratch.floats(MAX, PanelProduct.padColumns(tall));
            float[] sum = scratch.floats(SUM, PanelProduct.padColumns(tall));
            PanelPack.rows(query.rows(b, h, queries, scratch), first, rows, query.column, depth, scale, q, depth);
            PanelProduct.multiply(q, depth, 1, scratch.floats(KEY, 0), scores, width, rows, keys, depth, false);
            float[] added = added(b, h, first, rows, scratch);
            ScoreRows.exponentials(scores, rows, width, added, 0, addedRow(), max, sum);
            PanelProduct.multiply(scores, width, 1, scratch.floats(VALUE, 0), result, wide, rows, depth, keys, false);
            ScoreRows.normalisers(max, sum, rows);
            long at = (long) head * queries + first;
            for (int i = 0; i < rows; i++) {
                PanelPack.store(result, i * wide, depth, sum[i], output + (at + i) * depth * Float.BYTES);
                Memory.f32(logSumExp + (at + i) * Float.BYTES, max[i]);
            }
        }
    }
}
