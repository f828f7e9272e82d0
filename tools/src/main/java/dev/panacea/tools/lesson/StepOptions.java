package dev.panacea.tools.lesson;

import dev.panacea.ace.data.ImageList;
import dev.panacea.ace.run.PictureSource;
import dev.panacea.ace.train.PretrainConfig;
import dev.panacea.ace.train.Recipe;
import dev.panacea.tensor.DataException;
import dev.panacea.tools.pretrain.GridSizes;
import dev.panacea.tools.pretrain.RunConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which step of which run a lesson looks at: options of {@code pretrain}, with the same defaults. */
final class StepOptions {
    @Parameters(arity = "0..*", paramLabel = "IMAGE",
            description = "Pictures, folders or lists of them (default: drawn X-rays).")
    private List<Path> data = List.of();

    @Option(names = "--drawn", paramLabel = "N", description = "How many X-rays are drawn (default: 256).")
    private Integer drawn;

    @Option(names = "--recipe", paramLabel = "NAME",
            description = "Begin from a whole set of choices, for a Swin-B: panacea, paper or released.")
    private String recipe;

    @Option(names = "--model", paramLabel = "NAME",
            description = "The backbone, such as swin_tiny or vit_base (default: swin_nano).")
    private String model;

    @Option(names = "--image", paramLabel = "PIXELS", description = "Side of the square that pictures are resized to.")
    private Integer image;

    @Option(names = "--view", paramLabel = "PIXELS", description = "Side of the views, an even number of cells.")
    private Integer view;

    @Option(names = "--batch", paramLabel = "N", description = "Pictures in a batch.")
    private Integer batch;

    @Option(names = "--seed", paramLabel = "N", description = "What all random numbers come from.")
    private Long seed;

    @Option(names = "--set", paramLabel = "KEY=VALUE",
            description = "Any other choice by its name in run.json of a run; may be repeated.")
    private Map<String, String> set = Map.of();

    boolean draws() {
        return data.isEmpty();
    }

    /** The choices of the run. */
    PretrainConfig config() {
        RunConfig begun = recipe == null ? RunConfig.small() : RunConfig.of(Recipe.named(recipe));
        Map<String, String> changes = new HashMap<>(new GridSizes(begun.pretrain().grid(), image, view).changes());
        put(changes, "model.name", model);
        put(changes, "optimizer.batch", batch);
        put(changes, "seed", seed);
        changes.putAll(set);
        return begun.pretrain().with(changes);
    }

    private static void put(Map<String, String> changes, String key, Object value) {
        if (value != null) {
            changes.put(key, value.toString());
        }
    }

    /** Its pictures. */
    PictureSource source(PretrainConfig config) {
        if (draws()) {
            int count = drawn == null ? RunConfig.small().drawn() : drawn;
            return PictureSource.drawn(count, config.grid().imagePixels(), config.seed());
        }
        List<Path> files = new ArrayList<>();
        for (Path path : data) {
            if (!Files.exists(path)) {
                throw new DataException("pictures: " + path + ": no such file or folder (check the name)");
            }
            ImageList.named(path, null, "image").entries().forEach(entry -> files.add(entry.file()));
        }
        if (files.isEmpty()) {
            throw new DataException("pictures: none in " + data + " (name folders, lists or files)");
        }
        return PictureSource.files(files);
    }
}
