package dev.panacea.autograd;

import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.op.Vjp;
import java.util.Map;

/**
 * What a step's vjp sees when gradients are plain tensors.
 *
 * @param node the step
 * @param pending the gradients that have flowed to its outputs so far
 */
record TensorVjp(Node node, Map<Variable, Tensor> pending) implements Vjp<Tensor> {
    @Override
    public int inputs() {
        return node.inputs.size();
    }

    @Override
    public Tensor input(int index) {
        node.demand(node.op.savesInput(index), "input", index);
        return node.inputs.get(index).value();
    }

    @Override
    public Tensor output(int index) {
        node.demand(node.op.savesOutput(index), "output", index);
        return node.outputs.get(index).value();
    }

    @Override
    public Spec spec(int index) {
        return node.spec(index);
    }

    @Override
    public Tensor gradient() {
        return gradient(0);
    }

    @Override
    public Tensor gradient(int output) {
        return pending.get(node.outputs.get(output));
    }

    @Override
    public boolean needs(int index) {
        return node.inputs.get(index).requiresGradient();
    }

    @Override
    public Tensor lift(Tensor constant) {
        return constant;
    }
}
