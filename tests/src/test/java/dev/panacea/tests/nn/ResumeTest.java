package dev.panacea.tests.nn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.panacea.autograd.Gradients;
import dev.panacea.autograd.Tape;
import dev.panacea.autograd.Variable;
import dev.panacea.nn.Parameters;
import dev.panacea.nn.TrainingPass;
import dev.panacea.nn.layer.Linear;
import dev.panacea.nn.model.SwinConfig;
import dev.panacea.nn.model.SwinTransformer;
import dev.panacea.nn.optim.AdamW;
import dev.panacea.nn.optim.Clipping;
import dev.panacea.nn.optim.Ema;
import dev.panacea.nn.optim.Optimizer;
import dev.panacea.nn.optim.ParameterGroup;
import dev.panacea.nn.optim.Schedule;
import dev.panacea.nn.checkpoint.Checkpoint;
import dev.panacea.nn.checkpoint.Position;
import dev.panacea.nn.checkpoint.Progress;
import dev.panacea.nn.checkpoint.RunState;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.RandomSource;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.cpu.ParallelRows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run that stopped and went on from a checkpoint gives the bytes of one that never stopped. */
class ResumeTest {
    private static final int SAMPLES = 3; // steps of an epoch

    @TempDir
    private Path folder;

    @Test
    void aResumedRunEqualsOneThatNeverStoppedOnAnyNumberOfThreads() throws IOException {
        int threads = ParallelRows.threads();
        try {
            ParallelRows.threads(1);
            byte[] alone = stoppedOnceAndNever();
            ParallelRows.threads(2);
            assertThat(stoppedOnceAndNever()).isEqualTo(alone);
        } finally {
            ParallelRows.threads(threads);
        }
    }

    /** All that a run is after eight steps, as the bytes of a file, found to be the same both ways. */
    private byte[] stoppedOnceAndNever() throws IOException {
        Path middle = folder.resolve("middle.safetensors");
        Path end = folder.resolve("end.safetensors");
        Path resumed = folder.resolve("resumed.safetensors");
        try (MemoryScope _ = MemoryScope.open("whole")) {
            Run run = new Run(11);
            run.train(5);
            run.save(middle);
            run.train(8);
            run.save(end);
        }
        try (MemoryScope _ = MemoryScope.open("resumed")) {
            Run run = new Run(99);
            run.restore(middle);
            assertThat(run.step).isEqualTo(5);
            assertThat(run.history).hasSize(5);
            run.train(8);
            run.save(resumed);
        }
        byte[] bytes = Files.readAllBytes(end);
        assertThat(Files.readAllBytes(resumed)).isEqualTo(bytes);
        return bytes;
    }

    /** A Swin with all that has a state: moments, an average, drop path, schedules, a history. */
    private static final class Run {
        private static final SwinConfig CONFIG =
                new SwinConfig(32, 3, 4, 16, List.of(2, 2), List.of(2, 4), 4, 1e-5, 0.5, false);
        private static final Schedule RATE = Schedule.cosine(1e-2, 1e-4, 6).warmUp(0, 2);
        private static final Schedule MOMENTUM = Schedule.cosine(0.5, 1, 8);

        private final Parameters student;
        private final Parameters teacher;
        private final SwinTransformer swin;
        private final Linear head;
        private final Optimizer optimizer;
        private final Ema ema;
        private final RunState state;
        private final List<String> history = new ArrayList<>();
        private long seed;
        private long step;

        Run(long seed) {
            this.seed = seed;
            student = Parameters.of(seed);
            swin = new SwinTransformer(student.at("backbone"), CONFIG);
            head = new Linear(student.at("head"), swin.channels(), 2, true);
            teacher = Parameters.of(seed + 1);
            new SwinTransformer(teacher.at("backbone"), CONFIG);
            new Linear(teacher.at("head"), swin.channels(), 2, true);
            optimizer = new AdamW(ParameterGroup.byLayer(student.trainable(), 0.7));
            ema = new Ema(teacher.all(), student.all());
            state = new RunState().model("student", student.all()).model("teacher", teacher.all())
                    .optimizer("optimizer", optimizer);
        }

        void train(long until) {
            for (; step < until; step++) {
                RandomSource random = RandomSource.of(seed).child(step / SAMPLES).child(step % SAMPLES);
                try (MemoryScope _ = MemoryScope.open("step"); Tape tape = new Tape()) {
                    TrainingPass pass = new TrainingPass(tape, random.child(0));
                    Variable x = tape.constant(random.child(1).normal(0, 1, 2, 3, 32, 32));
                    Variable loss = head.forward(swin.pooled(x, pass), pass)
                            .crossEntropy(tape.constant(Tensor.of(Shape.of(2), 0, 1)));
                    Gradients gradients = tape.backward(loss);
                    optimizer.step(p -> pass.gradient(gradients, p), RATE.at(step), 0.05, Clipping.global(1));
                    ema.follow(MOMENTUM.at(step));
                    history.add(Double.toHexString(loss.value().item()));
                }
            }
        }

        void save(Path path) {
            Checkpoint.save(path, state, new Progress(new Position(seed, step, step / SAMPLES, step % SAMPLES),
                    Map.of("config", CONFIG.toString()), history, Double.NaN));
        }

        void restore(Path path) {
            try (Checkpoint checkpoint = Checkpoint.open(path)) {
                checkpoint.restore(state);
                Progress progress = checkpoint.progress();
                assertThat(progress.texts()).containsEntry("config", CONFIG.toString());
                seed = progress.position().seed();
                step = progress.position().epoch() * SAMPLES + progress.position().sample();
                history.addAll(progress.history());
            }
        }
    }
}
