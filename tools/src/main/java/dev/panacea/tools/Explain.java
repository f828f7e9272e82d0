package dev.panacea.tools;

import dev.panacea.autograd.GradientCheck;
import dev.panacea.nn.Spelling;
import dev.panacea.tensor.Backends;
import dev.panacea.tensor.ElementType;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.op.Differentiability;
import dev.panacea.tensor.op.Op;
import dev.panacea.tensor.op.Ops;
import dev.panacea.tensor.op.Refusal;
import dev.panacea.tensor.op.Sample;
import dev.panacea.tensor.op.ViewOp;
import java.io.PrintWriter;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** {@code panacea explain}: lists the ops, or tells one: formula, shapes, a sample with values, gradient check. */
@Command(name = "explain", mixinStandardHelpOptions = true,
        description = "List all ops, or tell one: formula, shapes, a sample, its gradient.")
final class Explain implements Callable<Integer> {
    private static final int READABLE = 64; // elements that still fit the eye
    private static final double GRADIENT_LIMIT = 1e-6;
    private static final double CHECK_SECONDS = 3;

    @picocli.CommandLine.Spec
    private CommandSpec spec;

    @Parameters(arity = "0..1", paramLabel = "OP", description = "An op such as softmax; without it, all are listed.")
    private String name;

    private PrintWriter out;

    /** Prints what was asked for; exit code 1 where a gradient is not what differences say. */
    @Override
    public Integer call() {
        out = spec.commandLine().getOut();
        try (MemoryScope _ = MemoryScope.open("explain")) {
            if (name == null) {
                Ops.all().forEach(op -> row(op.name(), op.formula()));
                return 0;
            }
            return tell(find());
        } finally {
            out.flush();
        }
    }

    private Op find() {
        for (Op op : Ops.all()) {
            if (op.name().equalsIgnoreCase(name)) {
                return op;
            }
        }
        String asked = name.toLowerCase(Locale.ROOT);
        String near = Ops.all().stream().map(Op::name)
                .filter(op -> Spelling.near(asked, op.toLowerCase(Locale.ROOT))).limit(3)
                .collect(Collectors.joining(", "));
        throw new ParameterException(spec.commandLine(), "no op is called '" + name + "' ("
                + (near.isEmpty() ? "'panacea explain' lists all" : "did you mean " + near + "?") + ")");
    }

    private int tell(Op op) {
        row(op.name(), op.formula());
        row("computed", op instanceof ViewOp ? "as a view: shares memory where strides allow"
                : Backends.cpu().kernel(op) == null ? "on the cpu by the reference code"
                : "on the cpu by a fast kernel for F32, else by the reference code");
        row("gradient", switch (op.differentiability()) {
            case SMOOTH -> "has one";
            case CONSTANT -> "none flows: the result is a constant to its inputs";
            case REFUSED -> "not here: asking for it is refused";
        });
        head("shapes");
        for (Sample sample : op.samples()) {
            List<Spec> in = SelfTest.inputs(sample, ElementType.F32).stream().map(Tensor::spec).toList();
            line(sample.op() + ":  " + join(in) + " → " + join(sample.op().shapes(in)));
        }
        head("refuses");
        op.refusals().stream().map(Refusal::message).forEach(this::line);
        op.samples().stream().filter(sample -> size(sample) <= READABLE).findFirst()
                .or(() -> op.samples().stream().min(Comparator.comparingLong(Explain::size)))
                .ifPresent(this::show);
        return op.differentiability() == Differentiability.SMOOTH ? check(op) : 0;
    }

    private static long size(Sample sample) {
        return sample.inputs().stream().mapToLong(input -> input.shape().size()).sum();
    }

    private void show(Sample sample) {
        head("sample");
        line(sample.op().toString());
        List<Tensor> inputs = SelfTest.inputs(sample, ElementType.F32);
        for (int i = 0; i < inputs.size(); i++) {
            tensor("input " + i, inputs.get(i));
        }
        List<Tensor> outputs = SelfTest.outputs(sample.op(), inputs);
        for (int i = 0; i < outputs.size(); i++) {
            tensor("output " + i, outputs.get(i));
        }
    }

    private int check(Op op) {
        head("gradient check");
        long begun = System.nanoTime();
        long elements = 0;
        double worst = 0;
        int checked = 0;
        for (Sample sample : op.samples()) {
            if ((System.nanoTime() - begun) / 1e9 > CHECK_SECONDS) {
                break;
            }
            GradientCheck.Result result = GradientCheck.run(in -> in.getFirst().apply(sample.op(), in).getFirst(),
                    SelfTest.inputs(sample, ElementType.F64), 1);
            checked++;
            elements += result.elements();
            worst = Math.max(worst, result.worst());
            if (!(result.worst() <= GRADIENT_LIMIT)) {
                line(sample.op() + ": " + result);
            }
        }
        boolean agrees = worst <= GRADIENT_LIMIT;
        String share = checked + " of " + op.samples().size() + " samples"
                + (checked < op.samples().size() ? " in the time given" : "");
        line("%s, %d partial derivatives in F64: worst relative error %.1e (limit 1e-6): %s".formatted(share, elements,
                worst, agrees ? "agrees" : "DIFFERS"));
        return agrees ? 0 : 1;
    }

    private static String join(List<Spec> specs) {
        return specs.isEmpty() ? "()" : specs.stream().map(Spec::toString).collect(Collectors.joining(", "));
    }

    private void row(String what, String text) {
        out.printf("%-23s %s%n", what, text);
    }

    private void head(String text) {
        out.printf("%n%s%n", text);
    }

    private void line(String text) {
        out.println("  " + text);
    }

    private void tensor(String what, Tensor tensor) {
        String indent = " ".repeat(13);
        out.printf("  %-10s %s%n", what, tensor.toString().replace("\n", "\n" + indent));
    }
}
