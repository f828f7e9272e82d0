package dev.panacea.bindings.cuda.kernel;

import dev.panacea.bindings.cuda.CudaBackend;
import dev.panacea.bindings.cuda.KernelFunction;
import dev.panacea.bindings.cuda.Launch;
import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.op.Op;

/**
 * A function of each element whose result is a factor of the product that follows, as GELU's in a layer is: where
 * factors are rounded, it is written rounded as well.
 *
 * @param plain the function elsewhere, and where operands do not lie like the result in aligned fours
 * @param rounding the function that also rounds
 * @param <O> the op
 */
record RoundingKernel<O extends Op>(Kernel<O> plain, KernelFunction rounding) implements Kernel<O> {
    private static final int FOUR = 4;

    /** A function of a and, with two operands, b; {@code expression} is in CUDA C. */
    static <O extends Op> RoundingKernel<O> of(int operands, String expression) {
        return new RoundingKernel<>(ElementwiseKernel.of(operands, expression),
                Texts.of("rounding.cu").with("OPERANDS", operands).with("F(a, b)", "(" + expression + ")")
                        .function("rounding"));
    }

    @Override
    public boolean accepts(O op, Tensor[] inputs) {
        return plain.accepts(op, inputs);
    }

    @Override
    public boolean strided(O op, int index) {
        return true;
    }

    @Override
    public void run(O op, Tensor[] inputs, Tensor[] outputs) {
        Tensor y = outputs[0];
        CudaBackend cuda = CudaBackend.of(y);
        boolean fours = cuda.blas().rounds() && y.size() % FOUR == 0 && y.size() / FOUR <= Integer.MAX_VALUE
                && y.address() % (FOUR * Float.BYTES) == 0;
        for (Tensor input : inputs) {
            fours &= input.isContiguous() && input.size() == y.size() && input.address() % (FOUR * Float.BYTES) == 0;
        }
        if (!fours) {
            plain.run(op, inputs, outputs);
            return;
        }
        long rounded = cuda.blas().roundedBy(y.address(), y.size());
        Launch launch = cuda.launch(rounding).over(y.size() / FOUR).pointer(y).pointer(rounded)
                .i32((int) (y.size() / FOUR));
        for (Tensor input : inputs) {
            launch.pointer(input);
        }
        launch.run();
    }
}
