package dev.panacea.tools.bench;

import dev.panacea.autograd.Gradients;
import dev.panacea.autograd.Tape;
import dev.panacea.autograd.Variable;
import dev.panacea.nn.Parameters;
import dev.panacea.nn.Pass;
import dev.panacea.nn.TrainingPass;
import dev.panacea.nn.model.SwinConfig;
import dev.panacea.nn.model.SwinTransformer;
import dev.panacea.nn.model.VisionTransformer;
import dev.panacea.nn.model.VitConfig;
import dev.panacea.nn.optim.AdamW;
import dev.panacea.nn.optim.Clipping;
import dev.panacea.nn.optim.Ema;
import dev.panacea.nn.optim.ParameterGroup;
import dev.panacea.tensor.ElementType;
import dev.panacea.tensor.HostSpeed;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.OpProfile;
import dev.panacea.tensor.RandomSource;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import dev.panacea.tensor.op.Input;
import dev.panacea.tensor.op.Work;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Stream;

/** Whole models: forward alone as in evaluation, forward and backward as in training, and the whole training step. */
final class ModelCases {
    private ModelCases() {}

    /** Pictures in, one embedding each out. */
    private interface Encoder {
        <T extends TensorOps<T>> T encode(T pictures, Pass<T> pass);
    }

    /** A model, and what it is fed. */
    private record Workload(String name, int batch, int pixels, Function<Parameters, Encoder> make) {
        static Workload swin(String name, int batch, SwinConfig config) {
            return new Workload(name, batch, config.imagePixels(),
                    parameters -> new SwinTransformer(parameters, config.withDropPath(0))::pooled);
        }

        static Workload vit(String name, int batch, VitConfig config) {
            return new Workload(name, batch, config.imagePixels(),
                    parameters -> new VisionTransformer(parameters, config)::pooled);
        }

        Stream<Case> passes(Effort effort) {
            return Stream.of(one("model", "forward", effort, ModelCases::forward),
                    one("model", "forward + backward", effort, ModelCases::backward));
        }

        Stream<Case> steps(Effort effort) {
            return Stream.of(one("step", "step", effort, ModelCases::step));
        }

        private Case one(String bench, String pass, Effort effort, Function<Subject, Runnable> call) {
            String full = name + " × " + batch + ", " + pass;
            return new Case(bench, full, speed -> {
                Footprint.forget();
                try (MemoryScope _ = MemoryScope.open(full)) {
                    Parameters parameters = Parameters.of(1);
                    Encoder encoder = make.apply(parameters);
                    Tensor pictures = Input.real(batch, 3, pixels, pixels).make(ElementType.F32, 1);
                    return row(bench, full, effort, call.apply(new Subject(this, parameters, encoder, pictures)), speed);
                }
            });
        }

        private Row row(String bench, String full, Effort effort, Runnable call, HostSpeed speed) {
            Work work;
            try (OpProfile profile = OpProfile.start()) {
                call.run();
                work = profile.work();
            }
            Effort.Round round = effort.measure(call);
            Map<String, Number> more = new LinkedHashMap<>();
            more.put("imagesPerSecond", batch / round.seconds());
            more.put("heapBytesPerCall", (round.after().heapAllocated() - round.before().heapAllocated())
                    / round.calls());
            more.put("poolGrowth", round.after().pool() - round.before().pool());
            more.put("peakMegabytes", round.after().peak() >> 20);
            return Row.model(bench, full, round.seconds(), work, speed, more);
        }
    }

    /** A model that exists, and its input. */
    private record Subject(Workload workload, Parameters parameters, Encoder encoder, Tensor pictures) {}

    static List<Case> models(Effort effort) {
        return all().flatMap(workload -> workload.passes(effort)).toList();
    }

    static List<Case> steps(Effort effort) {
        return all().flatMap(workload -> workload.steps(effort)).toList();
    }

    /** One that takes little time. */
    static List<Case> small(Effort effort) {
        Workload small = Workload.swin("swin-t 224² window 7", 2, SwinConfig.tiny());
        return Stream.concat(small.passes(effort), small.steps(effort)).toList();
    }

    private static Stream<Workload> all() {
        return Stream.of(
                Workload.swin("swin-b 448² window 7", 2, SwinConfig.base().withImage(448)),
                Workload.swin("swin-b 448² window 14", 2, SwinConfig.base().withImage(448).withWindow(14)),
                Workload.swin("swin-t 224² window 7", 8, SwinConfig.tiny()),
                Workload.vit("vit-b/32 448²", 2, VitConfig.base().withImage(448, 32)));
    }

    private static Runnable forward(Subject subject) {
        return () -> {
            try (MemoryScope _ = MemoryScope.open("forward")) {
                subject.encoder.encode(subject.pictures, Pass.EVALUATION);
            }
        };
    }

    private static Runnable backward(Subject subject) {
        return () -> gradients(subject, (_, _) -> { });
    }

    /** Clips, updates all parameters, and has a second model follow. */
    private static Runnable step(Subject subject) {
        Parameters teacher = Parameters.of(2);
        subject.workload.make.apply(teacher);
        AdamW optimizer = new AdamW(ParameterGroup.byDecay(subject.parameters.trainable()));
        Ema ema = new Ema(teacher.all(), subject.parameters.all());
        Clipping clipping = Clipping.global(1);
        return () -> gradients(subject, (pass, gradients) -> {
            optimizer.step(parameter -> pass.gradient(gradients, parameter), 1e-4, 0.05, clipping);
            ema.follow(0.996);
        });
    }

    private static void gradients(Subject subject, BiConsumer<TrainingPass, Gradients> use) {
        try (MemoryScope _ = MemoryScope.open("step"); Tape tape = new Tape()) {
            TrainingPass pass = new TrainingPass(tape, RandomSource.of(1));
            Variable output = subject.encoder.encode(tape.constant(subject.pictures), pass);
            use.accept(pass, tape.backward(output, Tensor.ones(output.shape().dims())));
        }
    }
}
