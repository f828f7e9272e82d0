package dev.panacea.tools.embed;

import dev.panacea.nn.model.BackboneConfig;
import dev.panacea.nn.weight.LoadOptions;
import dev.panacea.nn.weight.Naming;
import picocli.CommandLine.Option;

/** Which weights of a file are taken, and for a model of which sizes. */
public final class WeightOptions {
    @Option(names = "--image", paramLabel = "PIXELS",
            description = "Side of the square that pictures are resized to (default: the model's).")
    private Integer image;

    @Option(names = "--window", paramLabel = "TOKENS",
            description = "Side of Swin's attention windows (default: the model's).")
    private Integer window;

    @Option(names = "--colours", paramLabel = "N", description = "Channels of the model: 1 or 3 (default: 3).")
    private Integer colours;

    @Option(names = "--epsilon", paramLabel = "E",
            description = "What layer norms add to the variance (default: Swin 1e-5, ViT 1e-6; ACE's Swin has 1e-6).")
    private Double epsilon;

    @Option(names = "--part", paramLabel = "NAME",
            description = "Of a file with several models, the one to take: student, teacher (default: the teacher).")
    private String part;

    @Option(names = "--naming", paramLabel = "NAME",
            description = "Whose names the file has (default: they tell): ${COMPLETION-CANDIDATES}.")
    private Naming naming;

    @Option(names = "--seed", defaultValue = "1", paramLabel = "N",
            description = "What random weights come from (default: ${DEFAULT-VALUE}).")
    private long seed;

    /** What picocli fills in. */
    public WeightOptions() {}

    /** A model of the sizes that were asked for. */
    public BackboneConfig apply(BackboneConfig named) {
        BackboneConfig config = named;
        config = image == null ? config : config.withImage(image);
        config = window == null ? config : config.withWindow(window);
        config = colours == null ? config : config.withColours(colours);
        return epsilon == null ? config : config.withEpsilon(epsilon);
    }

    /** How the weights are found in the file. */
    public LoadOptions options() {
        LoadOptions options = LoadOptions.DEFAULT;
        options = part == null ? options : options.withPart(part);
        return naming == null ? options : options.withNaming(naming);
    }

    /** What random weights come from. */
    public long seed() {
        return seed;
    }
}
