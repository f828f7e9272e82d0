package dev.panacea.tools.study;

import dev.panacea.ace.data.Normalisation;
import dev.panacea.ace.study.BackboneFeatures;
import dev.panacea.ace.study.BackboneSpec;
import dev.panacea.nn.ConfigException;
import dev.panacea.nn.model.Backbone;
import dev.panacea.nn.model.Models;
import dev.panacea.nn.weight.LoadOptions;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Which networks are looked at. */
public final class SubjectOptions {
    private static final String RANDOM = "random";
    private static final String USUAL = "swin_nano";

    @Option(names = {"--checkpoint", "--init"}, paramLabel = "F",
            description = "The folder of a run, a checkpoint, or weights from elsewhere (.safetensors, .pth; they need"
                    + " a model's name before: MODEL=FILE, or --model); or 'random', without training: of --model or"
                    + " MODEL=random, else of every other model named here. May be repeated (default: random, a nano"
                    + " Swin).")
    private List<String> checkpoints = List.of(RANDOM);

    @Option(names = "--model", paramLabel = "NAME",
            description = "The backbone of files that do not tell, such as vit_base_patch32_448, and of random ones.")
    private String model;

    @Option(names = "--part", paramLabel = "NAME",
            description = "Of a file with several models, the one to take: student, teacher (default: the teacher).")
    private String part;

    @Option(names = "--normalise", defaultValue = "xray", paramLabel = "NAME",
            description = "For files that do not tell: xray, imagenet, half, none, or MEAN,DEVIATION (default:"
                    + " ${DEFAULT-VALUE}).")
    private String normalise;

    @Option(names = "--pooling", defaultValue = "tokens", paramLabel = "NAME",
            description = "One embedding of a picture: the mean of its tokens, or a ViT's class token:"
                    + " ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private BackboneFeatures.Pooling pooling;

    @Option(names = "--tokens", defaultValue = "backbone", paramLabel = "NAME",
            description = "The tokens of the backbone, or those after the dense head, which training matches:"
                    + " ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private Tokens tokens;

    @Option(names = "--random-seed", defaultValue = "0", paramLabel = "N",
            description = "What random weights come from (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--batch", defaultValue = "8", paramLabel = "N",
            description = "Pictures computed at once, a matter of speed alone (default: ${DEFAULT-VALUE}).")
    private int batch;

    /** Which tokens of a network are looked at. */
    enum Tokens {
        BACKBONE,
        MATCHING
    }

    /** What picocli fills in. */
    public SubjectOptions() {}

    /**
     * Opens all of them, in the order in which they were named.
     *
     * @param err where loads tell what they did
     */
    public List<Subject> subjects(PrintWriter err) {
        Map<String, Subject> subjects = new LinkedHashMap<>();
        List<BackboneSpec> known = new ArrayList<>();
        for (String text : checkpoints) {
            Named named = Named.of(text, model);
            if (!named.rest.equals(RANDOM)) {
                Path file = BackboneSpec.checkpoint(Path.of(named.rest));
                BackboneSpec spec = (named.model == null ? BackboneSpec.toldBy(file) : Optional.<BackboneSpec>empty())
                        .orElseGet(() -> foreign(named, file)).withDense(tokens == Tokens.MATCHING);
                BackboneSpec.Loaded loaded = spec.load(file, part == null ? LoadOptions.DEFAULT
                        : LoadOptions.DEFAULT.withPart(part));
                err.print(loaded.report().text());
                known.add(spec);
                add(subjects, BackboneSpec.label(Path.of(named.rest)), file.toString(), loaded.backbone(), spec);
            } else if (named.model != null) {
                BackboneSpec spec = foreign(named, Path.of(RANDOM));
                add(subjects, RANDOM + " " + named.model, origin(), spec.random(seed), spec);
            }
        }
        if (checkpoints.contains(RANDOM) && model == null) {
            if (known.isEmpty()) {
                known.add(foreign(new Named(USUAL, RANDOM), Path.of(RANDOM)));
            }
            known.stream().distinct().forEach(spec ->
                    add(subjects, RANDOM + " " + spec.name(), origin(), spec.random(seed), spec));
        }
        err.flush();
        return List.copyOf(subjects.values());
    }

    private String origin() {
        return "random, seed " + seed;
    }

    private BackboneSpec foreign(Named named, Path file) {
        String name = named.model == null ? model : named.model;
        if (name == null) {
            throw new ConfigException("checkpoint " + file + ": it does not say which model it is (name it: --model"
                    + " NAME, or --checkpoint NAME=FILE)");
        }
        return BackboneSpec.foreign(name, Models.named(name), Normalisation.named(normalise))
                .withDense(tokens == Tokens.MATCHING);
    }

    private void add(Map<String, Subject> subjects, String label, String origin, Backbone backbone,
            BackboneSpec spec) {
        String free = label;
        for (int number = 2; subjects.containsKey(free); number++) {
            free = label + " (" + number + ")";
        }
        subjects.put(free, new Subject(free, origin, new BackboneFeatures(backbone, spec, pooling, batch)));
    }

    /** {@code MODEL=FILE}, or a file alone. */
    private record Named(String model, String rest) {
        static Named of(String text, String model) {
            int at = text.indexOf('=');
            boolean both = at > 0 && Models.names().stream().anyMatch(text.substring(0, at)::startsWith);
            return both ? new Named(text.substring(0, at), text.substring(at + 1))
                    : new Named(text.equals(RANDOM) ? model : null, text);
        }
    }
}
