package dev.panacea.nn.onnx;

import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import dev.panacea.tensor.op.Op;
import java.util.List;

/** A value of a network that is being recorded: shape and type are known, and how it is made, but no elements. */
public final class OnnxValue implements TensorOps<OnnxValue> {
    private final Recording recording;
    private final int number;
    private final Spec spec;
    private final Tensor constant;
    private final String name;

    /**
     * A value of that number in the order of making.
     *
     * @param constant the elements where they are known, or null
     * @param name of the parameter that it is, or null
     */
    OnnxValue(Recording recording, int number, Spec spec, Tensor constant, String name) {
        this.recording = recording;
        this.number = number;
        this.spec = spec;
        this.constant = constant;
        this.name = name;
    }

    /** Whether both have as many axes; constants are of one shape. */
    boolean isLike(OnnxValue other) {
        return spec.rank() == other.spec.rank() && (constant == null) == (other.constant == null)
                && (constant == null || spec.equals(other.spec));
    }

    int number() {
        return number;
    }

    Tensor constant() {
        return constant;
    }

    String name() {
        return name;
    }

    @Override
    public Spec spec() {
        return spec;
    }

    @Override
    public List<OnnxValue> apply(Op op, List<OnnxValue> inputs) {
        return recording.apply(op, inputs);
    }

    @Override
    public OnnxValue lift(Tensor constant) {
        return recording.constant(constant, null);
    }

    @Override
    public String toString() {
        return "value " + number + (name == null ? "" : " " + name) + ", " + spec;
    }
}
