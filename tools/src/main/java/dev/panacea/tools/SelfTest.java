package dev.panacea.tools;

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

/**
 * Runs the samples of every op on the current backend in F32 and compares them with the reference in F64.
 *
 * @param samples how many samples ran
 * @param left how many did not, because the time was over
 * @param disagreements one line for each sample that came out otherwise
 * @param seconds how long it took
 */
record SelfTest(int samples, int left, List<String> disagreements, double seconds) {
    /**
     * Runs the first sample of every op, then, until no time is left, the second ones and so on.
     *
     * @param limit seconds after which, every op having been run once, no other sample is begun
     */
    static SelfTest run(double limit) {
        long begun = System.nanoTime();
        List<List<Sample>> all = Ops.all().stream().map(Op::samples).toList();
        int total = all.stream().mapToInt(List::size).sum();
        int ran = 0;
        List<String> disagreements = new ArrayList<>();
        for (int round = 0; ran < total; round++) {
            for (List<Sample> samples : all) {
                if (round >= samples.size()) {
                    continue;
                }
                if (round > 0 && (System.nanoTime() - begun) / 1e9 > limit) {
                    return new SelfTest(ran, total - ran, disagreements, (System.nanoTime() - begun) / 1e9);
                }
                ran++;
                try (MemoryScope _ = MemoryScope.open("self-test")) {
                    String difference = difference(samples.get(round));
                    if (difference != null) {
                        disagreements.add(difference);
                    }
                }
            }
        }
        return new SelfTest(ran, 0, disagreements, (System.nanoTime() - begun) / 1e9);
    }

    /** Where kernel and reference differ by more than the sample allows, or null. */
    private static String difference(Sample sample) {
        Op op = sample.op();
        List<Tensor> inputs = inputs(sample, ElementType.F32);
        List<Tensor> outputs = outputs(op, inputs.stream().map(input -> input.to(Backends.current())).toList());
        Tensor[] exact = inputs.stream().map(SelfTest::widen).toArray(Tensor[]::new);
        Tensor[] expected = op.shapes(specs(exact)).stream().map(SelfTest::empty).toArray(Tensor[]::new);
        Backends.onCpu(() -> op.reference(exact, expected));
        double allowed = sample.tolerance() * Math.sqrt(sample.reduction());
        for (int i = 0; i < expected.length; i++) {
            double[] have = outputs.get(i).toDoubles();
            double[] want = expected[i].toDoubles();
            for (int j = 0; j < want.length; j++) {
                boolean same = Double.compare(have[j], (float) want[j]) == 0;
                if (!same && !(Math.abs(have[j] - want[j]) <= allowed * Math.max(1, Math.abs(want[j])))) {
                    return op + ": output " + i + " element " + j + " is " + have[j] + ", the reference says " + want[j]
                            + " (allowed " + allowed + ")";
                }
            }
        }
        return null;
    }

    /** The inputs of a sample, always the same. */
    static List<Tensor> inputs(Sample sample, ElementType real) {
        List<Tensor> inputs = new ArrayList<>();
        for (int i = 0; i < sample.inputs().size(); i++) {
            inputs.add(sample.inputs().get(i).make(real, i + 1));
        }
        return inputs;
    }

    /** What an op makes of them. */
    static List<Tensor> outputs(Op op, List<Tensor> inputs) {
        return inputs.isEmpty() ? List.of(Tensor.make(op)) : inputs.getFirst().apply(op, inputs);
    }

    /** The very same numbers in F64. */
    private static Tensor widen(Tensor tensor) {
        return tensor.type() == ElementType.F32 ? tensor.cast(ElementType.F64) : tensor;
    }

    private static Tensor empty(Spec spec) {
        return Tensor.allocate(Backends.cpu(), spec);
    }

    private static List<Spec> specs(Tensor[] tensors) {
        return List.of(tensors).stream().map(Tensor::spec).toList();
    }
}
