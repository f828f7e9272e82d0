package dev.panacea.tensor.cpu;

import dev.panacea.tensor.ElementType;
import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.memory.Memory;
import dev.panacea.tensor.op.Cast;

/** Conversions between element types: a loop for each common pair, element by element through double for the rest. */
final class CastKernel implements Kernel<Cast> {
    private static final int CHUNK = 4096;
    private static final ThreadLocal<Rows> TASK = ThreadLocal.withInitial(Rows::new);

    @Override
    public boolean accepts(Cast op, Tensor[] inputs) {
        return true;
    }

    @Override
    public void run(Cast op, Tensor[] inputs, Tensor[] outputs) {
        Rows task = TASK.get();
        task.from = inputs[0].type();
        task.to = op.type();
        task.source = inputs[0].address();
        task.target = outputs[0].address();
        task.size = inputs[0].size();
        ParallelRows.run(task, Math.toIntExact((task.size + CHUNK - 1) / CHUNK), 4);
    }

    private static final class Rows extends RowTask {
        private ElementType from;
        private ElementType to;
        private long source;
        private long target;
        private long size;

        @Override
        public void rows(int first, int last, Scratch scratch) {
            long start = (long) first * CHUNK;
            int count = (int) (Math.min(size, (long) last * CHUNK) - start);
            long in = source + start * from.byteSize();
            long out = target + start * to.byteSize();
            if (from == to) {
                Memory.copy(in, out, (long) count * to.byteSize());
            } else if (to == ElementType.F32) {
                toF32(from, in, out, count);
            } else if (from == ElementType.F32 && to == ElementType.BF16) {
                for (int i = 0; i < count; i++) {
                    Memory.i16(out + 2L * i, ElementType.bf16(Memory.f32(in + 4L * i)));
                }
            } else if (from == ElementType.F32 && to == ElementType.F64) {
                for (int i = 0; i < count; i++) {
                    Memory.f64(out + 8L * i, Memory.f32(in + 4L * i));
                }
            } else {
                for (int i = 0; i < count; i++) {
                    to.write(out + (long) i * to.byteSize(), from.read(in + (long) i * from.byteSize()));
                }
            }
        }

        private static void toF32(ElementType from, long in, long out, int count) {
            switch (from) {
                case U8 -> {
                    for (int i = 0; i < count; i++) {
                        Memory.f32(out + 4L * i, Memory.u8(in + i) & 0xff);
                    }
                }
                case I32 -> {
                    for (int i = 0; i < count; i++) {
                        Memory.f32(out + 4L * i, Memory.i32(in + 4L * i));
                    }
                }
                case BF16 -> {
                    for (int i = 0; i < count; i++) {
                        Memory.i32(out + 4L * i, Memory.i16(in + 2L * i) << 16);
                    }
                }
                case F64 -> {
                    for (int i = 0; i < count; i++) {
                        Memory.f32(out + 4L * i, (float) Memory.f64(in + 8L * i));
                    }
                }
                case F32 -> throw new AssertionError(from);
            }
        }
    }
}
