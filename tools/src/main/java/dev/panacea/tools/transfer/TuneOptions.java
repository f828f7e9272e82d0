package dev.panacea.tools.transfer;

import dev.panacea.ace.study.BackboneSpec;
import dev.panacea.ace.transfer.TransferKind;
import dev.panacea.nn.ConfigException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options that choose how a network is fine-tuned. */
public final class TuneOptions {
    private static final String NANO = "swin_nano";

    /** Whole sets of choices. */
    private enum Recipe { SMALL, PAPER }

    /** What learns. */
    enum Probe { NONE, LINEAR }

    @Mixin
    private ExampleOptions examples;

    @Option(names = "--shots", paramLabel = "N", description = "Use N of the training pictures, chosen by the seed.")
    private Integer shots;

    @Option(names = "--share", paramLabel = "SHARE", description = "Use a share of the training pictures, 0..1.")
    private Double share;

    @Option(names = "--init", paramLabel = "RUN|FILE",
            description = "The weights to begin with: the folder of a run of pretraining or fine-tuning, a .safetensors"
                    + " or .pth file of any of the usual names, or random (default: random).")
    private String init;

    @Option(names = "--part", paramLabel = "NAME",
            description = "Of a file with several models, the one to take: student, teacher (default: the teacher).")
    private String part;

    @Option(names = "--method", paramLabel = "NAME",
            description = "What tables call those weights, such as ACE (default: the name of the run or file).")
    private String method;

    @Option(names = "--recipe", defaultValue = "small", paramLabel = "NAME",
            description = "A whole set of choices: small, minutes on two cores; or paper, Sec. A.4: 448 pixels, batches"
                    + " of 32, 150 or 500 epochs (default: ${DEFAULT-VALUE}).")
    private Recipe recipe;

    @Option(names = "--model", paramLabel = "NAME",
            description = "The backbone, such as swin_base or vit_base (default: that of --init, or swin_nano).")
    private String model;

    @Option(names = "--view", paramLabel = "PIXELS", description = "Side of the views (default: that of --init).")
    private Integer view;

    @Option(names = "--batch", paramLabel = "N", description = "Pictures in a step.")
    private Integer batch;

    @Option(names = "--epochs", paramLabel = "N", description = "Times that each picture is seen.")
    private Double epochs;

    @Option(names = "--rate", paramLabel = "RATE", description = "Learning rate at the peak.")
    private Double rate;

    @Option(names = "--patience", paramLabel = "N",
            description = "End when the validation part has not been answered better N times; 0 for never.")
    private Integer patience;

    @Option(names = "--class-weights", description = "Let rare labels count more.")
    private boolean classWeights;

    @Option(names = "--probe", defaultValue = "none", paramLabel = "NAME",
            description = "linear: the backbone stays as it is, the head alone learns (default: ${DEFAULT-VALUE}).")
    private Probe probe;

    @Option(names = "--seeds", paramLabel = "N", split = ",",
            description = "What all random numbers come from; several make as many runs (default: 0).")
    private List<Long> seeds;

    @Option(names = "--set", paramLabel = "KEY=VALUE",
            description = "Any other choice by its name below 'transfer' in run.json, such as optimizer.decay=0.1; may"
                    + " be repeated.")
    private Map<String, String> set = Map.of();

    /** What picocli fills in. */
    public TuneOptions() {}

    /**
     * The seeds of the runs; empty where none was given.
     *
     * @throws ConfigException if one is there twice
     */
    List<Long> seeds() {
        if (seeds != null && seeds.stream().distinct().count() < seeds.size()) {
            throw new ConfigException("--seeds " + seeds + ": one is there twice (need different ones)");
        }
        return seeds == null ? List.of() : List.copyOf(seeds);
    }

    /** Whether weights are named. */
    boolean hasInit() {
        return init != null;
    }

    /** What a new run begins from. */
    TransferPlan begun(TransferKind kind) {
        boolean fromFile = init != null && !init.equals(TransferPlan.RANDOM);
        Map<String, String> told = fromFile ? new Origin(init).changes() : Map.of();
        if (fromFile && told.isEmpty() && model == null) {
            throw new ConfigException("--init " + init + ": it does not say which model it is (name it: --model NAME)");
        }
        String name = model == null ? told.getOrDefault("model.name", NANO) : model;
        TransferPlan plan = recipe == Recipe.PAPER ? TransferPlan.paper(kind, name) : TransferPlan.small(kind, name);
        return plan.with(told);
    }

    /** A plan with what was given. */
    TransferPlan changed(TransferPlan begun) {
        if (shots != null && shots < 1) {
            throw new ConfigException("--shots " + shots + ": out of range (need 1 or more; leave it out for all)");
        }
        if (share != null && !(share > 0 && share <= 1)) {
            throw new ConfigException("--share " + share + ": out of range (need more than 0, at most 1)");
        }
        Map<String, Object> given = new LinkedHashMap<>();
        given.put("model.name", model);
        given.put("view.pixels", view);
        given.put("optimizer.batch", batch);
        given.put("optimizer.epochs", epochs);
        given.put("optimizer.rate", rate);
        given.put("optimizer.patience", patience);
        given.put("loss.classWeights", classWeights ? true : null);
        given.put("optimizer.frozen", probe == Probe.LINEAR ? true : null);
        Map<String, String> changes = new LinkedHashMap<>();
        given.forEach((key, value) -> {
            if (value != null) {
                changes.put(key, value.toString());
            }
        });
        changes.putAll(set);
        String from = init == null ? begun.init() : init;
        String name = method != null ? method : init == null ? begun.method()
                : init.equals(TransferPlan.RANDOM) ? init : BackboneSpec.label(Path.of(init));
        return new TransferPlan(examples.changed(begun.examples()), shots == null ? begun.shots() : shots,
                share == null ? begun.share() : share, name, from, part == null ? begun.part() : part,
                begun.transfer()).with(changes);
    }
}
