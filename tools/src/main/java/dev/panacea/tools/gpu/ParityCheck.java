package dev.panacea.tools.gpu;

import dev.panacea.tensor.Backend;
import dev.panacea.tensor.BackendException;
import dev.panacea.tensor.Backends;
import dev.panacea.tensor.ElementType;
import dev.panacea.tensor.Fallbacks;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.op.Op;
import dev.panacea.tensor.op.Ops;
import dev.panacea.tensor.op.Sample;
import dev.panacea.tensor.op.ViewOp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * Every sample of every op on the device, against the reference in double precision on the CPU; once with inputs that
 * lie row by row, and once with their axes in reverse order in memory, which must give the same within what is allowed;
 * and the same call twice, which must give the same bytes.
 */
final class ParityCheck {
    private static final int SHOWN = 60;

    private final Backend device;
    private final Section section = new Section("Ops against the reference");
    private final TreeSet<String> repeated = new TreeSet<>();
    private double worst;
    private String worstName = "none";
    private int ran;
    private int differ;

    private ParityCheck(Backend device) {
        this.device = device;
    }

    /** Runs the samples of the ops that {@code wanted} accepts by name. */
    static Section run(Backend device, Predicate<String> wanted) {
        return new ParityCheck(device).check(wanted);
    }

    private Section check(Predicate<String> wanted) {
        Map<String, Long> before = Fallbacks.counts();
        long begun = System.nanoTime();
        int ops = 0;
        for (Op op : Ops.all()) {
            if (wanted.test(op.name())) {
                ops++;
                int number = 0;
                for (Sample sample : op.samples()) {
                    if (!tried(sample, op.name() + "#" + number++)) {
                        section.failure("the device is lost; what comes after " + op.name() + " was not tried (run"
                                + " again with --ops, leaving it out)");
                        return ended(ops, before, begun);
                    }
                }
            }
        }
        return ended(ops, before, begun);
    }

    private Section ended(int ops, Map<String, Long> before, long begun) {
        List<String> fallen = Fallbacks.counts().entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(device.name() + " ")
                        && entry.getValue() > before.getOrDefault(entry.getKey(), 0L))
                .map(entry -> entry.getKey().substring(device.name().length() + 1)).toList();
        List<String> without = Ops.all().stream().filter(op -> !(op instanceof ViewOp) && device.kernel(op) == null)
                .map(Op::name).toList();
        double seconds = (System.nanoTime() - begun) / 1e9;
        section.line("%d samples of %d ops, %d differ; %.1f s.".formatted(ran, ops, differ, seconds));
        section.line("Largest error, of what is allowed: %.3f (%s).".formatted(worst, worstName));
        section.line("Ops without a kernel: " + list(without) + ".");
        section.line("Ops of which some samples fell back to the reference: " + list(fallen) + ".");
        section.line("Ops that gave other bytes when called again: " + list(List.copyOf(repeated)) + ".");
        section.field("samples", ran);
        section.field("differ", differ);
        section.field("seconds", seconds);
        section.field("worst", worst);
        section.field("withoutKernel", without);
        section.field("fellBack", fallen);
        section.field("notRepeatable", List.copyOf(repeated));
        return section;
    }

    private static String list(List<String> names) {
        return names.isEmpty() ? "none" : String.join(", ", names);
    }

    /** Tries one sample; false where the device answers no more. */
    private boolean tried(Sample sample, String name) {
        ran++;
        try (MemoryScope _ = MemoryScope.open("gpu-check")) {
            Tensor[] host = new Tensor[sample.inputs().size()];
            for (int i = 0; i < host.length; i++) {
                host[i] = sample.inputs().get(i).make(ElementType.F32, i + 1);
            }
            Tensor[] expected = reference(sample.op(), host);
            List<Tensor> dense = Arrays.stream(host).map(input -> input.to(device)).toList();
            List<Tensor> outputs = compare(sample, name, dense, expected);
            List<Tensor> again = outputs(sample.op(), dense);
            for (int i = 0; i < again.size(); i++) {
                if (!Arrays.equals(again.get(i).toDoubles(), outputs.get(i).toDoubles())) {
                    repeated.add(sample.op().name());
                }
            }
            if (Arrays.stream(host).anyMatch(input -> input.shape().rank() > 1)) {
                compare(sample, name + " strided", dense.stream().map(ParityCheck::reversed).toList(), expected);
            }
            return true;
        } catch (RuntimeException | OutOfMemoryError failed) {
            fail(name + ": " + failed.getClass().getSimpleName() + ": " + failed.getMessage());
            return answers();
        }
    }

    private boolean answers() {
        try {
            device.synchronize();
            return true;
        } catch (BackendException lost) {
            return false;
        }
    }

    private void fail(String text) {
        if (differ++ < SHOWN) {
            section.failure(text);
        }
    }

    private static Tensor[] reference(Op op, Tensor[] inputs) {
        Tensor[] exact = Arrays.stream(inputs)
                .map(input -> input.type() == ElementType.F32 ? input.cast(ElementType.F64) : input)
                .toArray(Tensor[]::new);
        List<Spec> specs = op.shapes(Arrays.stream(exact).map(Tensor::spec).toList());
        Tensor[] outputs = specs.stream().map(spec -> Tensor.allocate(Backends.cpu(), spec)).toArray(Tensor[]::new);
        if (op instanceof ViewOp) {
            return exact[0].apply(op, List.of(exact)).toArray(Tensor[]::new);
        }
        Backends.onCpu(() -> op.reference(exact, outputs));
        return outputs;
    }

    private static List<Tensor> outputs(Op op, List<Tensor> inputs) {
        return inputs.isEmpty() ? List.of(Tensor.make(op)) : inputs.getFirst().apply(op, inputs);
    }

    /** The same elements with the axes in reverse order in memory. */
    private static Tensor reversed(Tensor tensor) {
        int rank = tensor.shape().rank();
        int[] axes = new int[rank];
        Arrays.setAll(axes, axis -> rank - 1 - axis);
        return rank < 2 ? tensor : tensor.permute(axes).copy().permute(axes);
    }

    private List<Tensor> compare(Sample sample, String name, List<Tensor> inputs, Tensor[] expected) {
        List<Tensor> outputs = outputs(sample.op(), inputs);
        double allowed = sample.tolerance() * Math.sqrt(sample.reduction());
        List<String> wrong = new ArrayList<>();
        for (int i = 0; i < expected.length; i++) {
            double[] have = outputs.get(i).toDoubles();
            double[] want = expected[i].toDoubles();
            for (int j = 0; j < want.length; j++) {
                boolean same = Double.compare(have[j], (float) want[j]) == 0 || have[j] == want[j];
                double error = same ? 0 : Math.abs(have[j] - want[j]) / (1 + Math.abs(want[j])) / allowed;
                if (!same && !(error <= 1)) {
                    wrong.add("output " + i + " element " + j + " of " + want.length + " is " + have[j]
                            + ", the reference says " + want[j]);
                } else if (error > worst) {
                    worst = error;
                    worstName = name;
                }
            }
        }
        if (!wrong.isEmpty()) {
            fail("%s %s: %d elements differ, allowed %.2g: %s".formatted(name, sample.op(), wrong.size(), allowed,
                    wrong.getFirst()));
        }
        return outputs;
    }
}
