package dev.panacea.tensor.cpu;

import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.op.Op;
import java.util.function.Predicate;

/** One of two kernels, as an attribute of the op says. */
record EitherKernel<O extends Op>(Predicate<O> which, Kernel<O> yes, Kernel<O> no) implements Kernel<O> {
    private Kernel<O> of(O op) {
        return which.test(op) ? yes : no;
    }

    @Override
    public boolean accepts(O op, Tensor[] inputs) {
        return of(op).accepts(op, inputs);
    }

    @Override
    public boolean strided(O op, int index) {
        return of(op).strided(op, index);
    }

    @Override
    public void run(O op, Tensor[] inputs, Tensor[] outputs) {
        of(op).run(op, inputs, outputs);
    }
}
