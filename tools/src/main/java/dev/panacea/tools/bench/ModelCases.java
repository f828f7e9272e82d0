package dev.panacea.tools.bench;

import dev.panacea.autograd.Tape;
import dev.panacea.autograd.Variable;
import dev.panacea.nn.Parameters;
import dev.panacea.nn.Pass;
import dev.panacea.nn.TrainingPass;
import dev.panacea.nn.model.SwinConfig;
import dev.panacea.nn.model.SwinTransformer;
import dev.panacea.nn.model.VisionTransformer;
import dev.panacea.nn.model.VitConfig;
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
import java.util.function.Function;
import java.util.stream.Stream;

/** Whole models: forward alone as in evaluation, and forward and backward as in training. */
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
                    parameters -> new VisionTransformer(parameters, config)::classToken);
        }

        Stream<Case> cases(Effort effort) {
            return Stream.of(one("forward", effort, ModelCases::forward),
                    one("forward + backward", effort, ModelCases::both));
        }

        private Case one(String pass, Effort effort, Call call) {
            String full = name + " × " + batch + ", " + pass;
            return new Case("model", full, speed -> run(full, effort, call, speed));
        }

        private Row run(String full, Effort effort, Call call, HostSpeed speed) {
            Footprint.forget();
            try (MemoryScope _ = MemoryScope.open(full)) {
                Encoder encoder = make.apply(Parameters.of(1));
                Tensor pictures = Input.real(batch, 3, pixels, pixels).make(ElementType.F32, 1);
                Work work;
                try (OpProfile profile = OpProfile.start()) {
                    call.run(encoder, pictures);
                    work = profile.work();
                }
                Effort.Round round = effort.measure(() -> call.run(encoder, pictures));
                Map<String, Number> more = new LinkedHashMap<>();
                more.put("imagesPerSecond", batch / round.seconds());
                more.put("heapBytesPerCall", (round.after().heapAllocated() - round.before().heapAllocated())
                        / round.calls());
                more.put("poolGrowth", round.after().pool() - round.before().pool());
                more.put("peakMegabytes", round.after().peak() >> 20);
                return Row.model("model", full, round.seconds(), work, speed, more);
            }
        }
    }

    private interface Call {
        void run(Encoder encoder, Tensor pictures);
    }

    static List<Case> all(Effort effort) {
        return Stream.of(
                Workload.swin("swin-b 448² window 7", 2, SwinConfig.base().withImage(448)),
                Workload.swin("swin-b 448² window 14", 2, SwinConfig.base().withImage(448).withWindow(14)),
                Workload.swin("swin-t 224² window 7", 8, SwinConfig.tiny()),
                Workload.vit("vit-b/32 448²", 2, VitConfig.base().withImage(448, 32)))
                .flatMap(workload -> workload.cases(effort)).toList();
    }

    /** One that takes little time. */
    static List<Case> small(Effort effort) {
        return Workload.swin("swin-t 224² window 7", 2, SwinConfig.tiny()).cases(effort).toList();
    }

    private static void forward(Encoder encoder, Tensor pictures) {
        try (MemoryScope _ = MemoryScope.open("forward")) {
            encoder.encode(pictures, Pass.EVALUATION);
        }
    }

    private static void both(Encoder encoder, Tensor pictures) {
        try (MemoryScope _ = MemoryScope.open("step"); Tape tape = new Tape()) {
            Variable output = encoder.encode(tape.constant(pictures), new TrainingPass(tape, RandomSource.of(1)));
            tape.backward(output, Tensor.ones(output.shape().dims()));
        }
    }
}
