package dev.panacea.tensor.cpu;

import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.memory.Memory;
import dev.panacea.tensor.op.WindowAttention;

/**
 * Swin's attention, window by window and head by head, read from and written to the image in place: shift, partition
 * and their undoing are address arithmetic.
 */
final class WindowAttentionKernel implements Kernel<WindowAttention> {
    private static final ThreadLocal<Groups> TASK = ThreadLocal.withInitial(Groups::new);

    /** Only qkv; the bias is small. */
    @Override
    public boolean strided(WindowAttention op, int index) {
        return index == 0;
    }

    @Override
    public void run(WindowAttention op, Tensor[] inputs, Tensor[] outputs) {
        Groups task = TASK.get();
        task.prepare(op, inputs[0], inputs[1]);
        task.output.of(outputs[0]);
        task.logSumExp.statistics(outputs[1].address(), task.heads, task.height, task.span);
        ParallelRows.run(task, task.heads * task.groups, 1);
    }

    private static final class Groups extends WindowTask {
        private final Image output = new Image();
        private final Image logSumExp = new Image();

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
                int first = row % groups * groupWindows;
                for (int number = first; number < Math.min(windows, first + groupWindows); number++) {
                    attend(number, head, bias, scratch);
                }
            }
        }

        private void attend(int number, int head, float[] bias, Scratch scratch) {
            int channel = head * depth;
            long[] token = tokens(qkv, number, channel, 0, scratch);
            packKeys(token, channels * qkv.channel, qkv.channel, scratch);
            packValues(token, 2 * channels * qkv.channel, qkv.channel, scratch);
            long[] target = tokens(output, number, channel, 1, scratch);
            long[] statistic = tokens(logSumExp, number, head, 2, scratch);
            float[] region = regions(number, scratch);
            for (int first = 0; first < queries; first += block) {
                int count = Math.min(block, queries - first);
                forward(token, 0, qkv.channel, first, count, bias, first * width, width, region,
                        (float) WindowAttention.APART, scratch);
                float[] result = scratch.floats(RESULT, 0);
                float[] inverse = scratch.floats(INVERSE, 0);
                float[] logSums = scratch.floats(LOG_SUM_EXP, 0);
                for (int i = 0; i < count; i++) {
                    PanelPack.store(result, i * deep, depth, inverse[i], target[first + i]);
                    Memory.f32(statistic[first + i], logSums[i]);
                }
            }
        }
    }
}
