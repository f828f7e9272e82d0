package dev.panacea.autograd;

import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.op.Differentiability;
import dev.panacea.tensor.op.Op;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** One recorded step: what was computed from what, and the tensors that its gradient will read. */
final class Node {
    final Op op;
    final List<Variable> inputs;
    final List<Variable> outputs;
    /** The block to compute again in backward, where this step is a checkpoint; else null. */
    final Checkpoint checkpoint;
    private final List<Tensor> saved = new ArrayList<>();
    private boolean passed;

    private Node(Op op, List<Variable> inputs, List<Variable> outputs, Checkpoint checkpoint) {
        this.op = op;
        this.inputs = inputs;
        this.outputs = outputs;
        this.checkpoint = checkpoint;
    }

    static Node of(Op op, List<Variable> inputs, List<Variable> outputs) {
        Node node = new Node(op, inputs, outputs, null);
        for (int i = 0; i < inputs.size(); i++) {
            if (op.savesInput(i) && !inputs.get(i).isRecomputed()) {
                node.save(inputs.get(i).value());
            }
        }
        for (int i = 0; i < outputs.size(); i++) {
            if (op.savesOutput(i)) {
                node.save(outputs.get(i).value());
            }
        }
        outputs.forEach(output -> output.madeBy(node));
        return node;
    }

    boolean recomputes(Variable output) {
        return op != null && op.recomputes(outputs.indexOf(output));
    }

    Tensor recompute(Variable output) {
        return op.recompute(outputs.indexOf(output), new TensorVjp(this, Map.of()));
    }

    static Node of(Checkpoint checkpoint, Collection<Variable> captured, Variable output) {
        Node node = new Node(null, checkpoint.inputs(), List.of(output), checkpoint);
        checkpoint.inputs().forEach(input -> node.save(input.value()));
        captured.forEach(variable -> node.save(variable.value()));
        return node;
    }

    private void save(Tensor tensor) {
        saved.add(tensor.retain());
    }

    String name() {
        return op == null ? "checkpoint" : op.name();
    }

    Variable output() {
        return outputs.getFirst();
    }

    boolean passed() {
        return passed;
    }

    /** Bytes kept for backward; views of one memory are counted once for each. */
    long savedBytes() {
        return saved.stream().mapToLong(tensor -> tensor.size() * tensor.type().byteSize()).sum();
    }

    /** Lets go of what was saved: backward has passed, or the tape is closed. */
    void release() {
        passed = true;
        saved.forEach(tensor -> tensor.release("Tape.backward"));
        saved.clear();
    }

    Spec spec(int index) {
        return inputs.get(index).spec();
    }

    /** Refuses to go back through an op whose gradient is not written, which fused backward ops are. */
    void refuseWithoutGradient() {
        if (op.differentiability() == Differentiability.REFUSED) {
            throw new AutogradException(name() + ": is not differentiable itself, input shape " + spec(0).shape()
                    + " (build the layer from elementary ops for gradients of gradients)");
        }
    }

    void demand(boolean isSaved, String what, int index) {
        if (!isSaved) {
            throw new IllegalStateException(name() + ": vjp reads " + what + " " + index
                    + " that the op does not save (say so in saves" + (what.equals("input") ? "Input" : "Output")
                    + ")");
        }
    }
}
