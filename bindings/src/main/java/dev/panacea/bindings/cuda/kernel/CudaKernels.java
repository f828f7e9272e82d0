package dev.panacea.bindings.cuda.kernel;

import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.op.Linear;
import dev.panacea.tensor.op.MatMul;
import dev.panacea.tensor.op.Op;
import java.util.HashMap;
import java.util.Map;

/** Which ops have a kernel on the card. Deleting a line makes the project slower, never wrong. */
public final class CudaKernels {
    private static final Map<Class<? extends Op>, Kernel<?>> KERNELS = new HashMap<>();

    static {
        put(MatMul.class, new MatMulKernel());
        put(Linear.class, new LinearKernel());
    }

    private CudaKernels() {}

    /** The kernel of an op, or null. */
    public static Kernel<?> of(Class<? extends Op> op) {
        return KERNELS.get(op);
    }

    private static <O extends Op> void put(Class<O> op, Kernel<? super O> kernel) {
        KERNELS.put(op, kernel);
    }
}
