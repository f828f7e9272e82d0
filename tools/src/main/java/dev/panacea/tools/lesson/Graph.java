package dev.panacea.tools.lesson;

import dev.panacea.ace.run.BatchLoader;
import dev.panacea.ace.run.LoadLimits;
import dev.panacea.ace.run.PictureSource;
import dev.panacea.ace.train.PretrainConfig;
import dev.panacea.ace.train.PretrainStep;
import dev.panacea.nn.ConfigException;
import dev.panacea.nn.Spelling;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.io.AtomicFile;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code panacea graph}: what the tape holds when the loss of a step is known, as a drawing. */
@Command(name = "graph", mixinStandardHelpOptions = true, sortOptions = false,
        description = {"Draw the tape of a pretraining step: modules as boxes, or every op of one of them.",
            "The step is the first of 'panacea pretrain' with the same options."},
        footer = {"", "Examples:", "  panacea graph --out step.svg",
            "  panacea graph --layer backbone.layers.0.blocks.1 --out block.svg",
            "  panacea graph --model vit_nano --layer DenseHead --out head.dot"})
public final class Graph implements Callable<Integer> {
    private static final int LEGIBLE = 48;
    private static final String[] COLOURS = {"#d6e6f5", "#fde0c2", "#d8efd3", "#f7d4dc", "#e6dcf3", "#fff2b8",
        "#d3efec", "#e4e7ea"};

    @Spec
    private CommandSpec spec;

    @Mixin
    private StepOptions options;

    @Option(names = "--layer", paramLabel = "PATH",
            description = "Every op of this module, such as backbone.layers.0.blocks.0.attn, or of this part of the"
                    + " step, such as MatchingLoss.")
    private String layer;

    @Option(names = "--depth", paramLabel = "N",
            description = "How many names of a module's path make a box (default: as many as stay legible).")
    private Integer depth;

    @Option(names = "--out", defaultValue = "graph.svg", paramLabel = "FILE",
            description = "A .svg, which a browser shows, or a .dot for Graphviz (default: ${DEFAULT-VALUE}).")
    private Path out;

    /** What picocli fills in. */
    public Graph() {}

    @Override
    public Integer call() {
        boolean dot = out.toString().endsWith(".dot");
        if (!dot && !out.toString().endsWith(".svg")) {
            throw new ParameterException(spec.commandLine(), "--out: " + out + " (need a name that ends in .svg or"
                    + " .dot)");
        }
        if (depth != null && (depth < 1 || layer != null)) {
            throw new ParameterException(spec.commandLine(), "--depth: " + depth + " (need 1 or more, and no --layer)");
        }
        PretrainConfig config = options.run().pretrain();
        TapeReader tape = new TapeReader();
        GraphBuilder builder;
        try (MemoryScope _ = MemoryScope.open("graph")) {
            PictureSource source = options.run().source(spec.commandLine().getErr());
            PretrainStep training = new PretrainStep(config, BatchLoader.stepsPerEpoch(source, config), tape);
            try (BatchLoader loader = new BatchLoader(source, config, 0, 1, LoadLimits.usual())) {
                training.run(loader.next());
            }
            builder = new GraphBuilder(tape, training.student().parameters());
        }
        StepGraph graph = layer != null ? builder.layer(layer) : depth != null ? builder.atDepth(depth)
                : builder.modules(LEGIBLE);
        if (graph.boxes().isEmpty()) {
            throw new ConfigException("--layer: " + layer + ": no such module (did you mean " + builder.known().stream()
                    .min(Comparator.comparingInt(known -> Spelling.distance(layer, known))).orElseThrow() + "?)");
        }
        String title = config.model().name() + (layer == null ? ": one step" : ": " + layer);
        String words = "%d ops on the tape keep %s for backward; %d boxes, %d arrows with the shapes that flow"
                .formatted(tape.steps().size(), Sizes.bytes(tape.savedBytes()), graph.boxes().size(),
                        graph.arrows().size());
        Map<String, String> colours = new LinkedHashMap<>();
        graph.boxes().forEach(box -> colours.computeIfAbsent(box.room(),
                room -> COLOURS[colours.size() % COLOURS.length]));
        AtomicFile.write(out, "graph", (dot ? graph.dot(colours) : new GraphSvg(graph, colours).draw(title, words))
                .getBytes(StandardCharsets.UTF_8));
        PrintWriter printer = spec.commandLine().getOut();
        printer.println(title + ": " + words);
        printer.println("drawn in " + out);
        printer.flush();
        return 0;
    }
}
