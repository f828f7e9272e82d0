package dev.panacea.tools.transfer;

import dev.panacea.ace.transfer.TransferKind;
import dev.panacea.nn.ConfigException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A run to do: all of those that were asked for are planned before the first begins.
 *
 * @param plan what it follows from
 * @param folder where it is
 */
record PlannedRun(TransferPlan plan, Path folder) {
    private boolean isBegun() {
        return isBegun(folder);
    }

    private static boolean isBegun(Path folder) {
        return Files.exists(folder.resolve(TransferPlan.FILE));
    }

    /** A run of several seeds has a folder for each. */
    private static Path of(Path folder, long seed) {
        return folder.resolve("seed-" + seed);
    }

    /**
     * New runs, one for each seed.
     *
     * @throws ConfigException if a folder holds a run, or the choices do not fit together
     */
    static List<PlannedRun> fresh(TransferKind kind, Path folder, TuneOptions options) {
        TransferPlan plan = options.changed(options.begun(kind));
        List<Long> seeds = options.seeds();
        List<PlannedRun> runs = switch (seeds.size()) {
            case 0 -> List.of(new PlannedRun(plan, folder));
            case 1 -> List.of(new PlannedRun(plan.withSeed(seeds.getFirst()), folder));
            default -> seeds.stream().map(seed -> new PlannedRun(plan.withSeed(seed), of(folder, seed))).toList();
        };
        runs.stream().filter(PlannedRun::isBegun).findFirst().ifPresent(run -> {
            throw new ConfigException("finetune: " + run.folder + " holds a run already (go on with --resume, or name"
                    + " another --out)");
        });
        return runs;
    }

    /**
     * Runs that go on. A seed that had not begun when others were stopped begins as they did.
     *
     * @throws ConfigException if a run is of another kind or seed, or what is changed does not fit together
     * @throws dev.panacea.tensor.DataException if there is no run
     */
    static List<PlannedRun> begun(TransferKind kind, Path folder, TuneOptions options) {
        List<Long> seeds = options.seeds();
        if (seeds.size() < 2) {
            TransferPlan plan = begun(kind, folder);
            if (!seeds.isEmpty() && seeds.getFirst() != plan.transfer().seed()) {
                throw new ConfigException("finetune: " + folder + " holds a run of seed " + plan.transfer().seed()
                        + ", not " + seeds.getFirst() + " (leave out --seeds)");
            }
            return List.of(new PlannedRun(options.changed(plan), folder));
        }
        Path any = seeds.stream().map(seed -> of(folder, seed)).filter(PlannedRun::isBegun).findFirst()
                .orElse(of(folder, seeds.getFirst()));
        return seeds.stream().map(seed -> {
            Path own = of(folder, seed);
            return new PlannedRun(options.changed(begun(kind, isBegun(own) ? own : any)).withSeed(seed), own);
        }).toList();
    }

    private static TransferPlan begun(TransferKind kind, Path folder) {
        TransferPlan begun = TransferPlan.read(folder);
        if (begun.transfer().kind() != kind) {
            throw new ConfigException("finetune: " + folder + " holds a run to " + begun.transfer().kind().label()
                    + " (go on with: panacea finetune " + begun.transfer().kind().label() + ")");
        }
        return begun;
    }
}
