package dev.panacea.tools.gpu;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.panacea.ace.train.StepReport;
import dev.panacea.tensor.Backend;
import dev.panacea.tensor.BackendException;
import dev.panacea.tensor.Backends;
import dev.panacea.tensor.io.AtomicFile;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code panacea gpu-check}: tries a card in all ways that need one, and reports. Each part is printed, and the report
 * written, when it is done, so that what was found stays if a later part takes the process down.
 */
@Command(name = "gpu-check", mixinStandardHelpOptions = true,
        description = "Compare a card with the CPU: every op, a small training; then measure whole training steps.")
public final class GpuCheck implements Callable<Integer> {
    private static final String PRECISION = "panacea.cuda.precision";

    /** The parts of the check. */
    enum Part { PARITY, ATTENTION, TRAINING, SPEED }

    /** The precisions, and how far the loss of the sixth step may be from the CPU's. */
    enum Precision {
        F32(1e-3), TF32(2e-2), BF16(1e-1);

        private final double allowed;

        Precision(double allowed) {
            this.allowed = allowed;
        }

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Spec
    private CommandSpec spec;

    @Option(names = "--device", defaultValue = "cuda:0", paramLabel = "DEVICE",
            description = "The card (default: ${DEFAULT-VALUE}).")
    private String device;

    @Option(names = "--only", split = ",", paramLabel = "PART",
            description = "Only these parts: ${COMPLETION-CANDIDATES}; separated by commas.")
    private List<Part> only = List.of(Part.values());

    @Option(names = "--precisions", split = ",", paramLabel = "P",
            description = "Only these precisions in attention, training and speed: ${COMPLETION-CANDIDATES}.")
    private List<Precision> precisions = List.of(Precision.values());

    @Option(names = "--ops", split = ",", paramLabel = "OP", description = "Only these ops in the parity part.")
    private Set<String> ops = Set.of();

    @Option(names = "--without-ops", split = ",", paramLabel = "OP", description = "All but these ops there.")
    private Set<String> without = Set.of();

    @Option(names = "--batch", defaultValue = "8", paramLabel = "N",
            description = "Pictures in a batch of the measured steps (default: ${DEFAULT-VALUE}).")
    private int batch;

    @Option(names = "--steps", defaultValue = "10", paramLabel = "N",
            description = "Measured steps (default: ${DEFAULT-VALUE}).")
    private int steps;

    @Option(names = "--json", description = "Print JSON in place of Markdown.")
    private boolean json;

    @Option(names = "--out", paramLabel = "FILE", description = "Write the report to a file as well.")
    private Path out;

    private final List<Section> sections = new ArrayList<>();

    /** What picocli fills in. */
    public GpuCheck() {}

    /**
     * Runs the parts; exit code 1 where something differs.
     *
     * @throws BackendException if there is no card that can be used, with the reason and the cure
     */
    @Override
    public Integer call() {
        Backend card = open(Precision.F32);
        if (!json) {
            print("# gpu-check of " + card.name() + "\n");
        }
        section("The card", () -> facts(card));
        if (only.contains(Part.PARITY)) {
            section("Ops against the reference", () -> ParityCheck.run(Backends.current(),
                    name -> (ops.isEmpty() || ops.contains(name)) && !without.contains(name)));
        }
        List<StepReport> here = only.contains(Part.TRAINING) ? onCpu() : List.of();
        for (Precision precision : precisions) {
            if (only.contains(Part.ATTENTION)) {
                String title = "Attention in " + precision.label();
                section(title, () -> AttentionCheck.run(open(precision), title));
            }
            if (only.contains(Part.TRAINING)) {
                String title = "A small training in " + precision.label() + ", and on the cpu";
                section(title, () -> TrainingCheck.run(title, here, new Backends.Choice(open(precision), device),
                        precision.allowed));
            }
            if (only.contains(Part.SPEED)) {
                section("Speed in " + precision.label(), () ->
                        SpeedCheck.run(open(precision), precision.label(), batch, steps));
            }
        }
        long failures = sections.stream().mapToLong(section -> section.failures().size()).sum();
        print(json ? json() : "\n" + (failures == 0 ? "All is well." : failures + " failures.") + "\n");
        return failures == 0 ? 0 : 1;
    }

    private static List<StepReport> onCpu() {
        Backend card = Backends.current();
        List<StepReport> steps = TrainingCheck.steps(Backends.choose("cpu"));
        Backends.use(new Backends.Choice(card, card.name()));
        return steps;
    }

    /** The card in a precision, which a card has from its opening on. */
    private Backend open(Precision precision) {
        if (Backends.current() != Backends.cpu()) {
            if (precision.label().equals(System.getProperty(PRECISION))) {
                return Backends.current();
            }
            Backends.current().close();
            Backends.use(Backends.choose("cpu"));
        }
        System.setProperty(PRECISION, precision.label());
        Backends.use(Backends.choose(device));
        return Backends.current();
    }

    private static Section facts(Backend card) {
        Section section = new Section("The card");
        section.row("what", "value");
        card.facts().forEach((name, value) -> {
            section.row(name, value);
            section.field(name, value);
        });
        section.row("java", Runtime.version());
        section.row("processors", Runtime.getRuntime().availableProcessors());
        return section;
    }

    /** Runs one part; what it throws becomes its failure, and the parts after it are tried all the same. */
    private void section(String title, Supplier<Section> part) {
        Section section;
        try {
            section = part.get();
        } catch (RuntimeException | OutOfMemoryError failed) {
            section = new Section(title);
            section.failure(failed.getClass().getSimpleName() + ": " + failed.getMessage());
            StackTraceElement[] trace = failed.getStackTrace();
            for (int i = 0; i < Math.min(8, trace.length); i++) {
                section.line("    at " + trace[i]);
            }
        }
        sections.add(section);
        if (!json) {
            print(section.markdown());
        }
        if (out != null) {
            AtomicFile.write(out, "report", (json ? json() : markdown()).getBytes(StandardCharsets.UTF_8));
        }
    }

    private String markdown() {
        StringBuilder text = new StringBuilder("# gpu-check of " + device + "\n");
        sections.forEach(section -> text.append(section.markdown()));
        return text.toString();
    }

    private String json() {
        Map<String, Object> parts = new LinkedHashMap<>();
        sections.forEach(section -> parts.put(section.title(), section.fields()));
        try {
            return new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(parts) + "\n";
        } catch (JsonProcessingException never) {
            throw new IllegalStateException(never); // texts and numbers can always be written
        }
    }

    private void print(String text) {
        PrintWriter printer = spec.commandLine().getOut();
        printer.print(text);
        printer.flush();
    }
}
