package dev.panacea.autograd;

import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.op.Vjp;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** One walk backwards on variables: the gradients are recorded on the same tape and can be differentiated again. */
final class GraphSweep {
    private final Tape tape;
    private final Map<Variable, Variable> pending = new HashMap<>();

    GraphSweep(Tape tape) {
        this.tape = tape;
    }

    List<Variable> run(Variable output, Variable gradient, List<Variable> by) {
        pending.put(output, gradient);
        for (int i = tape.nodes().size() - 1; i >= 0; i--) {
            Node node = tape.nodes().get(i);
            if (node.outputs.stream().noneMatch(pending::containsKey)) {
                continue;
            }
            refuse(node);
            List<Variable> gradients = node.op.vjp(new GraphVjp(node));
            for (int k = 0; k < gradients.size(); k++) {
                if (gradients.get(k) != null && node.inputs.get(k).requiresGradient()) {
                    pending.merge(node.inputs.get(k), gradients.get(k), Variable::add);
                }
            }
        }
        List<Variable> results = new ArrayList<>(by.size());
        for (Variable variable : by) {
            Variable result = pending.get(variable);
            results.add(result != null ? result : tape.constant(Tensor.zeros(variable.spec().type(),
                    variable.shape().dims()).to(variable.value().backend())));
        }
        return results;
    }

    private static void refuse(Node node) {
        if (node.checkpoint != null) {
            throw new AutogradException("checkpoint: its inner values are not kept (record the block without "
                    + "checkpoint for gradients of gradients)");
        }
        if (node.passed()) {
            throw new AutogradException("gradients: backward already passed " + node.name() + " of shape "
                    + node.output().shape() + " (ask for recorded gradients first)");
        }
        node.refuseWithoutGradient();
        for (Variable output : node.outputs) {
            if (!output.hooks().isEmpty()) {
                throw new AutogradException("hook: on a variable of shape " + output.shape()
                        + " in recorded gradients (hooks serve tape.backward only)");
            }
        }
    }

    private final class GraphVjp implements Vjp<Variable> {
        private final Node node;

        GraphVjp(Node node) {
            this.node = node;
        }

        @Override
        public int inputs() {
            return node.inputs.size();
        }

        @Override
        public Variable input(int index) {
            node.demand(node.op.savesInput(index), "input", index);
            return node.inputs.get(index);
        }

        @Override
        public Variable output(int index) {
            node.demand(node.op.savesOutput(index), "output", index);
            return node.outputs.get(index);
        }

        @Override
        public Spec spec(int index) {
            return node.spec(index);
        }

        @Override
        public Variable gradient() {
            return gradient(0);
        }

        @Override
        public Variable gradient(int output) {
            return pending.get(node.outputs.get(output));
        }

        @Override
        public boolean needs(int index) {
            return node.inputs.get(index).requiresGradient();
        }

        @Override
        public Variable lift(Tensor constant) {
            return tape.constant(constant);
        }
    }
}
