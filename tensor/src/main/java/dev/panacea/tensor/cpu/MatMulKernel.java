package dev.panacea.tensor.cpu;

import dev.panacea.tensor.ElementType;
import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.Layout;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.op.MatMul;

/** Batched matrix product on {@link Gemm}; operands of any strides are read where they lie. */
final class MatMulKernel implements Kernel<MatMul> {
    @Override
    public boolean accepts(MatMul op, Tensor[] inputs) {
        return inputs[0].type() == ElementType.F32 && inputs[0].shape().rank() <= 16 && inputs[1].shape().rank() <= 16;
    }

    @Override
    public boolean strided(MatMul op, int index) {
        return true;
    }

    @Override
    public void run(MatMul op, Tensor[] inputs, Tensor[] outputs) {
        Layout a = inputs[0].layout();
        Layout b = inputs[1].layout();
        int aRank = a.shape().rank();
        int bRank = b.shape().rank();
        int m = aRank == 1 ? 1 : a.shape().dim(-2);
        int k = a.shape().dim(-1);
        int n = bRank == 1 ? 1 : b.shape().dim(-1);
        Gemm gemm = Gemm.begin().size(m, n, k)
                .a(inputs[0].address(), aRank == 1 ? 0 : a.strides()[aRank - 2], a.strides()[aRank - 1])
                .b(inputs[1].address(), bRank == 1 ? b.strides()[0] : b.strides()[bRank - 2],
                        bRank == 1 ? 0 : b.strides()[bRank - 1])
                .c(outputs[0].address(), n);
        int batchRank = Math.max(aRank, bRank) - 2;
        long stride = outputs[0].size();
        for (int axis = 0; axis < batchRank; axis++) {
            int fromEnd = batchRank - axis + 2;
            int aDim = fromEnd <= aRank ? a.shape().dim(-fromEnd) : 1;
            int bDim = fromEnd <= bRank ? b.shape().dim(-fromEnd) : 1;
            int dim = aDim == 1 ? bDim : aDim;
            stride /= Math.max(1, dim);
            gemm.batch(dim, aDim == 1 ? 0 : a.strides()[aRank - fromEnd], bDim == 1 ? 0 : b.strides()[bRank - fromEnd],
                    stride);
        }
        gemm.run();
    }
}
