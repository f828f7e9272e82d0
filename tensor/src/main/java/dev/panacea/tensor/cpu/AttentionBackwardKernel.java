package dev.panacea.tensor.cpu;

import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.memory.Memory;
import dev.panacea.tensor.op.AttentionBackward;

/**
 * Backward of attention, head by head and block by block of queries; probabilities are computed again from the
 * log-sum-exp. Heads that share a slice of the bias are cut into a number of groups that depends on sizes alone; each
 * group sums its bias gradient in order, and the groups' sums are added in order.
 */
final class AttentionBackwardKernel implements Kernel<AttentionBackward> {
    private static final ThreadLocal<Groups> TASK = ThreadLocal.withInitial(Groups::new);
    /** Groups to cut a call into where heads share a bias: enough to keep threads busy, few sums to add. */
    private static final int ENOUGH_GROUPS = 32;
    private static final int PARTIAL = 24;

    /** All but the log-sum-exp. */
    @Override
    public boolean strided(AttentionBackward op, int index) {
        return index != 1;
    }

    @Override
    public void run(AttentionBackward op, Tensor[] inputs, Tensor[] outputs) {
        Groups task = TASK.get();
        task.prepare(inputs, 2, op.scale());
        task.gradient.of(inputs[0]);
        task.logSumExp = inputs[1].address();
        task.queryGradient = outputs[0].address();
        task.keyGradient = outputs[1].address();
        task.valueGradient = outputs[2].address();
        task.share(outputs.length > 3 ? outputs[3] : null);
        ParallelRows.run(task, task.slices * task.groups, 1);
        if (outputs.length > 3) {
            task.addGroups(outputs[3].address());
        }
    }

    private static final class Groups extends HeadTask {
        private static final int GRADIENT = OWN;
        private static final int PROBABILITY_GRADIENT = OWN + 1;
        private static final int VALUE_TRANSPOSED = OWN + 2;
        private static final int QUERY_PANELS = OWN + 3;
        private static final int GRADIENT_PANELS = OWN + 4;
        private static final int RESULT = OWN + 5;
        private static final int KEY_SUM = OWN + 6;
        private static final int VALUE_SUM = OWN + 7;
        private static final int LOG_SUM_EXP = OWN + 8;
        private static final int BIAS_SUM = OWN + 9;

        private final Operand gradient = new Operand();
        private long logSumExp;
        private long queryGradient;
        private long keyGradient;
        private long valueGradient;

        // Slice s of the bias serves heads (b, h) with b and h equal to its own where the bias has these axes.
        private int biasBatch;
        private int biasHeads;
        private int slices;
        private int groups;
        private int groupHeads;
        private int biasRows;
        private int biasColumns;
        private float[] partial;

        void share(Tensor bias) {
            int rank = bias == null ? 0 : bias.shape().rank();
            biasBatch = bias == null ? batch : rank < 4 ? 1 : bias.dim(0);
            biasHeads = bias == null ? heads : rank < 3 ? 1 : bias.dim(-3);
            biasRows = rank < 2 ? 1 : bias.dim(-2);
            biasColumns = rank < 1 ? 1 : bias.dim(-1);
            slices = biasBatch * biasHeads;
            int members = batch * heads / slices;
            int wanted = Math.clamp(ENOUGH_GROUPS / slices, 1, members);
            groupHeads = (members + wanted - 1) / wanted;
            groups = (members + groupHeads - 1) / groupHeads;
            partial = bias == null ? null
                    : Scratch.ofThread().floats(PARTIAL, Math.multiplyExact(slices * groups, biasRows * biasColumns));
        }

        /** Each bias element is the sum of its groups' sums, first to last. */
        void addGroups(long address) {
            int size = biasRows * biasColumns;
            for (int slice = 0; slice < slices; slice++) {
                for (int i = 0; i < size; i++) {
                    float sum = 0;
                    for (int group = 0; group < groups; group++) {
                        sum += partial[(slice * groups + group) * size + i];
                    }
                    Memory.f32(address + 4L * ((long) slice * size + i), sum);
                }
            }
        }

        @Override
        public void rows(int from, int to, Scratch scratch) {
            for (int row = from; row < to; row++) {
                int slice = row / groups;
                int biasWidth = PanelProduct.padColumns(biasColumns);
                float[] biasSum = scratch.floats(BIAS_SUM, partial == null ? 0 : biasRows * biasWidth);
                if (partial != null) {
                    java.util.Arrays.fill(biasSum, 0, biasRows * biasWidth, 0);
                }
                int members = batch * heads / slices;
                int first = row % groups * groupHeads;
                for (int member = first; member < Math.min(members, first + groupHeads); member++) {
                    int spread = heads / biasHeads;
                    int b = biasBatch == 1 ? member / spread : slice / biasHeads;
                    int h = biasHeads == 1 ? member % spread : slice % biasHeads;
                    head(b, h, biasSum, scratch);
                }
                if (partial != null) {
                    for (int i = 0; i < biasRows; i++) {
                        System.arraycopy(biasSum, i * biasWidth, partial, (row * biasRows + i) * biasColumns,
                                biasColumns);
                    }
                }
            }
        }

        private void head(int b, int h, float[] biasSum, Scratch scratch) {
            int wide = PanelProduct.padColumns(depth);
            int tallKeys = PanelProduct.padRows(keys);
            long[] rows = key.rows(b, h, keys, scratch);
            PanelPack.transposed(rows, keys, key.column, depth, scratch.floats(KEY, depth * width));
            PanelPack.panels(rows, 0, keys, key.column, depth, scale, scratch.floats(VALUE, keys * wide));
            rows = value.rows(b, h, keys, scratch);
            PanelPack.transposed(rows, keys, value.column, depth, scratch.floats(VALUE_TRANSPOSED, depth * width));
            float[] keySum = scratch.floats(KEY_SUM, tallKeys * wide);
            float[] valueSum = scratch.floats(VALUE_SUM, tallKeys * wide);
            for (int first = 0; first < queries; first += block) {
                block(b, h, first, Math.min(block, queries - first), biasSum, scratch);
            }
            long at = ((long) b * heads + h) * keys * depth * Float.BYTES;
            for (int j = 0; j < keys; j++) {
                long step = (long) j * depth * Float.BYTES;
                PanelPack.store(keySum, j * wide, depth, 1, keyGradient + at + step);
                PanelPack.store(valueSum, j * wide, depth, 1, valueGradient + at + step);
            }
        }

        private void block(int b, int h, int first, int rows, float[] biasSum, Scratch scratch) {
            int tall = PanelProduct.padRows(rows);
            int wide = PanelProduct.padColumns(depth);
            long head = (long) b * heads + h;
            float[] q = scratch.floats(QUERY, tall * depth);
            float[] qPanels = scratch.floats(QUERY_PANELS, rows * wide);
            long[] address = query.rows(b, h, queries, scratch);
            PanelPack.rows(address, first, rows, query.column, depth, scale, q, depth);
            PanelPack.panels(address, first, rows, query.column, depth, scale, qPanels);
            float[] g = scratch.floats(GRADIENT, tall * depth);
            float[] gPanels = scratch.floats(GRADIENT_PANELS, rows * wide);
            address = gradient.rows(b, h, queries, scratch);
            PanelPack.rows(address, first, rows, gradient.column, depth, 1, g, depth);
            PanelPack.panels(address, first, rows, gradient.column, depth, 1, gPanels);
            float[] l = scratch.floats(LOG_SUM_EXP, tall);
            PanelPack.load(logSumExp + (head * queries + first) * Float.BYTES, Float.BYTES, rows, 1, l, 0);

            float[] p = scratch.floats(SCORE, tall * width);
            float[] ds = scratch.floats(PROBABILITY_GRADIENT, tall * width);
            float[] result = scratch.floats(RESULT, tall * wide);
            PanelProduct.multiply(q, depth, 1, scratch.floats(KEY, 0), p, width, rows, keys, depth, false);
            PanelProduct.multiply(g, depth, 1, scratch.floats(VALUE_TRANSPOSED, 0), ds, width, rows, keys, depth, false);
            ScoreRows.gradients(p, ds, rows, width, added(b, h, first, rows, scratch), 0, addedRow(), l);
            boolean add = first > 0;
            PanelProduct.multiply(p, 1, width, gPanels, scratch.floats(VALUE_SUM, 0), wide, keys, depth, rows, add);
            PanelProduct.multiply(ds, 1, width, qPanels, scratch.floats(KEY_SUM, 0), wide, keys, depth, rows, add);
            PanelProduct.multiply(ds, width, 1, scratch.floats(VALUE, 0), result, wide, rows, depth, keys, false);
            for (int i = 0; i < rows; i++) {
                long at = (head * queries + first + i) * depth * Float.BYTES;
                PanelPack.store(result, i * wide, depth, 1, queryGradient + at);
            }
            if (partial != null) {
                sumBias(ds, first, rows, biasSum);
            }
        }

        private void sumBias(float[] ds, int first, int rows, float[] biasSum) {
            int biasWidth = PanelProduct.padColumns(biasColumns);
            for (int i = 0; i < rows; i++) {
                int at = (biasRows == 1 ? 0 : first + i) * biasWidth;
                if (biasColumns == keys) {
                    ScoreRows.add(ds, i * width, biasSum, at, width);
                } else {
                    biasSum[at] += ScoreRows.sum(ds, i * width, width);
                }
            }
        }
    }
}
