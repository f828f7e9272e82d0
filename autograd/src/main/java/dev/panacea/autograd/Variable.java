package dev.panacea.autograd;

import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import dev.panacea.tensor.op.Op;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** A tensor whose making is recorded on a {@link Tape}, so that a gradient can flow back through it. */
public final class Variable implements TensorOps<Variable> {
    private final Tape tape;
    private final Tensor value;
    private final long number;
    private final boolean requiresGradient;
    private final boolean leaf;
    private List<UnaryOperator<Tensor>> hooks = List.of();
    private Node maker;
    private Tensor again;

    Variable(Tape tape, Tensor value, long number, boolean requiresGradient, boolean leaf) {
        this.tape = tape;
        this.value = value;
        this.number = number;
        this.requiresGradient = requiresGradient;
        this.leaf = leaf;
    }

    /**
     * The tensor. Where it is freed and its op {@linkplain dev.panacea.tensor.op.Op#recomputes computes it again}, that
     * happens here, and the current memory scope owns the result.
     */
    public Tensor value() {
        if (!isRecomputed() || !value.isFreed()) {
            return value;
        }
        if (again == null || again.isFreed()) {
            again = maker.recompute(this);
        }
        return again;
    }

    /** Tells which step made this variable. */
    void madeBy(Node node) {
        maker = node;
    }

    /** Whether backward computes the value again, so that nobody needs to keep it. */
    boolean isRecomputed() {
        return maker != null && maker.recomputes(this);
    }

    /** The tape that records this variable. */
    public Tape tape() {
        return tape;
    }

    /** Whether a gradient flows to this variable. */
    public boolean requiresGradient() {
        return requiresGradient;
    }

    /** Whether this variable was given to the tape, rather than computed: backward reports gradients of leaves. */
    public boolean isLeaf() {
        return leaf;
    }

    /** Position in the order of making, for graphs and messages. */
    long number() {
        return number;
    }

    @Override
    public Spec spec() {
        return value.spec();
    }

    /** Sizes of the axes. */
    public Shape shape() {
        return value.shape();
    }

    /** The same value, cut off: through it no gradient flows. */
    public Variable detach() {
        return tape.constant(value);
    }

    /**
     * Calls {@code hook} in backward with the complete gradient of this variable; what it returns flows on in its
     * place. Hooks run in the order of their adding.
     *
     * @throws AutogradException if no gradient flows to this variable
     */
    public Variable hook(UnaryOperator<Tensor> hook) {
        if (!requiresGradient) {
            throw new AutogradException("hook: no gradient flows to this variable of shape " + shape()
                    + " (make it with tape.variable)");
        }
        List<UnaryOperator<Tensor>> more = new ArrayList<>(hooks);
        more.add(hook);
        hooks = more;
        return this;
    }

    List<UnaryOperator<Tensor>> hooks() {
        return hooks;
    }

    @Override
    public List<Variable> apply(Op op, List<Variable> inputs) {
        return tape.record(op, inputs);
    }

    @Override
    public boolean isRecorded() {
        return true;
    }

    @Override
    public Variable lift(Tensor constant) {
        return tape.constant(constant);
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
