package dev.panacea.tensor.cpu;

import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.op.PowScalar;
import jdk.incubator.vector.FloatVector;

/** Powers with one exponent for all: products and roots for the common ones, the general function for the rest. */
final class PowScalarKernel implements Kernel<PowScalar> {
    private final Kernel<PowScalar> square = ElementwiseKernel.unary((x, p, q) -> x.mul(x));
    private final Kernel<PowScalar> cube = ElementwiseKernel.unary((x, p, q) -> x.mul(x).mul(x));
    private final Kernel<PowScalar> inverse = ElementwiseKernel.unary((x, p, q) ->
            FloatVector.broadcast(VectorWidth.FLOATS, 1f).div(x));
    private final Kernel<PowScalar> any = ElementwiseKernel.of(() -> new PowLoop(true), PowScalar::exponent);

    @Override
    public boolean strided(PowScalar op, int index) {
        return true;
    }

    @Override
    public void run(PowScalar op, Tensor[] inputs, Tensor[] outputs) {
        Kernel<PowScalar> kernel = op.exponent() == 2 ? square
                : op.exponent() == 3 ? cube
                : op.exponent() == -1 ? inverse
                : any;
        kernel.run(op, inputs, outputs);
    }
}
