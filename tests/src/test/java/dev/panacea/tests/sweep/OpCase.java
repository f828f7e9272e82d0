package dev.panacea.tests.sweep;

import dev.panacea.tensor.Backends;
import dev.panacea.tensor.ElementType;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.op.Op;
import dev.panacea.tensor.op.Ops;
import dev.panacea.tensor.op.Sample;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * One sample of one op, to be tried with one seed.
 *
 * @param name such as {@code softmax#2}
 * @param sample what to run
 * @param seed makes the inputs
 */
public record OpCase(String name, Sample sample, long seed) {
    /** System property that limits the sweeps to some ops: {@code -Dpanacea.ops=softmax,sum}. */
    private static final String FILTER = "panacea.ops";

    /** The ops under test. */
    public static List<Op> ops() {
        String filter = System.getProperty(FILTER, "");
        Set<String> names = filter.isEmpty() ? Set.of() : Set.of(filter.split(","));
        return Ops.all().stream().filter(op -> names.isEmpty() || names.contains(op.name())).toList();
    }

    /** Every sample of every op under test, with so many seeds each. */
    public static List<OpCase> all(int seeds) {
        List<OpCase> cases = new ArrayList<>();
        for (Op op : ops()) {
            List<Sample> samples = op.samples();
            for (int i = 0; i < samples.size(); i++) {
                for (int seed = 0; seed < seeds; seed++) {
                    cases.add(new OpCase(op.name() + "#" + i, samples.get(i), 1000L * i + seed));
                }
            }
        }
        return cases;
    }

    public Op op() {
        return sample.op();
    }

    /** The inputs, contiguous, with reals of the given type. */
    public List<Tensor> inputs(ElementType real) {
        List<Tensor> inputs = new ArrayList<>();
        for (int i = 0; i < sample.inputs().size(); i++) {
            inputs.add(sample.inputs().get(i).make(real, seed * 31 + i));
        }
        return inputs;
    }

    /** Runs the op as a user's call does. */
    public List<Tensor> run(List<Tensor> inputs) {
        return inputs.isEmpty()
                ? List.of(Tensor.make(op()))
                : inputs.getFirst().apply(op(), inputs);
    }

    /** Error allowed in F32, relative to 1 + |expected|. */
    double tolerance() {
        return sample.tolerance() * Math.sqrt(sample.reduction());
    }

    /** Compares the kernel with the reference, which computes in double precision from the same inputs. */
    void checkParity() {
        try (MemoryScope _ = MemoryScope.open("parity")) {
            List<Tensor> inputs = inputs(ElementType.F32);
            checkParity(inputs, run(inputs));
        }
    }

    /** Compares outputs, wherever they are, with the reference on inputs that are on the CPU. */
    public void checkParity(List<Tensor> inputs, List<Tensor> outputs) {
        List<Tensor> actual = outputs.stream().map(output -> output.to(Backends.cpu())).toList();
        List<Tensor> expected = reference(inputs, actual);
        for (int k = 0; k < actual.size(); k++) {
            checkClose(actual.get(k), expected.get(k));
        }
    }

    private List<Tensor> reference(List<Tensor> inputs, List<Tensor> like) {
        Tensor[] outputs = new Tensor[like.size()];
        for (int k = 0; k < outputs.length; k++) {
            Spec spec = like.get(k).spec();
            outputs[k] = Tensor.allocate(Backends.cpu(),
                    spec.type() == ElementType.F32 ? spec.with(ElementType.F64) : spec);
        }
        op().reference(inputs.toArray(Tensor[]::new), outputs);
        return List.of(outputs);
    }

    private void checkClose(Tensor actual, Tensor expected) {
        for (long i = 0; i < actual.size(); i++) {
            double a = actual.flat(i);
            double e = expected.flat(i);
            double error = Math.abs(a - e) / (1 + Math.abs(e));
            boolean equal = Double.isNaN(e) ? Double.isNaN(a) : a == e || error <= tolerance();
            if (!equal) {
                throw new AssertionError(this + ": element " + i + " of " + actual.spec() + ": kernel " + a
                        + ", reference " + e + ", error " + error + " > " + tolerance());
            }
        }
    }

    @Override
    public String toString() {
        return name + " " + sample.op() + " " + sample.inputs().stream().map(input -> input.shape().toString()).toList()
                + " seed " + seed;
    }
}
