package dev.panacea.tests.bench;

import dev.panacea.tensor.Backends;
import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.op.Op;
import java.util.List;

/** The call of an op's kernel, again and again on the same inputs, into outputs made once. */
final class KernelCall {
    private final Op op;
    private final Kernel<Op> kernel;
    private final Tensor[] inputs;
    private final Tensor[] outputs;
    private final double bound;

    @SuppressWarnings("unchecked")
    KernelCall(Op op, List<Tensor> inputs) {
        this.op = op;
        kernel = (Kernel<Op>) Backends.cpu().kernel(op);
        this.inputs = inputs.toArray(Tensor[]::new);
        List<Spec> in = inputs.stream().map(Tensor::spec).toList();
        outputs = op.shapes(in).stream().map(spec -> Tensor.allocate(Backends.cpu(), spec)).toArray(Tensor[]::new);
        bound = Bound.seconds(op, this.inputs);
    }

    void run(Bound reached) {
        kernel.run(op, inputs, outputs);
        reached.fraction += bound;
    }
}
