package dev.panacea.tensor.cpu;

import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.op.Copy;
import dev.panacea.tensor.op.Einsum;
import dev.panacea.tensor.op.Linear;
import dev.panacea.tensor.op.MatMul;
import dev.panacea.tensor.op.Op;
import java.util.HashMap;
import java.util.Map;

/** Which ops have a fast kernel. Deleting a line makes the project slower, never wrong. */
public final class CpuKernels {
    private static final Map<Class<? extends Op>, Kernel<?>> KERNELS = new HashMap<>();

    static {
        put(Copy.class, new CopyKernel());
        put(MatMul.class, new MatMulKernel());
        put(Linear.class, new LinearKernel());
        put(Einsum.class, new EinsumKernel());
    }

    private CpuKernels() {}

    /** The kernel of an op, or null. */
    public static Kernel<?> of(Class<? extends Op> op) {
        return KERNELS.get(op);
    }

    private static <O extends Op> void put(Class<O> op, Kernel<? super O> kernel) {
        KERNELS.put(op, kernel);
    }
}
