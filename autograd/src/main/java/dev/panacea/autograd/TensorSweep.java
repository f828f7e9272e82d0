package dev.panacea.autograd;

import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.Tensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * One walk backwards on plain tensors. A pending gradient is owned by this walk (retained) from its first contribution
 * until its step is passed; everything else a vjp makes is freed with the step's own scope.
 */
final class TensorSweep {
    private final Tape tape;
    private final Map<Variable, Tensor> pending = new HashMap<>();

    TensorSweep(Tape tape) {
        this.tape = tape;
    }

    Gradients run(Variable output, Tensor gradient) {
        Gradients gradients = new Gradients();
        try {
            pending.put(output, gradient.retain());
            walk(0, tape.nodes().size());
            for (Variable variable : List.copyOf(pending.keySet())) {
                if (variable.isLeaf()) {
                    try (MemoryScope _ = MemoryScope.open("hook")) {
                        hooked(variable);
                    }
                    gradients.put(variable, pending.remove(variable));
                }
            }
            return gradients;
        } finally {
            pending.values().forEach(left -> left.release("Tape.backward"));
        }
    }

    private void walk(int from, int to) {
        for (int i = to - 1; i >= from; i--) {
            Node node = tape.nodes().get(i);
            if (node.outputs.stream().anyMatch(pending::containsKey)) {
                if (node.passed()) {
                    throw new AutogradException("backward: already passed " + node.name() + " of shape "
                            + node.output().shape() + " (record again, or sum the outputs and call backward once)");
                }
                try (MemoryScope _ = MemoryScope.open("backward of " + node.name())) {
                    node.outputs.forEach(this::hooked);
                    if (node.checkpoint == null) {
                        node.refuseWithoutGradient();
                        List<Tensor> gradients = node.op.vjp(new TensorVjp(node, pending));
                        contribute(node, i, gradients);
                    } else {
                        again(node.checkpoint, pending.get(node.output()));
                    }
                }
                for (Variable output : node.outputs) {
                    Tensor done = pending.remove(output);
                    if (done != null) {
                        done.release("Tape.backward");
                    }
                }
                node.release();
            }
        }
    }

    private void contribute(Node node, int position, List<Tensor> gradients) {
        for (int k = 0; k < gradients.size(); k++) {
            Variable input = node.inputs.get(k);
            Tensor gradient = gradients.get(k);
            if (gradient == null || !input.requiresGradient()) {
                continue;
            }
            if (tape.isAnomalyMode()) {
                Anomaly.checkGradient(node.op, position, k, gradient);
            }
            add(input, gradient);
        }
    }

    private void add(Variable input, Tensor gradient) {
        Tensor before = pending.get(input);
        Tensor sum = before == null ? gradient : before.add(gradient);
        pending.put(input, sum.retain());
        if (before != null) {
            before.release("Tape.backward");
        }
    }

    /** Records a checkpointed block afresh at the tape's end, walks that part, and takes it off again. */
    private void again(Checkpoint checkpoint, Tensor gradient) {
        int start = tape.nodes().size();
        List<Variable> inner = tape.inner(checkpoint.inputs());
        Variable output = checkpoint.block().apply(inner);
        pending.put(output, gradient.retain());
        walk(start, tape.nodes().size());
        tape.nodes().subList(start, tape.nodes().size()).clear();
        for (int k = 0; k < inner.size(); k++) {
            Tensor byInput = pending.remove(inner.get(k));
            if (byInput != null) {
                add(checkpoint.inputs().get(k), byInput);
                byInput.release("Tape.backward");
            }
        }
    }

    private void hooked(Variable variable) {
        Tensor before = pending.get(variable);
        if (before == null || variable.hooks().isEmpty()) {
            return;
        }
        Tensor after = before;
        for (UnaryOperator<Tensor> hook : variable.hooks()) {
            after = hook.apply(after);
            if (!after.spec().equals(before.spec())) {
                throw new AutogradException("hook: returned " + after.spec() + " for a gradient " + before.spec()
                        + " (need the same)");
            }
        }
        pending.put(variable, after.retain());
        before.release("Tape.backward");
    }
}
