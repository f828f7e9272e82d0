package dev.panacea.bindings.cuda.kernel;

import dev.panacea.bindings.cuda.CudaBackend;
import dev.panacea.bindings.cuda.KernelFunction;
import dev.panacea.bindings.cuda.KernelSource;
import dev.panacea.bindings.cuda.Launch;
import dev.panacea.bindings.cuda.Product;
import dev.panacea.tensor.ElementType;
import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.Layout;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.op.Linear;

/** A linear layer: a product on cuBLAS, then bias, GELU or what is added in one pass over the sums. */
final class LinearKernel implements Kernel<Linear> {
    private static final KernelSource SOURCE = KernelSource.of(LinearKernel.class, "linear.cu");
    private static final KernelFunction F32 = SOURCE.with("T", "float").function("after");
    private static final KernelFunction F64 = SOURCE.with("T", "double").function("after");

    private static final KernelFunction QUADS = SOURCE.with("T", "float").function("after_quads");
    private static final int QUAD = 4;
    private static final int WARP = 32;
    private static final int ROWS = 8; // of a block, a warp each

    @Override
    public boolean accepts(Linear op, Tensor[] inputs) {
        ElementType type = inputs[0].type();
        for (Tensor input : inputs) {
            if (input.type() != type || input.shape().rank() > Launch.MAX_RANK) {
                return false;
            }
        }
        return type == ElementType.F32 || type == ElementType.F64;
    }

    @Override
    public boolean strided(Linear op, int index) {
        return index < 2;
    }

    @Override
    public void run(Linear op, Tensor[] inputs, Tensor[] outputs) {
        CudaBackend cuda = CudaBackend.of(outputs[0]);
        Layout x = inputs[0].layout();
        long[] w = inputs[1].layout().strides();
        int rank = x.shape().rank();
        int n = inputs[1].dim(0);
        int k = inputs[1].dim(1);
        int m = rank == 1 ? 1 : x.shape().dim(-2);
        Tensor sums = outputs[outputs.length - 1];
        Product product = cuda.blas().product(sums.type(), m, n, k)
                .a(inputs[0].address(), rank == 1 ? k : x.strides()[rank - 2], x.strides()[rank - 1])
                .b(inputs[1].address(), w[1], w[0])
                .c(sums.address(), n);
        long stride = sums.size();
        for (int axis = 0; axis < rank - 2; axis++) {
            int dim = x.shape().dim(axis);
            stride /= Math.max(1, dim);
            product.batch(dim, x.strides()[axis], 0, stride);
        }
        long bias = op.biased(inputs.length) ? inputs[2].address() : 0;
        long added = op.after() == Linear.After.ADD ? inputs[inputs.length - 1].address() : 0;
        boolean done = product.run(bias, added);
        boolean gelu = op.after() == Linear.After.GELU || op.after() == Linear.After.GELU_KEEPING;
        Terms terms = new Terms(done ? 0 : bias, done ? 0 : added, gelu ? outputs[0].address() : 0);
        if (terms.any()) {
            terms.run(cuda, sums, n);
        }
    }

    /** Addresses of what follows the product, each 0 where it is not there. */
    private record Terms(long bias, long added, long gelu) {
        boolean any() {
            return (bias | added | gelu) != 0;
        }

        void run(CudaBackend cuda, Tensor sums, int n) {
            if (sums.type() == ElementType.F32 && quads(cuda, sums, n)) {
                return;
            }
            int rows = (int) (sums.size() / Math.max(1, n));
            cuda.launch(sums.type() == ElementType.F64 ? F64 : F32).grid((rows + ROWS - 1) / ROWS)
                    .block(WARP, ROWS, 1).pointer(sums).pointer(bias).pointer(added).pointer(gelu).i32(rows).i32(n)
                    .run();
        }

        /** Does it in fours of floats, where there are fours in a row of n and all are aligned to them. */
        boolean quads(CudaBackend cuda, Tensor sums, int n) {
            long count = sums.size() / QUAD;
            if (n % QUAD != 0 || sums.size() % QUAD != 0 || count > Integer.MAX_VALUE
                    || (bias | added | gelu | sums.address()) % (QUAD * Float.BYTES) != 0) {
                return false;
            }
            long rounded = gelu == 0 ? 0 : cuda.blas().roundedBy(gelu, sums.size());
            cuda.launch(QUADS).over(count).pointer(sums).pointer(bias).pointer(added).pointer(gelu).pointer(rounded)
                    .i32((int) count).i32(n / QUAD).run();
            return true;
        }
    }
}
