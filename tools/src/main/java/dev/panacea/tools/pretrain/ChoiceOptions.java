package dev.panacea.tools.pretrain;

import dev.panacea.ace.train.Recipe;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The choices of a run that pretraining and lessons about it let people make. */
public final class ChoiceOptions {
    @Option(names = "--drawn", paramLabel = "N", description = "How many X-rays are drawn (default: 256).")
    private Integer drawn;

    @Option(names = "--recipe", paramLabel = "NAME",
            description = "Begin from a whole set of choices, for a Swin-B: panacea, paper or released.")
    private String recipe;

    @Option(names = "--model", paramLabel = "NAME",
            description = "The backbone, such as swin_tiny or vit_base (default: swin_nano).")
    private String model;

    @Option(names = "--image", paramLabel = "PIXELS",
            description = "Side of the square that pictures are resized to; views keep their share of it.")
    private Integer image;

    @Option(names = "--view", paramLabel = "PIXELS", description = "Side of the views, an even number of cells.")
    private Integer view;

    @Option(names = "--batch", paramLabel = "N", description = "Pictures in a batch.")
    private Integer batch;

    @Option(names = "--seed", paramLabel = "N", description = "What all random numbers come from.")
    private Long seed;

    @Option(names = "--set", paramLabel = "KEY=VALUE",
            description = "Any other choice by its name in run.json, such as optimizer.rate=0.001; may be repeated.")
    private Map<String, String> set = Map.of();

    /** What picocli fills in. */
    public ChoiceOptions() {}

    /** The recipe that was named. */
    Optional<Recipe> recipe() {
        return Optional.ofNullable(recipe).map(Recipe::named);
    }

    /** What a run begins from: the recipe that was named, or small settings. */
    public RunConfig begun() {
        return recipe().map(RunConfig::of).orElseGet(RunConfig::small);
    }

    /**
     * A run with the choices that were made.
     *
     * @param begun before them
     * @param more others by their names; null for what was not given
     */
    public RunConfig changed(RunConfig begun, Map<String, Object> more) {
        Map<String, String> changes = new HashMap<>(new GridSizes(begun.pretrain().grid(), image, view).changes());
        Map<String, Object> given = new HashMap<>(more);
        given.put("model.name", model);
        given.put("optimizer.batch", batch);
        given.put("seed", seed);
        given.forEach((key, value) -> {
            if (value != null) {
                changes.put(key, value.toString());
            }
        });
        changes.putAll(set);
        RunConfig run = begun.with(changes);
        return drawn == null ? run : run.withDrawn(drawn);
    }
}
