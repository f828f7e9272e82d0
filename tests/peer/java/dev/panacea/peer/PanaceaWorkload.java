package dev.panacea.peer;

import dev.panacea.autograd.Gradients;
import dev.panacea.autograd.Tape;
import dev.panacea.autograd.Variable;
import dev.panacea.nn.Parameter;
import dev.panacea.nn.Parameters;
import dev.panacea.nn.Pass;
import dev.panacea.nn.TrainingPass;
import dev.panacea.nn.model.SwinConfig;
import dev.panacea.nn.model.SwinTransformer;
import dev.panacea.nn.model.VisionTransformer;
import dev.panacea.nn.model.VitConfig;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.RandomSource;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import dev.panacea.tensor.io.Safetensors;
import dev.panacea.tensor.io.SafetensorsFile;
import dev.panacea.tensor.memory.Memory;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** This project's side. */
final class PanaceaWorkload implements Workload {
    /** Pictures [B, 3, H, W] → [B, C], on tensors and on variables alike. */
    private interface Pooled {
        <T extends TensorOps<T>> T apply(T pictures, Pass<T> pass);
    }

    private final MemoryScope scope = MemoryScope.open("peer");
    private final Parameters parameters = Parameters.of(1);
    private final Pooled model;
    private final Tensor pictures;
    private final Set<String> watched;
    private final Map<String, float[]> gradients = new HashMap<>();

    /**
     * Makes a model and gives it the weights of a file.
     *
     * @param watched the parameters whose gradients will be asked for
     */
    PanaceaWorkload(String name, Path weights, Set<String> watched) {
        this.watched = watched;
        model = make(name);
        try (SafetensorsFile file = Safetensors.open(weights)) {
            Set<String> stored = new TreeSet<>(file.names());
            stored.remove("input");
            Set<String> made =
                    parameters.all().stream().map(Parameter::path).collect(Collectors.toCollection(TreeSet::new));
            if (!stored.equals(made)) {
                throw new IllegalStateException("peer: " + weights + ": names differ: stored " + stored
                        + ", model's " + made);
            }
            for (Parameter parameter : parameters.all()) {
                MemorySegment bytes = file.bytes(parameter.path());
                if (bytes.byteSize() != parameter.size() * Float.BYTES) {
                    throw new IllegalStateException("peer: " + weights + ": sizes differ: " + parameter);
                }
                Memory.copy(bytes.address(), parameter.value().address(), bytes.byteSize());
            }
            pictures = file.load("input");
        }
    }

    private Pooled make(String name) {
        if (name.startsWith("swin")) {
            SwinTransformer swin = new SwinTransformer(parameters, switch (name) {
                case "swin_b_448_w7" -> SwinConfig.base().withImage(448).withDropPath(0);
                case "swin_b_448_w14" -> SwinConfig.base().withImage(448).withWindow(14).withDropPath(0);
                case "swin_t_224_w7" -> SwinConfig.tiny().withDropPath(0);
                default -> throw new IllegalArgumentException(name);
            });
            return new Pooled() {
                @Override
                public <T extends TensorOps<T>> T apply(T pictures, Pass<T> pass) {
                    return swin.pooled(pictures, pass);
                }
            };
        }
        VisionTransformer vit = new VisionTransformer(parameters, VitConfig.base().withImage(448, 32));
        return new Pooled() {
            @Override
            public <T extends TensorOps<T>> T apply(T pictures, Pass<T> pass) {
                return vit.sequence(pictures, pass).mean(false, 1);
            }
        };
    }

    @Override
    public float[] forward() {
        try (MemoryScope _ = MemoryScope.open("forward")) {
            return model.apply(pictures, Pass.EVALUATION).toFloats();
        }
    }

    @Override
    public double forwardBackward() {
        long start = System.nanoTime();
        try (MemoryScope _ = MemoryScope.open("step"); Tape tape = new Tape()) {
            TrainingPass pass = new TrainingPass(tape, RandomSource.of(2));
            Variable pooled = model.apply(tape.constant(pictures), pass);
            Gradients all = tape.backward(pooled.mul(pooled).mean(false));
            double seconds = (System.nanoTime() - start) * 1e-9;
            for (String name : watched) {
                gradients.put(name, pass.gradient(all, parameters.find(name).orElseThrow()).toFloats());
            }
            return seconds;
        }
    }

    @Override
    public float[] gradient(String name) {
        return gradients.get(name);
    }

    @Override
    public void close() {
        parameters.all().forEach(parameter -> parameter.value().release("peer"));
        scope.close();
    }
}
