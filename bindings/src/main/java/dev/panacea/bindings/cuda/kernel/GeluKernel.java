package dev.panacea.bindings.cuda.kernel;

import dev.panacea.bindings.cuda.CudaBackend;
import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.op.Gelu;

/**
 * Exact GELU, rounded for the product that follows where factors are rounded: a layer's output made again in backward
 * is one.
 */
record GeluKernel(Kernel<Gelu> plain) implements Kernel<Gelu> {
    @Override
    public boolean accepts(Gelu op, Tensor[] inputs) {
        return plain.accepts(op, inputs);
    }

    @Override
    public boolean strided(Gelu op, int index) {
        return true;
    }

    @Override
    public void run(Gelu op, Tensor[] inputs, Tensor[] outputs) {
        CudaBackend cuda = CudaBackend.of(outputs[0]);
        if (!cuda.blas().rounds() || !inputs[0].isContiguous() || !LinearKernel.gelu(cuda, inputs[0], outputs[0])) {
            plain.run(op, inputs, outputs);
        }
    }
}
