package dev.panacea.ace.transfer;

import dev.panacea.ace.example.ExampleSet;
import dev.panacea.ace.run.LoadLimits;
import dev.panacea.ace.run.RunLog;
import dev.panacea.ace.run.RunSpeed;
import dev.panacea.ace.run.SampleLoader;
import dev.panacea.ace.train.ConfigText;
import dev.panacea.nn.Parameters;
import dev.panacea.nn.checkpoint.Checkpoint;
import dev.panacea.nn.checkpoint.CheckpointFolder;
import dev.panacea.nn.checkpoint.Metric;
import dev.panacea.nn.checkpoint.Position;
import dev.panacea.nn.checkpoint.Progress;
import dev.panacea.nn.checkpoint.RunState;
import dev.panacea.tensor.DataException;
import dev.panacea.tensor.MemoryScope;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A run of fine-tuning in a folder of its own: {@code log.jsonl}, {@code events.out.tfevents…} for TensorBoard, and
 * {@code checkpoints}, the last and the best by the validation part. It begins where the last checkpoint of the folder
 * left off, with the same bytes as if it had never stopped.
 *
 * <pre>{@code
 * try (MemoryScope _ = MemoryScope.open("run");
 *         TransferRun run = TransferRun.open(Start.random(config, set), folder, limits)) {
 *     while (!run.isDone()) {
 *         run.next();
 *     }
 *     Predictions predictions = run.best(false).predictions(set.test(), _ -> {});
 * }
 * }</pre>
 */
public final class TransferRun implements AutoCloseable {
    /** The name of a checkpoint's text that holds the configuration. */
    public static final String CONFIG = "transfer";
    /** The name of a checkpoint's text that holds the {@link TaskFacts}. */
    static final String TASK = "task";

    private static final int KEPT = 1;

    private final Start start;
    private final TransferStep training;
    private final TransferLoader loader;
    private final CheckpointFolder checkpoints;
    private final RunLog log;
    private final LoadLimits limits;
    private final Metric metric;
    private final long perEpoch;
    private final int pictures; // of a step
    private final RunSpeed speed;
    private final List<String> history; // "step score", a line for each validation
    private double score = Double.NaN; // of the last validation, where no step came after it

    /**
     * What a run begins from.
     *
     * @param config its choices
     * @param set its data
     * @param task of the data
     * @param network with the weights to begin with
     */
    public record Start(TransferConfig config, ExampleSet set, TransferTask task, TransferNetwork network) {
        /** With random weights, from the configuration's seed; they belong to the current memory scope. */
        public static Start random(TransferConfig config, ExampleSet set) {
            return new Start(config, set, TransferTask.of(config, TaskFacts.of(set)),
                    new TransferNetwork(Parameters.of(config.seed()), config, set.labels().size()));
        }
    }

    private TransferRun(Start start, TransferStep training, CheckpointFolder checkpoints, List<String> history,
            Opened opened) {
        this.start = start;
        this.training = training;
        this.checkpoints = checkpoints;
        this.history = new ArrayList<>(history);
        limits = opened.limits;
        metric = metric(start.config.kind());
        SampleLoader.Plan plan = plan(start, training.steps(), training.allSteps());
        perEpoch = plan.stepsPerEpoch();
        pictures = plan.pictures();
        log = new RunLog(opened.folder, training.steps());
        loader = new TransferLoader(start.config, start.task, start.set.train(), plan, limits);
        speed = new RunSpeed(training.steps(), pictures, loader::waitedSeconds);
    }

    private record Opened(Path folder, LoadLimits limits) {}

    /**
     * Makes what trains the network, and puts both where the folder's last checkpoint has them, if there is one. What
     * lasts belongs to the current memory scope.
     *
     * @throws DataException if there is nothing to learn from
     * @throws dev.panacea.nn.CheckpointException if the checkpoint is damaged or of another network
     */
    public static TransferRun open(Start start, Path folder, LoadLimits limits) {
        if (start.set.train().size() == 0) {
            throw new DataException("data set " + start.set.name() + ": nothing to train on (look at its splits:"
                    + " panacea data check)");
        }
        start.task.begin(start.set);
        TransferStep training = new TransferStep(start.config, start.task, start.network,
                plan(start, 0, 0).stepsPerEpoch());
        CheckpointFolder checkpoints = folder(folder, start.config.kind());
        Optional<Progress> progress = checkpoints.resume(training.state());
        return new TransferRun(start, training, checkpoints, progress.map(Progress::history).orElse(List.of()),
                new Opened(folder, limits));
    }

    /** The checkpoints of a run in this folder. */
    public static CheckpointFolder folder(Path run, TransferKind kind) {
        return new CheckpointFolder(run.resolve("checkpoints"), KEPT, metric(kind));
    }

    private static Metric metric(TransferKind kind) {
        return kind == TransferKind.KEYPOINTS ? Metric.LOWER_IS_BETTER : Metric.HIGHER_IS_BETTER;
    }

    private static SampleLoader.Plan plan(Start start, long step, long steps) {
        int batch = Math.max(2, Math.min(start.config.optimizer().batch(), start.set.train().size()));
        return new SampleLoader.Plan(start.set.train().size(), start.config.seed(), batch, step, steps);
    }

    /** Steps done. */
    public long step() {
        return training.steps();
    }

    /** Steps of the whole run, if it does not end early. */
    public long steps() {
        return training.allSteps();
    }

    /** Whether all steps are done, or the validation part has not been answered better for long. */
    public boolean isDone() {
        return step() >= steps() || endsEarly();
    }

    /** Whether the validation part has not been answered better for as many looks as the configuration allows. */
    public boolean endsEarly() {
        int patience = start.config.optimizer().patience();
        return patience > 0 && history.size() - 1 - best(history.size()) >= patience;
    }

    /** The number of the best among the first validations; -1 where there is none. */
    private int best(int count) {
        int best = -1;
        double value = Double.NaN;
        for (int i = 0; i < count; i++) {
            double other = Double.parseDouble(history.get(i).split(" ")[1]);
            if (metric.isBetter(other, value)) {
                best = i;
                value = other;
            }
        }
        return best;
    }

    /**
     * Does one step, and at the end of some epochs looks at the validation part and saves; logs all.
     *
     * @return the loss, and what the validation part says where it was looked at
     * @throws dev.panacea.ace.train.TrainingException if it cannot go on
     */
    public Done next() {
        TransferStep.Report report;
        try (MemoryScope _ = MemoryScope.open("batch")) {
            report = training.run(loader.next());
        }
        Map<String, Object> numbers = new LinkedHashMap<>();
        numbers.put("step", report.step());
        numbers.put("loss", report.loss());
        numbers.put("gradient norm", report.gradientNorm());
        numbers.put("schedule/rate", report.rate());
        speed.log(step(), numbers);
        score = Double.NaN;
        boolean looks = isLook(step()) || step() == steps();
        if (looks) {
            score = start.set.validation().size() == 0 ? Double.NaN
                    : inference(false).predictions(start.set.validation(), _ -> {}).score();
            if (!Double.isNaN(score)) {
                history.add(String.format(Locale.ROOT, "%d %s", step(), Double.toString(score)));
                numbers.put("validation", score);
            }
        }
        log.add(numbers);
        if (looks) {
            save();
        }
        return new Done(report.loss(), score);
    }

    /**
     * What came of a step.
     *
     * @param loss of its batch
     * @param validation the primary number of the validation part; NaN where it was not looked at
     */
    public record Done(double loss, double validation) {}

    /**
     * Whether a step ends a span of epochs after which the validation part is looked at; of few examples in which as
     * many pictures are learned from as a look takes, for otherwise most of the time would go into looks.
     */
    private boolean isLook(long step) {
        double look = (double) start.set.validation().size() / pictures;
        double every = Math.max(Math.max(1, look), start.config.optimizer().validateEpochs() * perEpoch);
        return Math.floor(step / every) > Math.floor((step - 1) / every);
    }

    /** The network as it is now. */
    private Inference inference(boolean tenCrop) {
        return new Inference(start.config, start.task, start.network, tenCrop, limits);
    }

    /**
     * Puts the network where the validation part was answered best, or leaves it at the last step where there is no
     * such part; steps must not follow.
     *
     * @param tenCrop whether it answers by ten crops
     */
    public Inference best(boolean tenCrop) {
        best();
        return inference(tenCrop);
    }

    /** The network of {@link #best(boolean)}, with its file; steps must not follow. */
    public FineTuned best() {
        Path file = checkpoints.bestFile().or(() -> checkpoints.files().stream().findFirst()).orElseGet(this::save);
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            checkpoint.restorePart(new RunState().model("model", start.network.parameters().all()));
        }
        return new FineTuned(file, start.config, TaskFacts.of(start.set), start.task, start.network);
    }

    /** Saves a checkpoint. */
    public Path save() {
        Position position = new Position(start.config.seed(), step(), step() / perEpoch,
                step() % perEpoch * pictures);
        return checkpoints.save(training.state(), new Progress(position, Map.of(CONFIG, start.config.json(), TASK,
                ConfigText.json(TaskFacts.of(start.set))), history, score));
    }

    /** Each look at the validation part so far: the step and what was found. */
    public List<String> history() {
        return List.copyOf(history);
    }

    /** Bytes of the device that tensors take, or have taken and that wait for the next ones. */
    public long memory() {
        return RunSpeed.memory();
    }

    /** Pictures a second since this process began, validation included. */
    public double picturesPerSecond() {
        return speed.picturesPerSecond(step());
    }

    /** Share of the time that steps have waited for pictures, 0..1. */
    public double waiting() {
        return speed.waiting();
    }

    /** Pictures that could not be read so far, with reasons. */
    public List<String> bad() {
        return loader.bad();
    }

    @Override
    public void close() {
        try (log; loader) {
            // closes both, whatever one of them throws
        }
    }
}
