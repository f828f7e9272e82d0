package dev.panacea.ace.train;

import dev.panacea.autograd.Gradients;
import dev.panacea.autograd.Tape;
import dev.panacea.nn.ConfigException;
import dev.panacea.nn.Parameter;
import dev.panacea.nn.TrainingPass;
import dev.panacea.nn.checkpoint.RunState;
import dev.panacea.nn.optim.AdamW;
import dev.panacea.nn.optim.Clipping;
import dev.panacea.nn.optim.GradientSum;
import dev.panacea.nn.optim.ParameterGroup;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.RandomSource;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import dev.panacea.tensor.op.GradientNorm;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * One step of pretraining after another: student and teacher see both views of a batch, the student's gradients move
 * it, the teacher follows. All that lasts belongs to the memory scope in which this was made.
 *
 * <pre>{@code
 * PretrainStep training = new PretrainStep(config, stepsPerEpoch);
 * while (training.steps() < training.schedules().steps()) {
 *     StepReport report = training.run(List.of(Batch.of(views)));
 * }
 * }</pre>
 *
 * <p>A step depends on the state, the batches and the configuration alone: the same bytes come out on any number of
 * threads, and after a {@link #state} was saved and restored. To begin from weights of a file, load them into the
 * student's parameters and let the teacher copy them: {@code teacher().follow(0)}.
 */
public final class PretrainStep {
    /** Which of the children of a run's source steps draw from; views draw from another. */
    private static final int STEPS = 2;

    private final PretrainConfig config;
    private final StepWatch watch;
    private final Schedules schedules;
    private final Student student;
    private final Teacher teacher;
    private final Objective objective;
    private final List<Parameter> trained;
    private final AdamW optimizer;
    private final AdamW lastLayerOptimizer; // null without a global head
    private final GradientSum sum; // null where a step is one batch

    /**
     * Makes student and teacher, both from the configuration's seed.
     *
     * @param stepsPerEpoch steps in which each picture is seen once
     * @throws ConfigException if the configuration does not fit together
     */
    public PretrainStep(PretrainConfig config, long stepsPerEpoch) {
        this(config, stepsPerEpoch, StepWatch.NONE);
    }

    /** The same with somebody who looks on; the steps stay the same, byte for byte. */
    public PretrainStep(PretrainConfig config, long stepsPerEpoch, StepWatch watch) {
        this.config = config;
        this.watch = watch;
        schedules = Schedules.of(config.optimizer(), stepsPerEpoch);
        student = new Student(config);
        teacher = new Teacher(config, student);
        objective = new Objective(config, student, teacher, watch);
        trained = student.parameters().trainable();
        List<Parameter> last = student.lastLayer();
        optimizer = new AdamW(ParameterGroup.byDecay(trained.stream().filter(p -> !last.contains(p)).toList()));
        lastLayerOptimizer = last.isEmpty() ? null : new AdamW(ParameterGroup.byDecay(last));
        sum = config.optimizer().accumulate() == 1 ? null : new GradientSum(trained);
    }

    /** The choices of this run. */
    public PretrainConfig config() {
        return config;
    }

    /** Rates and how many steps the run has. */
    public Schedules schedules() {
        return schedules;
    }

    /** The network that is trained. */
    public Student student() {
        return student;
    }

    /** The network that follows. */
    public Teacher teacher() {
        return teacher;
    }

    /** Steps done so far; after a restore, those of the saved run. */
    public long steps() {
        return optimizer.steps();
    }

    /** All that a checkpoint needs: both networks, the centre, the moments and the number of steps. */
    public RunState state() {
        RunState state = new RunState().model("student", student.parameters().all())
                .model("teacher", teacher.parameters().all())
                .model("loss", objective.buffers()).optimizer("optimizer", optimizer);
        return lastLayerOptimizer == null ? state : state.optimizer("lastLayer", lastLayerOptimizer);
    }

    /**
     * One step.
     *
     * @param batches as many as are accumulated; the gradients' mean is taken
     * @throws TrainingException if loss or gradients are not finite; no parameter is changed then
     */
    public StepReport run(List<Batch> batches) {
        if (batches.size() != config.optimizer().accumulate()) {
            throw new ConfigException("step: " + batches.size() + " batches (need " + config.optimizer().accumulate()
                    + ", as accumulate says)");
        }
        long step = steps();
        try (MemoryScope _ = MemoryScope.open("step")) {
            List<Tensor> numbers = new ArrayList<>();
            Function<Parameter, Tensor> gradient = gradients(step, batches, numbers);
            List<Tensor> all = trained.stream().map(gradient).toList();
            watch.made("Tape.backward", List.of(), all);
            numbers.add(all.getFirst().apply(new GradientNorm(Double.POSITIVE_INFINITY, false), all).getFirst()
                    .expand(Objective.NUMBERS));
            StepReport report = report(step, TensorOps.stack(0, numbers).toDoubles()); // the download of a step
            if (!Double.isFinite(report.loss() + report.gradientNorm())) {
                throw stopped(report, batches);
            }
            watch.made("StepReport", List.of(), List.of());
            update(step, gradient);
            watch.made("AdamW", all, values(trained));
            teacher.follow(report.momentum());
            watch.made("Teacher.follow", values(trained), values(teacher.parameters().trainable()));
            return report;
        }
    }

    private static List<Tensor> values(List<Parameter> parameters) {
        return parameters.stream().map(Parameter::value).toList();
    }

    /** The mean gradients of the batches; adds what is to be reported of each to {@code numbers}. */
    private Function<Parameter, Tensor> gradients(long step, List<Batch> batches, List<Tensor> numbers) {
        if (sum == null) {
            return gradients(step, 0, batches.getFirst(), numbers);
        }
        for (int k = 0; k < batches.size(); k++) {
            try (MemoryScope scope = MemoryScope.open("batch")) {
                sum.add(gradients(step, k, batches.get(k), numbers), 1.0 / batches.size());
                scope.keep(numbers.getLast());
            }
        }
        return sum.take();
    }

    private Function<Parameter, Tensor> gradients(long step, int number, Batch batch, List<Tensor> numbers) {
        try (Tape tape = new Tape()) {
            TrainingPass pass = pass(tape, step, number);
            Objective.Measured measured = objective.measure(batch, tape, pass);
            numbers.add(measured.numbers());
            Gradients gradients = tape.backward(measured.loss());
            return parameter -> pass.gradient(gradients, parameter);
        }
    }

    private TrainingPass pass(Tape tape, long step, int number) {
        return new TrainingPass(tape, RandomSource.of(config.seed()).child(STEPS).child(step).child(number));
    }

    private void update(long step, Function<Parameter, Tensor> gradient) {
        double most = config.optimizer().clip();
        Clipping clipping = most == 0 ? Clipping.NONE : new Clipping(most, config.optimizer().clipPerTensor());
        double rate = schedules.rate().at(step);
        double decay = schedules.decay().at(step);
        optimizer.step(gradient, rate, decay, clipping);
        if (lastLayerOptimizer != null && step >= schedules.frozenSteps()) {
            lastLayerOptimizer.step(gradient, rate, decay, clipping);
        }
    }

    /** Rows of numbers, one for each batch and one of the gradients' norm. */
    private StepReport report(long step, double[] rows) {
        int batches = rows.length / Objective.NUMBERS - 1;
        double[] mean = new double[Objective.NUMBERS];
        for (int i = 0; i < batches * Objective.NUMBERS; i++) {
            mean[i % Objective.NUMBERS] += rows[i] / batches;
        }
        return new StepReport(step, mean[0], mean[1], mean[2], mean[3], mean[4], mean[5], mean[6], mean[7],
                mean[8], rows[rows.length - 1], schedules.rate().at(step), schedules.decay().at(step),
                schedules.momentum().at(step));
    }

    private TrainingException stopped(StepReport report, List<Batch> batches) {
        String why = "";
        List<String> names = new ArrayList<>();
        for (int k = 0; k < batches.size() && why.isEmpty(); k++) {
            names = batches.get(k).names();
            try (Tape tape = new Tape()) {
                why = objective.diagnosis(batches.get(k), pass(tape, report.step(), k), tape);
            }
        }
        return new TrainingException("training: loss " + report.loss() + ", gradient norm " + report.gradientNorm()
                + " at step " + report.step() + ", pictures " + String.join(", ", names) + ": "
                + (why.isEmpty() ? "the gradients' norm is too large" : why)
                + " (lower optimizer.rate or look at the pictures)");
    }
}
