package dev.panacea.tensor.cpu;

import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.RandomSource;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.memory.Memory;
import dev.panacea.tensor.op.DropPath;
import dev.panacea.tensor.op.Dropout;
import dev.panacea.tensor.op.Normal;
import dev.panacea.tensor.op.Op;
import dev.panacea.tensor.op.TruncatedNormal;
import dev.panacea.tensor.op.Uniform;
import java.util.Arrays;
import java.util.function.BiConsumer;

/** The kernels of random numbers: a chunk's random bits go to a buffer, and vector loops transform them there. */
final class RandomKernels {
    private static final int CHUNK = 4096;

    private RandomKernels() {}

    static void register(BiConsumer<Class<? extends Op>, Kernel<?>> put) {
        put.accept(Uniform.class, new UniformKernel());
        put.accept(Normal.class, new NormalKernel());
        put.accept(TruncatedNormal.class, new TruncatedNormalKernel());
        put.accept(Dropout.class, new DropoutKernel());
        put.accept(DropPath.class, new DropPathKernel());
    }

    /** One call: chunks of the output, each with its own part of the sequence. */
    private abstract static class Chunks extends RowTask {
        RandomSource random;
        long source;
        double first;
        double second;
        double third;
        double fourth;
        private long target;
        private long size;

        final void run(Tensor output) {
            target = output.address();
            size = output.size();
            ParallelRows.run(this, Math.toIntExact((size + CHUNK - 1) / CHUNK), 1);
        }

        @Override
        public final void rows(int from, int to, Scratch scratch) {
            long buffer = scratch.memory(0, 4 * CHUNK);
            for (int chunk = from; chunk < to; chunk++) {
                long start = (long) chunk * CHUNK;
                int count = (int) Math.min(CHUNK, size - start);
                int padded = (count + 15) / 16 * 16;
                random.fill(buffer, start, padded);
                transform(buffer, padded, start, count, scratch);
                Memory.copy(buffer, target + 4 * start, 4L * count);
            }
        }

        /** Turns {@code padded} words of random bits into floats in place; {@code count} of them are wanted. */
        abstract void transform(long buffer, int padded, long start, int count, Scratch scratch);
    }

    private static final class UniformKernel implements Kernel<Uniform> {
        private static final ThreadLocal<Spread> TASK = ThreadLocal.withInitial(Spread::new);

        @Override
        public void run(Uniform op, Tensor[] inputs, Tensor[] outputs) {
            Spread task = TASK.get();
            task.random = op.random();
            task.first = op.low();
            task.second = op.high() - op.low();
            task.run(outputs[0]);
        }

        private static final class Spread extends Chunks {
            @Override
            void transform(long buffer, int padded, long start, int count, Scratch scratch) {
                RandomLoops.uniform(buffer, padded, (float) first, (float) (second * 0x1p-24));
            }
        }
    }

    private static final class NormalKernel implements Kernel<Normal> {
        private static final ThreadLocal<Bell> TASK = ThreadLocal.withInitial(Bell::new);

        @Override
        public void run(Normal op, Tensor[] inputs, Tensor[] outputs) {
            Bell task = TASK.get();
            task.random = op.random();
            task.first = op.mean();
            task.second = op.deviation();
            task.run(outputs[0]);
        }

        private static final class Bell extends Chunks {
            @Override
            void transform(long buffer, int padded, long start, int count, Scratch scratch) {
                RandomLoops.tails(buffer, padded);
                RandomLoops.quantiles(buffer, scratch.memory(1, 8 * CHUNK), padded, (float) first, (float) second);
            }
        }
    }

    private static final class TruncatedNormalKernel implements Kernel<TruncatedNormal> {
        private static final ThreadLocal<Bell> TASK = ThreadLocal.withInitial(Bell::new);

        @Override
        public void run(TruncatedNormal op, Tensor[] inputs, Tensor[] outputs) {
            Bell task = TASK.get();
            task.random = op.random();
            task.first = op.mean();
            task.second = op.deviation();
            task.third = op.low();
            task.fourth = op.high();
            task.least = op.probability(0);
            task.range = (op.probability(-1) - task.least) / 0xFFFFFFFFL;
            task.run(outputs[0]);
        }

        private static final class Bell extends Chunks {
            private double least;
            private double range;

            @Override
            void transform(long buffer, int padded, long start, int count, Scratch scratch) {
                for (int i = 0; i < padded; i++) {
                    double p = Math.fma(Memory.i32(buffer + 4L * i) & 0xFFFFFFFFL, range, least);
                    Memory.f32(buffer + 4L * i, (float) (p < 0.5 ? -p : 1 - p)); // the sign is the value's
                }
                RandomLoops.quantiles(buffer, scratch.memory(1, 8 * CHUNK), padded, (float) first, (float) second);
                RandomLoops.clamp(buffer, padded, (float) third, (float) fourth);
            }
        }
    }

    private static final class DropoutKernel implements Kernel<Dropout> {
        private static final ThreadLocal<Mask> TASK = ThreadLocal.withInitial(Mask::new);

        @Override
        public void run(Dropout op, Tensor[] inputs, Tensor[] outputs) {
            Mask task = TASK.get();
            task.random = op.random();
            task.source = inputs[0].address();
            task.first = Math.ceil(op.rate() * 0x1p24); // u >= rate, in steps of 2^-24
            task.second = 1 / (1 - op.rate());
            task.run(outputs[0]);
        }

        private static final class Mask extends Chunks {
            @Override
            void transform(long buffer, int padded, long start, int count, Scratch scratch) {
                long x = scratch.memory(1, 4 * CHUNK);
                Memory.copy(source + 4 * start, x, 4L * count);
                RandomLoops.dropout(buffer, x, padded, (int) first, (float) second);
            }
        }
    }

    private static final class DropPathKernel implements Kernel<DropPath> {
        private final Kernel<DropPath> multiply = ElementwiseKernel.binary((x, factor, p, q) -> x.mul(factor));

        @Override
        public boolean strided(DropPath op, int index) {
            return true;
        }

        @Override
        public void run(DropPath op, Tensor[] inputs, Tensor[] outputs) {
            int[] dims = new int[inputs[0].shape().rank()];
            Arrays.fill(dims, 1);
            dims[0] = inputs[0].dim(0);
            try (MemoryScope _ = MemoryScope.open("dropPath")) {
                Tensor factors = Tensor.zeros(dims);
                for (int sample = 0; sample < dims[0]; sample++) {
                    factors.flat(sample, op.factor(sample));
                }
                multiply.run(op, new Tensor[] {inputs[0], factors.expand(inputs[0].shape().dims())}, outputs);
            }
        }
    }
}
