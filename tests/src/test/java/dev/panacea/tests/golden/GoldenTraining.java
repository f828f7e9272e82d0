package dev.panacea.tests.golden;

import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import dev.panacea.tensor.op.AdamW;
import dev.panacea.tensor.op.Blend;
import dev.panacea.tensor.op.GradientNorm;
import dev.panacea.tensor.op.Lion;
import dev.panacea.tensor.op.Op;
import dev.panacea.tensor.op.Sgd;
import java.util.ArrayList;
import java.util.List;

/** The golden cases of optimisers: parameters, then the gradients of each step. */
final class GoldenTraining {
    private GoldenTraining() {}

    static <T extends TensorOps<T>> List<T> run(GoldenCase c, List<T> in) {
        int steps = c.whole("steps");
        int count = in.size() / (1 + steps);
        int moments = switch (c.op()) {
            case "adamW" -> 2;
            case "ema" -> 0;
            default -> 1;
        };
        List<T> state = new ArrayList<>(); // p, m, v, p, m, v, ...
        for (T parameter : in.subList(0, count)) {
            state.add(parameter);
            for (int k = 0; k < moments; k++) {
                state.add(parameter.affine(0, 0));
            }
        }
        for (int step = 1; step <= steps; step++) {
            List<T> gradients = in.subList(step * count, (step + 1) * count);
            List<T> inputs = new ArrayList<>();
            if (moments > 0) {
                inputs.add(scale(c, gradients));
            }
            for (int k = 0; k < count; k++) {
                inputs.add(state.get(k * (1 + moments)));
                inputs.add(gradients.get(k));
                inputs.addAll(state.subList(k * (1 + moments) + 1, (k + 1) * (1 + moments)));
            }
            state = in.getFirst().apply(op(c, step), inputs);
        }
        List<T> parameters = new ArrayList<>();
        for (int k = 0; k < count; k++) {
            parameters.add(state.get(k * (1 + moments)));
        }
        return parameters;
    }

    private static Op op(GoldenCase c, int step) {
        return switch (c.op()) {
            case "adamW" -> new AdamW(c.real("rate"), c.real("beta1"), c.real("beta2"), c.real("epsilon"),
                    c.real("decay"), step);
            case "sgd" -> new Sgd(c.real("rate"), c.real("momentum"), c.real("decay"), c.flag("nesterov"));
            case "lion" -> new Lion(c.real("rate"), c.real("beta1"), c.real("beta2"), c.real("decay"));
            default -> Blend.average(c.real("momentum"));
        };
    }

    private static <T extends TensorOps<T>> T scale(GoldenCase c, List<T> gradients) {
        T first = gradients.getFirst();
        return c.text("clip").equals("none") ? first.lift(Tensor.scalar(1))
                : first.apply(new GradientNorm(c.real("most"), c.text("clip").equals("each")), gradients).get(1);
    }

    static <T extends TensorOps<T>> List<T> clip(GoldenCase c, List<T> in) {
        List<T> norm = in.getFirst().apply(new GradientNorm(c.real("most"), false), in);
        List<T> results = new ArrayList<>(List.of(norm.getFirst()));
        in.forEach(gradient -> results.add(gradient.mul(norm.get(1))));
        return results;
    }
}
