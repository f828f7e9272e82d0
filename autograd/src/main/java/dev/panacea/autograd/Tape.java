package dev.panacea.autograd;

import dev.panacea.tensor.ElementType;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.op.Differentiability;
import dev.panacea.tensor.op.Op;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Records what is computed with {@link Variable}s and walks it backwards.
 *
 * <pre>{@code
 * try (MemoryScope _ = MemoryScope.open("step"); Tape tape = new Tape()) {
 *     Variable w = tape.variable(weights);
 *     Variable loss = tape.constant(x).matmul(w).sum(false);
 *     Tensor gradient = tape.backward(loss).of(w);
 * }
 * }</pre>
 *
 * <p>Each recorded step keeps alive only the tensors that its op's vjp reads, and lets go of them as backward passes
 * it; a tape is therefore walked once. A tape belongs to one thread.
 */
public final class Tape implements AutoCloseable {
    private final List<Node> nodes = new ArrayList<>();
    private long made;
    private boolean anomalyMode;

    /** Collects the outside variables that a checkpointed block reads, while it runs unrecorded; else null. */
    private Set<Variable> captured;
    private long capturedBefore;

    /** An empty tape. */
    public Tape() {}

    /** Switches anomaly mode on: the first op whose output or gradient is not finite stops the run by name. Slow. */
    public Tape anomalyMode(boolean on) {
        anomalyMode = on;
        return this;
    }

    /**
     * A leaf: a tensor to differentiate by.
     *
     * @throws AutogradException if the elements are not real numbers
     */
    public Variable variable(Tensor value) {
        if (!value.type().isFloat()) {
            throw new AutogradException("variable: element type is " + value.type()
                    + " (need a float type; use tape.constant for indices and masks)");
        }
        return new Variable(this, value, made++, true, true);
    }

    /** A tensor that takes part but has no gradient. */
    public Variable constant(Tensor value) {
        return new Variable(this, value, made++, false, false);
    }

    /** The result of an op without inputs, such as random numbers. */
    public Variable make(Op op) {
        return constant(Tensor.make(op));
    }

    /** Bytes kept for backward at this moment. */
    public long savedBytes() {
        return nodes.stream().mapToLong(Node::savedBytes).sum();
    }

    List<Node> nodes() {
        return nodes;
    }

    boolean isAnomalyMode() {
        return anomalyMode;
    }

    List<Variable> record(Op op, List<Variable> inputs) {
        boolean flows = false;
        List<Tensor> values = new ArrayList<>(inputs.size());
        for (Variable input : inputs) {
            if (input.tape() != this) {
                throw new AutogradException(op.name() + ": inputs of two tapes, shapes " + inputs.getFirst().shape()
                        + " and " + input.shape() + " (record one computation on one tape, or tape.constant(value))");
            }
            flows |= input.requiresGradient();
            values.add(input.value());
        }
        flows &= op.differentiability() != Differentiability.CONSTANT;
        List<Tensor> results = inputs.isEmpty()
                ? List.of(Tensor.make(op))
                : values.getFirst().apply(op, values);
        if (anomalyMode) {
            Anomaly.checkOutputs(op, nodes.size(), values, results);
        }
        List<Variable> outputs = new ArrayList<>(results.size());
        for (Tensor result : results) {
            boolean carries = flows && op.carriesGradient(outputs.size()) && result.type().isFloat();
            outputs.add(new Variable(this, result, made++, carries, false));
        }
        if (captured != null) {
            inputs.stream().filter(input -> input.number() < capturedBefore).forEach(captured::add);
        } else if (flows) {
            nodes.add(Node.of(op, inputs, outputs));
        }
        return outputs;
    }

    /**
     * Runs a block without keeping its inner values; backward runs it again when it gets there. Costs one more forward
     * of the block and saves the memory of all it would have kept. The block may also read other variables of this
     * tape, such as parameters, and must compute the same each time.
     */
    public Variable checkpoint(Function<List<Variable>, Variable> block, Variable... inputs) {
        List<Variable> outer = List.of(inputs);
        if (captured != null) {
            return block.apply(outer);
        }
        Set<Variable> outside = new LinkedHashSet<>();
        captured = outside;
        capturedBefore = made;
        Tensor value;
        boolean flows;
        try (MemoryScope scope = MemoryScope.open("checkpoint")) {
            value = scope.keep(block.apply(inner(outer)).value());
            flows = Stream.concat(outside.stream(), outer.stream()).anyMatch(Variable::requiresGradient);
        } finally {
            captured = null;
        }
        Variable output = new Variable(this, value, made++, flows, false);
        if (flows) {
            nodes.add(Node.of(new Checkpoint(block, outer), outside, output));
        }
        return output;
    }

    /** Stand-ins for a block's inputs, so that its gradients by them can be told from those of outside use. */
    List<Variable> inner(List<Variable> outer) {
        List<Variable> inner = new ArrayList<>(outer.size());
        for (Variable variable : outer) {
            inner.add(new Variable(this, variable.value(), made++, variable.requiresGradient(), false));
        }
        return inner;
    }

    /**
     * Gradients of a scalar by all leaves. Frees what the recorded steps had saved: a second call over the same steps
     * is refused.
     *
     * @throws AutogradException if {@code loss} has more than one element, does not depend on a leaf, or lies on steps
     *     that backward has passed already
     */
    public Gradients backward(Variable loss) {
        if (loss.shape().size() != 1) {
            throw new AutogradException("backward: output of shape " + loss.shape()
                    + " (need one element, or give the gradient to start from)");
        }
        return backward(loss, ones(loss));
    }

    /**
     * Vector-Jacobian product: gradients of {@code Σ output · gradient} by all leaves. Frees what the recorded steps
     * had saved.
     *
     * @param gradient starts the walk; the shape and type of {@code output}
     * @throws AutogradException as {@link #backward(Variable)}, and if shapes or types differ
     */
    public Gradients backward(Variable output, Tensor gradient) {
        begin(output);
        if (!gradient.spec().equals(output.spec())) {
            throw new AutogradException("backward: gradient is " + gradient.spec() + ", output is " + output.spec()
                    + " (need the same)");
        }
        return new TensorSweep(this).run(output, gradient);
    }

    /**
     * Gradients of a scalar by some variables, recorded themselves: differentiate them again for gradients of
     * gradients. Nothing is freed before the tape is closed.
     *
     * @return one gradient for each of {@code by}, zeros where none flows
     * @throws AutogradException as {@link #backward(Variable)}, and if the way back crosses an op whose gradient is not
     *     differentiable itself
     */
    public List<Variable> gradients(Variable loss, List<Variable> by) {
        begin(loss);
        if (loss.shape().size() != 1) {
            throw new AutogradException("gradients: output of shape " + loss.shape() + " (need one element)");
        }
        return new GraphSweep(this).run(loss, constant(ones(loss)), by);
    }

    private void begin(Variable output) {
        if (output.tape() != this) {
            throw new AutogradException("backward: output of another tape, shape " + output.shape()
                    + " (call backward on output.tape())");
        }
        if (!output.requiresGradient()) {
            throw new AutogradException("backward: output of shape " + output.shape()
                    + " depends on no variable (make leaves with tape.variable)");
        }
        for (int i = nodes.size() - 1; i >= 0; i--) {
            if (nodes.get(i).outputs.contains(output) && nodes.get(i).passed()) {
                throw new AutogradException("backward: already passed " + nodes.get(i).name() + " of shape "
                        + output.shape() + " (record again, or sum the outputs and call backward once)");
            }
        }
    }

    private static Tensor ones(Variable like) {
        return Tensor.full(like.spec().type() == ElementType.F64 ? ElementType.F64 : ElementType.F32, 1,
                like.shape().dims()).to(like.value().backend());
    }

    /** The recorded steps as text and as a drawing. */
    public GraphText graph() {
        return new GraphText(nodes);
    }

    /** Frees what is still saved. */
    @Override
    public void close() {
        nodes.forEach(Node::release);
        nodes.clear();
    }
}
