package dev.panacea.tensor.cpu;

import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.memory.Memory;
import dev.panacea.tensor.op.AttentionBackward;
import java.util.Arrays;

/**
 * Backward of attention, head by head and block by block of queries; probabilities are computed again from the
 * log-sum-exp. Heads that share a slice of the bias are cut into a number of groups that depends on sizes alone; each
 * group sums its bias gradient in order, and the groups' sums are added in order.
 */
final class AttentionBackwardKernel implements Kernel<AttentionBackward> {
    private static final ThreadLocal<Groups> TASK = ThreadLocal.withInitial(Groups::new);

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
        /** Groups to cut a call into where heads share a bias: enough to keep threads busy, few sums to add. */
        private static final int ENOUGH = 32;
        private static final int BIAS_SUM = OWN;
        private static final int PARTIAL = OWN + 1;

        private final Operand gradient = new Operand();
        private long logSumExp;
        private long queryGradient;
        private long keyGradient;
        private long valueGradient;

        // Slice s of the bias serves heads (b, h) with b and h equal to its own where the bias has these axes.
        private int biasBatch;
        private int biasHeads;
        private int biasRows;
        private int biasColumns;
        private int biasWidth;
        private int slices;
        private int members;
        private int groups;
        private int groupHeads;
        private float[] partial;

        void share(Tensor bias) {
            int rank = bias == null ? 0 : bias.shape().rank();
            biasBatch = bias == null ? batch : rank < 4 ? 1 : bias.dim(0);
            biasHeads = bias == null ? heads : rank < 3 ? 1 : bias.dim(-3);
            biasRows = rank < 2 ? 1 : bias.dim(-2);
            biasColumns = rank < 1 ? 1 : bias.dim(-1);
            biasWidth = PanelProduct.padColumns(biasColumns);
            slices = biasBatch * biasHeads;
            members = batch * heads / slices;
            int wanted = Math.clamp(ENOUGH / slices, 1, members);
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
                    Memory.f32(address + Float.BYTES * ((long) slice * size + i), sum);
                }
            }
        }

        @Override
        public void rows(int from, int to, Scratch scratch) {
            for (int row = from; row < to; row++) {
                int slice = row / groups;
                float[] biasSum = scratch.floats(BIAS_SUM, partial == null ? 0 : biasRows * biasWidth);
                Arrays.fill(biasSum, 0, partial == null ? 0 : biasRows * biasWidth, 0);
                int first = row % groups * groupHeads;
                int spread = heads / biasHeads;
                for (int member = first; member < Math.min(members, first + groupHeads); member++) {
                    int b = biasBatch == 1 ? member / spread : slice / biasHeads;
                    int h = biasHeads == 1 ? member % spread : slice % biasHeads;
                    head(b, h, biasSum, scratch);
                }
                for (int i = 0; partial != null && i < biasRows; i++) {
                    System.arraycopy(biasSum, i * biasWidth, partial, (row * biasRows + i) * biasColumns, biasColumns);
                }
            }
        }

        private void head(int b, int h, float[] biasSum, Scratch scratch) {
            packKeysBackward(key.rows(b, h, keys, scratch), 0, key.column, scratch);
            packValuesBackward(value.rows(b, h, keys, scratch), 0, value.column, scratch);
            long head = (long) b * heads + h;
            for (int first = 0; first < queries; first += block) {
                int count = Math.min(block, queries - first);
                packQueries(query.rows(b, h, queries, scratch), 0, query.column, first, count, scratch);
                packGradient(gradient.rows(b, h, queries, scratch), 0, gradient.column, first, count, scratch);
                PanelPack.load(logSumExp + (head * queries + first) * Float.BYTES, Float.BYTES, count, 1,
                        scratch.floats(LOG_SUM_EXP, count), 0);
                float[] added = added(b, h, first, count, scratch);
                float[] ds = backward(first, count, added, 0, addedRow(), null, 0, scratch);
                store(RESULT, count, queryGradient, head * queries + first, scratch);
                if (partial != null) {
                    sumBias(ds, first, count, biasSum);
                }
            }
            store(KEY_SUM, keys, keyGradient, head * keys, scratch);
            store(VALUE_SUM, keys, valueGradient, head * keys, scratch);
        }

        private void store(int slot, int count, long address, long row, Scratch scratch) {
            float[] from = scratch.floats(slot, 0);
            for (int i = 0; i < count; i++) {
                PanelPack.store(from, i * deep, depth, 1, address + (row + i) * depth * Float.BYTES);
            }
        }

        private void sumBias(float[] ds, int first, int count, float[] biasSum) {
            for (int i = 0; i < count; i++) {
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
