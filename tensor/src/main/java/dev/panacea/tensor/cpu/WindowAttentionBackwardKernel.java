package dev.panacea.tensor.cpu;

import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.memory.Memory;
import dev.panacea.tensor.op.WindowAttention;
import dev.panacea.tensor.op.WindowAttentionBackward;
import java.util.Arrays;

/**
 * Backward of window attention. Each group of windows sums the bias gradient of its head in order of the windows, folds
 * it to the table, and the groups' sums are added in order.
 */
final class WindowAttentionBackwardKernel implements Kernel<WindowAttentionBackward> {
    private static final ThreadLocal<Groups> TASK = ThreadLocal.withInitial(Groups::new);

    /** Gradient and qkv; the others are small. */
    @Override
    public boolean strided(WindowAttentionBackward op, int index) {
        return index == 0 || index == 2;
    }

    @Override
    public void run(WindowAttentionBackward op, Tensor[] inputs, Tensor[] outputs) {
        Groups task = TASK.get();
        task.prepare(op.forward(), inputs[2], inputs[3]);
        task.gradient.of(inputs[0]);
        task.logSumExp.statistics(inputs[1].address(), task.heads, task.height, task.span);
        task.target.of(outputs[0]);
        task.biasSize = task.table ? task.entries : task.queries * task.keys;
        task.partial = Scratch.ofThread().floats(Groups.PARTIAL,
                Math.multiplyExact(task.heads * task.groups, task.biasSize));
        ParallelRows.run(task, task.heads * task.groups, 1);
        task.addGroups(outputs[1].address());
    }

    private static final class Groups extends WindowTask {
        private static final int BIAS_SUM = OWN + 2;
        private static final int PARTIAL = OWN + 3;
        private static final int FOLDED = OWN + 4;

        private final Image gradient = new Image();
        private final Image logSumExp = new Image();
        private final Image target = new Image();
        private int biasSize;
        private float[] partial;

        /** Each bias element is the sum of its groups' sums, first to last. */
        void addGroups(long address) {
            for (int head = 0; head < heads; head++) {
                for (int i = 0; i < biasSize; i++) {
                    float sum = 0;
                    for (int group = 0; group < groups; group++) {
                        sum += partial[(head * groups + group) * biasSize + i];
                    }
                    long at = table ? (long) i * heads + head : (long) head * biasSize + i;
                    Memory.f32(address + Float.BYTES * at, sum);
                }
            }
        }

        @Override
        public void rows(int from, int to, Scratch scratch) {
            int spread = -1;
            float[] bias = null;
            for (int row = from; row < to; row++) {
                int head = row / groups;
                if (head != spread) {
                    bias = bias(head, scratch);
                    spread = head;
                }
                float[] sum = scratch.floats(BIAS_SUM, queries * width);
                Arrays.fill(sum, 0, queries * width, 0);
                int first = row % groups * groupWindows;
                for (int number = first; number < Math.min(windows, first + groupWindows); number++) {
                    window(number, head, bias, sum, scratch);
                }
                keep(sum, row * biasSize, scratch);
            }
        }

        /** Stores a group's bias gradient among the partial sums. */
        private void keep(float[] sum, int at, Scratch scratch) {
            if (table) {
                float[] reversed = scratch.floats(FOLDED, entries);
                Arrays.fill(reversed, 0, entries, 0);
                fold(sum, reversed);
                for (int i = 0; i < entries; i++) {
                    partial[at + i] = reversed[entries - 1 - i];
                }
            } else {
                for (int i = 0; i < queries; i++) {
                    System.arraycopy(sum, i * width, partial, at + i * keys, keys);
                }
            }
        }

        private void window(int number, int head, float[] bias, float[] sum, Scratch scratch) {
            int channel = head * depth;
            long[] token = tokens(qkv, number, channel, 0, scratch);
            packKeysBackward(token, channels * qkv.channel, qkv.channel, scratch);
            packValuesBackward(token, 2 * channels * qkv.channel, qkv.channel, scratch);
            long[] incoming = tokens(gradient, number, channel, 1, scratch);
            long[] statistic = tokens(logSumExp, number, head, 2, scratch);
            long[] outgoing = tokens(target, number, channel, 3, scratch);
            float[] region = regions(number, scratch);
            for (int first = 0; first < queries; first += block) {
                int count = Math.min(block, queries - first);
                packQueries(token, 0, qkv.channel, first, count, scratch);
                packGradient(incoming, 0, gradient.channel, first, count, scratch);
                float[] logSums = scratch.floats(LOG_SUM_EXP, count);
                for (int i = 0; i < count; i++) {
                    logSums[i] = Memory.f32(statistic[first + i]);
                }
                float[] ds = backward(first, count, bias, first * width, width, region, (float) WindowAttention.APART,
                        scratch);
                ScoreRows.add(ds, 0, sum, first * width, count * width);
                store(RESULT, count, outgoing, first, 0, scratch);
            }
            store(KEY_SUM, keys, outgoing, 0, (long) channels * Float.BYTES, scratch);
            store(VALUE_SUM, keys, outgoing, 0, 2L * channels * Float.BYTES, scratch);
        }

        private void store(int slot, int count, long[] address, int first, long plus, Scratch scratch) {
            float[] from = scratch.floats(slot, 0);
            for (int i = 0; i < count; i++) {
                PanelPack.store(from, i * deep, depth, 1, address[first + i] + plus);
            }
        }
    }
}
