package dev.panacea.tensor.cpu;

import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.Layout;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.op.Linear;

/**
 * A linear layer on {@link Gemm}: the weight is packed transposed, bias and residual are where the sums start, GELU
 * closes.
 */
final class LinearKernel implements Kernel<Linear> {
    @Override
    public boolean accepts(Linear op, Tensor[] inputs) {
        return Kernel.super.accepts(op, inputs) && inputs[0].shape().rank() <= 16;
    }

    @Override
    public boolean strided(Linear op, int index) {
        return index < 2;
    }

    @Override
    public void run(Linear op, Tensor[] inputs, Tensor[] outputs) {
        Layout x = inputs[0].layout();
        long[] w = inputs[1].layout().strides();
        int rank = x.shape().rank();
        int n = inputs[1].dim(0);
        int m = rank == 1 ? 1 : x.shape().dim(-2);
        Gemm gemm = Gemm.begin().size(m, n, inputs[1].dim(1))
                .a(inputs[0].address(), rank == 1 ? 0 : x.strides()[rank - 2], x.strides()[rank - 1])
                .b(inputs[1].address(), w[1], w[0])
                .c(outputs[0].address(), n);
        long stride = outputs[0].size();
        for (int axis = 0; axis < rank - 2; axis++) {
            int dim = x.shape().dim(axis);
            stride /= Math.max(1, dim);
            gemm.batch(dim, x.strides()[axis], 0, stride);
        }
        if (op.biased(inputs.length)) {
            gemm.bias(inputs[2].address());
        }
        switch (op.after()) {
            case NOTHING -> { }
            case GELU -> gemm.gelu(0);
            case GELU_KEEPING -> gemm.gelu(outputs[1].address());
            case ADD -> gemm.residual(inputs[inputs.length - 1].address(), n);
        }
        gemm.run();
    }
}
