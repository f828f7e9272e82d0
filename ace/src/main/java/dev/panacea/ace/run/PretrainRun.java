package dev.panacea.ace.run;

import dev.panacea.ace.train.Batch;
import dev.panacea.ace.train.PretrainConfig;
import dev.panacea.ace.train.PretrainStep;
import dev.panacea.ace.train.StepReport;
import dev.panacea.nn.checkpoint.CheckpointFolder;
import dev.panacea.nn.checkpoint.Metric;
import dev.panacea.nn.checkpoint.Position;
import dev.panacea.nn.checkpoint.Progress;
import dev.panacea.tensor.MemoryScope;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A run of pretraining in a folder of its own: {@code log.jsonl}, {@code events.out.tfevents…} for TensorBoard, and
 * {@code checkpoints}. It begins where the last checkpoint of the folder left off, with the same bytes as if it had
 * never stopped.
 *
 * <pre>{@code
 * try (MemoryScope _ = MemoryScope.open("run"); PretrainRun run = PretrainRun.open(config, source, folder, limits)) {
 *     while (run.step() < run.steps()) {
 *         StepReport report = run.next();
 *     }
 *     run.save();
 * }
 * }</pre>
 */
public final class PretrainRun implements AutoCloseable {
    private static final int KEPT = 3;
    private static final double SMOOTH = 0.98; // of the loss by which the best checkpoint is chosen

    private final PretrainStep training;
    private final BatchLoader loader;
    private final CheckpointFolder checkpoints;
    private final RunLog log;
    private final long perEpoch;
    private final RunSpeed speed;
    private final CollapseWatch watch;
    private final List<String> collapses = new ArrayList<>();
    private double smoothed;

    private PretrainRun(PretrainStep training, CheckpointFolder checkpoints, double smoothed, PictureSource source,
            Path folder, LoadLimits limits) {
        this.training = training;
        this.checkpoints = checkpoints;
        this.smoothed = smoothed;
        perEpoch = BatchLoader.stepsPerEpoch(source, training.config());
        long begun = training.steps();
        watch = new CollapseWatch(training.config(), training.student().backbone().channels(),
                training.schedules().steps());
        log = new RunLog(folder, begun);
        loader = new BatchLoader(source, training.config(), begun, training.schedules().steps(), limits);
        speed = new RunSpeed(begun, training.config().optimizer().pictures(), loader::waitedSeconds);
    }

    /**
     * Makes the networks, and puts them where the folder's last checkpoint has them, if there is one. What lasts
     * belongs to the current memory scope.
     *
     * @throws dev.panacea.nn.CheckpointException if the checkpoint is damaged or of another configuration
     */
    public static PretrainRun open(PretrainConfig config, PictureSource source, Path folder, LoadLimits limits) {
        return open(new PretrainStep(config, BatchLoader.stepsPerEpoch(source, config)), source, folder, limits);
    }

    /** The same with networks that are made already. */
    public static PretrainRun open(PretrainStep training, PictureSource source, Path folder, LoadLimits limits) {
        CheckpointFolder checkpoints = new CheckpointFolder(folder.resolve("checkpoints"), KEPT,
                Metric.LOWER_IS_BETTER);
        Optional<Progress> progress = checkpoints.resume(training.state());
        return new PretrainRun(training, checkpoints, progress.map(Progress::metric).orElse(Double.NaN), source, folder,
                limits);
    }

    /** Steps done. */
    public long step() {
        return training.steps();
    }

    /** Steps of the whole run. */
    public long steps() {
        return training.schedules().steps();
    }

    /** The networks and what trains them. */
    public PretrainStep training() {
        return training;
    }

    /**
     * Does one step and logs it.
     *
     * @throws dev.panacea.ace.train.TrainingException if it cannot go on; the state is that before the step
     */
    public StepReport next() {
        StepReport report;
        try (MemoryScope _ = MemoryScope.open("batches")) {
            List<Batch> batches = loader.next();
            report = training.run(batches);
        }
        smoothed = Double.isNaN(smoothed) ? report.loss() : SMOOTH * smoothed + (1 - SMOOTH) * report.loss();
        Map<String, Object> numbers = numbers(report);
        List<String> collapsed = watch.add(report);
        if (!collapsed.isEmpty()) {
            collapses.addAll(collapsed);
            numbers.put("collapse", String.join("; ", collapsed));
        }
        log.add(numbers);
        return report;
    }

    private Map<String, Object> numbers(StepReport report) {
        Map<String, Object> numbers = new LinkedHashMap<>();
        numbers.put("step", report.step());
        numbers.put("loss", report.loss());
        numbers.put("loss/global", report.global());
        numbers.put("loss/composition", report.composition());
        numbers.put("loss/decomposition", report.decomposition());
        numbers.put("match/composition", report.composed());
        numbers.put("match/decomposition", report.decomposed());
        numbers.put("teacher/entropy", report.entropy());
        numbers.put("teacher/deviation", report.deviation());
        numbers.put("teacher/rank", report.rank());
        numbers.put("gradient norm", report.gradientNorm());
        numbers.put("schedule/rate", report.rate());
        numbers.put("schedule/decay", report.decay());
        numbers.put("schedule/momentum", report.momentum());
        speed.log(step(), numbers);
        numbers.values().removeIf(value -> value instanceof Double number && number.isNaN()); // parts that are off
        return numbers;
    }

    /** Bytes of the device that tensors take, or have taken and that wait for the next ones. */
    public long memory() {
        return RunSpeed.memory();
    }

    /** Pictures a second since this process began. */
    public double picturesPerSecond() {
        return speed.picturesPerSecond(step());
    }

    /** Share of the time that steps have waited for pictures, 0..1. */
    public double waiting() {
        return speed.waiting();
    }

    /** What has collapsed since this process began, a line each; see {@link CollapseWatch}. */
    public List<String> collapses() {
        return List.copyOf(collapses);
    }

    /** Pictures that could not be read so far, with reasons. */
    public List<String> bad() {
        return loader.bad();
    }

    /**
     * Saves a checkpoint.
     *
     * @return its file
     */
    public Path save() {
        long pictures = training.config().optimizer().pictures();
        Position position = new Position(training.config().seed(), step(), step() / perEpoch,
                step() % perEpoch * pictures);
        return checkpoints.save(training.state(), new Progress(position, Map.of("config", training.config().json()),
                List.of(), smoothed));
    }

    @Override
    public void close() {
        try (log; loader) {
            // closes both, whatever one of them throws
        }
    }
}
