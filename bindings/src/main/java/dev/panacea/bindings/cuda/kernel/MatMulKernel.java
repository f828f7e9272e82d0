package dev.panacea.bindings.cuda.kernel;

import dev.panacea.bindings.cuda.CudaBackend;
import dev.panacea.bindings.cuda.Launch;
import dev.panacea.bindings.cuda.Product;
import dev.panacea.tensor.ElementType;
import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.Layout;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.op.MatMul;

/** Batched matrix product on cuBLAS; operands are read where they lie if their rows or columns have no gaps. */
final class MatMulKernel implements Kernel<MatMul> {
    @Override
    public boolean accepts(MatMul op, Tensor[] inputs) {
        ElementType type = inputs[0].type();
        return (type == ElementType.F32 || type == ElementType.F64) && inputs[1].type() == type
                && Math.max(inputs[0].shape().rank(), inputs[1].shape().rank()) <= Launch.MAX_RANK;
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
        Product product = CudaBackend.of(outputs[0]).blas().product(outputs[0].type(), m, n, k)
                .a(inputs[0].address(), aRank == 1 ? k : a.strides()[aRank - 2], a.strides()[aRank - 1])
                .b(inputs[1].address(), bRank == 1 ? b.strides()[0] : b.strides()[bRank - 2],
                        bRank == 1 ? 1 : b.strides()[bRank - 1])
                .c(outputs[0].address(), n);
        int batchRank = Math.max(aRank, bRank) - 2;
        long stride = outputs[0].size();
        for (int axis = 0; axis < batchRank; axis++) {
            int fromEnd = batchRank - axis + 2;
            int aDim = fromEnd <= aRank ? a.shape().dim(-fromEnd) : 1;
            int bDim = fromEnd <= bRank ? b.shape().dim(-fromEnd) : 1;
            int dim = aDim == 1 ? bDim : aDim;
            stride /= Math.max(1, dim);
            product.batch(dim, aDim == 1 ? 0 : a.strides()[aRank - fromEnd],
                    bDim == 1 ? 0 : b.strides()[bRank - fromEnd], stride);
        }
        product.run();
    }
}
