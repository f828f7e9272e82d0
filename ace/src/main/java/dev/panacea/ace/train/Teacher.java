package dev.panacea.ace.train;

import dev.panacea.nn.Parameter;
import dev.panacea.nn.Parameters;
import dev.panacea.nn.model.Backbone;
import dev.panacea.nn.optim.Ema;
import dev.panacea.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The network that the student learns from, f_t: {@code θ_t ← λ·θ_t + (1 − λ)·θ_s} after each step (Sec. A.3). It
 * computes with tensors, through which no gradient can flow. Batch norms take the moments of the batch, as the
 * student's do; their running moments are its own and follow nothing.
 */
public final class Teacher {
    private final Parameters parameters;
    private final Network network;
    private final Ema ema;

    /** A copy of the student, without drop path. */
    public Teacher(PretrainConfig config, Student student) {
        parameters = Parameters.of(config.seed());
        network = new Network(parameters, config, config.model().teacher(config.grid(), config.augment().channels()));
        Map<String, Parameter> leaders = student.parameters().all().stream()
                .collect(Collectors.toMap(Parameter::path, Function.identity()));
        follower(parameters.all(), leaders).follow(0);
        ema = follower(parameters.trainable(), leaders);
    }

    private static Ema follower(List<Parameter> own, Map<String, Parameter> leaders) {
        return new Ema(own, own.stream().map(parameter -> leaders.get(parameter.path())).toList());
    }

    /** The backbone f_t: what is kept after training. */
    public Backbone backbone() {
        return network.backbone();
    }

    /** All parameters, buffers among them. */
    public Parameters parameters() {
        return parameters;
    }

    /** Tokens of both views [B, C, V, V]. */
    public Encoding<Tensor> encode(Tensor first, Tensor second) {
        return network.encode(first, second, TeacherPass.INSTANCE);
    }

    /** Pooled embeddings [B, K] → logits of the global loss. */
    public Tensor project(Tensor pooled) {
        return network.project(pooled, TeacherPass.INSTANCE);
    }

    /** A step towards the student: {@code momentum} is λ. */
    public void follow(double momentum) {
        ema.follow(momentum);
    }
}
