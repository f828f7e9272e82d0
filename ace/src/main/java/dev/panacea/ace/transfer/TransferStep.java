package dev.panacea.ace.transfer;

import dev.panacea.ace.train.Schedules;
import dev.panacea.ace.train.TrainingException;
import dev.panacea.autograd.Gradients;
import dev.panacea.autograd.Tape;
import dev.panacea.autograd.Variable;
import dev.panacea.nn.Parameter;
import dev.panacea.nn.TrainingPass;
import dev.panacea.nn.checkpoint.RunState;
import dev.panacea.nn.optim.AdamW;
import dev.panacea.nn.optim.Clipping;
import dev.panacea.nn.optim.ParameterGroup;
import dev.panacea.nn.optim.Schedule;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.RandomSource;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import dev.panacea.tensor.op.GradientNorm;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * One step of fine-tuning after another. A step depends on the state, the batch and the configuration alone.
 */
final class TransferStep {
    /** Which of the children of a run's source steps draw from; views draw from another. */
    private static final int STEPS = 2;

    private final TransferConfig config;
    private final TransferTask task;
    private final TransferNetwork network;
    private final List<Parameter> trained;
    private final Set<Parameter> learns;
    private final AdamW optimizer;
    private final Schedule rate;
    private final long steps;

    TransferStep(TransferConfig config, TransferTask task, TransferNetwork network, long stepsPerEpoch) {
        this.config = config;
        this.task = task;
        this.network = network;
        TuningConfig tuning = config.optimizer();
        trained = network.trained(tuning.frozen());
        learns = new HashSet<>(trained);
        optimizer = new AdamW(tuning.layerDecay() == 1 ? ParameterGroup.byDecay(trained)
                : ParameterGroup.byLayer(trained, tuning.layerDecay()));
        steps = Math.max(1, Math.round(tuning.epochs() * stepsPerEpoch));
        rate = Schedules.rate(tuning.rate(), tuning.finalRate(), steps,
                Math.round(tuning.warmUpEpochs() * stepsPerEpoch));
    }

    /**
     * What a step says of itself.
     *
     * @param loss of the batch
     * @param gradientNorm before clipping
     * @param rate learning rate
     */
    record Report(long step, double loss, double gradientNorm, double rate) {}

    /** Steps done. */
    long steps() {
        return optimizer.steps();
    }

    /** Steps of the whole run. */
    long allSteps() {
        return steps;
    }

    /** All that a checkpoint needs. */
    RunState state() {
        return new RunState().model("model", network.parameters().all()).optimizer("optimizer", optimizer);
    }

    /**
     * One step.
     *
     * @throws TrainingException if loss or gradients are not finite; nothing is changed then but running moments
     */
    Report run(TransferBatch batch) {
        long step = steps();
        try (MemoryScope _ = MemoryScope.open("step"); Tape tape = new Tape()) {
            TrainingPass pass = new TrainingPass(tape, RandomSource.of(config.seed()).child(STEPS).child(step),
                    learns::contains);
            Variable loss = task.loss(network.forward(tape.constant(batch.pictures()), pass), batch);
            Gradients gradients = tape.backward(loss);
            List<Tensor> all = trained.stream().map(parameter -> pass.gradient(gradients, parameter)).toList();
            Tensor norm = all.getFirst().apply(new GradientNorm(Double.POSITIVE_INFINITY, false), all).getFirst();
            double[] numbers = TensorOps.stack(0, List.of(loss.value(), norm)).toDoubles(); // the download of a step
            if (!Double.isFinite(numbers[0] + numbers[1])) {
                throw new TrainingException("training: loss " + numbers[0] + ", gradient norm " + numbers[1]
                        + " at step " + step + ", pictures " + String.join(", ", batch.names())
                        + " (lower optimizer.rate or look at the pictures)");
            }
            double most = config.optimizer().clip();
            optimizer.step(parameter -> pass.gradient(gradients, parameter), rate.at(step),
                    config.optimizer().decay(), most == 0 ? Clipping.NONE : Clipping.global(most));
            return new Report(step, numbers[0], numbers[1], rate.at(step));
        }
    }
}
