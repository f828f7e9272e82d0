package dev.panacea.bindings.cuda.kernel;

import dev.panacea.bindings.cuda.CudaBackend;
import dev.panacea.bindings.cuda.KernelFunction;
import dev.panacea.bindings.cuda.KernelSource;
import dev.panacea.bindings.cuda.Launch;
import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.RandomSource;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.op.DropPath;
import dev.panacea.tensor.op.Dropout;
import dev.panacea.tensor.op.Normal;
import dev.panacea.tensor.op.NormalDistribution;
import dev.panacea.tensor.op.Op;
import dev.panacea.tensor.op.TruncatedNormal;
import dev.panacea.tensor.op.Uniform;
import java.util.function.BiConsumer;

/** Random numbers, the same bytes as on the CPU. */
final class RandomKernels {
    private static final KernelSource RANDOM = Texts.of("random.cu")
            .with("MIDDLE(w)", polynomial(NormalDistribution.middle()))
            .with("TAIL(w)", polynomial(NormalDistribution.tail()));
    private static final KernelFunction UNIFORM = RANDOM.function("uniform");
    private static final KernelFunction NORMAL = RANDOM.function("normal");
    private static final KernelFunction TRUNCATED_NORMAL = RANDOM.function("truncated_normal");
    private static final KernelFunction DROPOUT = RANDOM.function("dropout");
    private static final KernelFunction DROP_PATH = RANDOM.function("drop_path");
    private static final int EACH = 16; // elements of a thread of drop_path

    private RandomKernels() {}

    /** In Horner's form, constant first in the array. */
    private static String polynomial(float[] coefficients) {
        String sum = Texts.literal(coefficients[coefficients.length - 1]);
        for (int i = coefficients.length - 2; i >= 0; i--) {
            sum = "fmaf(" + sum + ", w, " + Texts.literal(coefficients[i]) + ")";
        }
        return sum;
    }

    static void register(BiConsumer<Class<? extends Op>, Kernel<?>> put) {
        Kernel<Uniform> uniform = (op, in, out) -> begin(UNIFORM, op.random(), out[0]).f32(op.low())
                .f32((op.high() - op.low()) * 0x1p-24).run();
        put.accept(Uniform.class, uniform);
        Kernel<Normal> normal = (op, in, out) -> begin(NORMAL, op.random(), out[0]).f32(op.mean())
                .f32(op.deviation()).run();
        put.accept(Normal.class, normal);
        Kernel<TruncatedNormal> truncated = RandomKernels::truncatedNormal;
        put.accept(TruncatedNormal.class, truncated);
        Kernel<Dropout> dropout = (op, in, out) -> CudaBackend.of(out[0]).launch(DROPOUT).over(fours(out[0]))
                .pointer(out[0]).pointer(in[0]).i64(out[0].size()).i64(op.random().key()).i32(least(op.rate()))
                .f32(1 / (1 - op.rate())).run();
        put.accept(Dropout.class, dropout);
        Kernel<DropPath> dropPath = RandomKernels::dropPath;
        put.accept(DropPath.class, dropPath);
    }

    private static Launch begin(KernelFunction function, RandomSource random, Tensor out) {
        return CudaBackend.of(out).launch(function).over(fours(out)).pointer(out).i64(out.size()).i64(random.key());
    }

    private static long fours(Tensor tensor) {
        return (tensor.size() + 3) / 4;
    }

    /** The least 24 bits that are kept: u >= rate, in steps of 2^-24. */
    private static int least(double rate) {
        return (int) Math.ceil(rate * 0x1p24);
    }

    private static void truncatedNormal(TruncatedNormal op, Tensor[] in, Tensor[] out) {
        double least = op.probability(0);
        double range = (op.probability(-1) - least) / 0xFFFFFFFFL;
        begin(TRUNCATED_NORMAL, op.random(), out[0]).f64(least).f64(range).f32(op.mean()).f32(op.deviation())
                .f32(op.low()).f32(op.high()).run();
    }

    private static void dropPath(DropPath op, Tensor[] in, Tensor[] out) {
        int samples = out[0].dim(0);
        long size = out[0].size() / samples;
        int chunks = Math.toIntExact((size + EACH * Launch.BLOCK - 1) / (EACH * Launch.BLOCK));
        CudaBackend.of(out[0]).launch(DROP_PATH).grid((long) samples * chunks).block(Launch.BLOCK).pointer(out[0])
                .pointer(in[0]).i64(size).i32(chunks).i64(op.random().key()).i32(least(op.rate()))
                .f32(1 / (1 - op.rate())).run();
    }
}
