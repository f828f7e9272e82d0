package dev.panacea.nn.optim;

import dev.panacea.nn.ConfigException;
import dev.panacea.nn.Parameter;
import dev.panacea.tensor.ElementType;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.op.Blend;
import dev.panacea.tensor.op.Op;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.Function;

/**
 * Updates parameters from their gradients, in place: a step makes no tensor but two numbers for each clipping. What it
 * remembers belongs to the memory scope in which the optimiser was made.
 *
 * <pre>{@code
 * AdamW optimizer = new AdamW(ParameterGroup.byDecay(parameters.trainable()));
 * optimizer.step(p -> pass.gradient(gradients, p), rate.at(step), decay.at(step), Clipping.global(3));
 * }</pre>
 */
public abstract sealed class Optimizer permits AdamW, Sgd, Lion {
    private final List<Group> groups = new ArrayList<>();
    private final List<Tensor> gradients = new ArrayList<>();
    private final List<Tensor> norms; // norm and scale of all gradients as one vector
    private final Tensor one;
    private final List<String> moments;
    private long step;

    /** Makes the moments, zeros. */
    Optimizer(List<ParameterGroup> parameters, String... moments) {
        this.moments = List.of(moments);
        one = Tensor.scalar(1);
        norms = List.of(Tensor.zeros(), Tensor.zeros());
        Set<Parameter> seen = new HashSet<>();
        for (ParameterGroup group : parameters) {
            for (Parameter parameter : group.parameters()) {
                if (!parameter.isTrainable() || !seen.add(parameter)) {
                    throw new ConfigException("optimizer: parameter " + parameter.path()
                            + (parameter.isTrainable() ? " is in two groups" : " is a buffer")
                            + " (give each trainable parameter once)");
                }
            }
            if (!group.parameters().isEmpty()) {
                groups.add(new Group(group, this.moments));
            }
        }
        if (groups.isEmpty()) {
            throw new ConfigException("optimizer: no parameters (need one or more)");
        }
    }

    /** The op that updates one group. */
    abstract Op update(double rate, double decay, long step);

    /**
     * One step.
     *
     * @param gradient the gradient of each parameter
     * @param rate learning rate, before a group's scale
     * @param decay weight decay, before a group's scale
     * @throws ConfigException if a parameter has no gradient; no parameter is changed then
     */
    public final void step(Function<Parameter, Tensor> gradient, double rate, double decay, Clipping clipping) {
        gradients.clear();
        for (Group group : groups) {
            group.take(gradient);
            gradients.addAll(group.gradients);
        }
        boolean clips = clipping.most() < Double.POSITIVE_INFINITY;
        if (clips && !clipping.each()) {
            Tensor.into(clipping.norm(), gradients, norms);
        }
        step++;
        for (Group group : groups) {
            Tensor scale = !clips ? one : norms.get(1);
            if (clips && clipping.each()) {
                Tensor.into(clipping.norm(), group.gradients, group.norms);
                scale = group.norms.get(1);
            }
            group.inputs.set(0, scale);
            Tensor.into(update(rate * group.from.rateScale(), decay * group.from.decayScale(), step), group.inputs,
                    group.outputs);
            group.forget();
        }
        gradients.clear();
    }

    /**
     * The norm of all gradients in the last step with global clipping, [], before it was clipped; overwritten by the
     * next such step.
     */
    public final Tensor norm() {
        return norms.getFirst();
    }

    /** Number of steps so far. */
    public final long steps() {
        return step;
    }

    /**
     * What the optimiser remembers, for a checkpoint: {@code m.PATH} and whatever moments there are, which are the live
     * tensors, and {@code step}, I32.
     */
    public final SequencedMap<String, Tensor> state() {
        SequencedMap<String, Tensor> state = moments();
        state.put("step", Tensor.of(Shape.SCALAR, Math.toIntExact(step)));
        return state;
    }

    private SequencedMap<String, Tensor> moments() {
        SequencedMap<String, Tensor> state = new LinkedHashMap<>();
        for (Group group : groups) {
            for (int k = 0; k < group.from.parameters().size(); k++) {
                for (int moment = 0; moment < moments.size(); moment++) {
                    state.put(moments.get(moment) + "." + group.from.parameters().get(k).path(),
                            group.outputs.get(k * (1 + moments.size()) + 1 + moment));
                }
            }
        }
        return state;
    }

    /**
     * Goes on from a saved state.
     *
     * @throws ConfigException as {@link #check}; nothing is changed then
     */
    public final void load(Map<String, Tensor> state) {
        check(state);
        moments().forEach((name, tensor) ->
                Tensor.into(new Blend(0, 1), List.of(tensor, state.get(name)), List.of(tensor)));
        step = (long) state.get("step").item();
    }

    /**
     * Says whether a saved state is one that this optimiser can go on from.
     *
     * @throws ConfigException if a tensor is missing or of another shape or type, or the number of steps is negative
     */
    public final void check(Map<String, Tensor> state) {
        moments().forEach((name, tensor) -> {
            Tensor saved = state.get(name);
            if (saved == null || !saved.spec().equals(tensor.spec())) {
                throw new ConfigException("optimizer state: " + name + " is "
                        + (saved == null ? "missing" : saved.spec()) + " (need " + tensor.spec() + ")");
            }
        });
        Tensor saved = state.get("step");
        if (saved == null || saved.type() != ElementType.I32 || saved.size() != 1) {
            throw new ConfigException("optimizer state: step is " + (saved == null ? "missing" : saved.spec())
                    + " (need I32 [])");
        }
        if (saved.item() < 0) {
            throw new ConfigException("optimizer state: step is " + (long) saved.item() + " (need 0 or more)");
        }
    }

    /** The tensors of one group in the order of the op's inputs and outputs, made once. */
    private static final class Group {
        private final ParameterGroup from;
        private final List<Tensor> inputs = new ArrayList<>();
        private final List<Tensor> outputs = new ArrayList<>();
        private final List<Tensor> gradients;
        private final List<Tensor> norms;
        private final int each;

        Group(ParameterGroup from, List<String> moments) {
            this.from = from;
            int count = from.parameters().size();
            each = 2 + moments.size();
            gradients = new ArrayList<>(Collections.nCopies(count, null));
            norms = List.of(Tensor.zeros(count), Tensor.zeros(count));
            inputs.add(null);
            for (Parameter parameter : from.parameters()) {
                inputs.add(parameter.value());
                inputs.add(null);
                outputs.add(parameter.value());
                for (int moment = 0; moment < moments.size(); moment++) {
                    Tensor zeros = Tensor.zeros(parameter.value().type(), parameter.shape().dims());
                    inputs.add(zeros);
                    outputs.add(zeros);
                }
            }
        }

        void take(Function<Parameter, Tensor> gradient) {
            for (int k = 0; k < gradients.size(); k++) {
                Tensor taken = gradient.apply(from.parameters().get(k));
                if (taken == null) {
                    throw new ConfigException("optimizer: no gradient for " + from.parameters().get(k).path()
                            + " (leave frozen parameters out of the groups)");
                }
                gradients.set(k, taken);
                inputs.set(2 + k * each, taken);
            }
        }

        /** Lets go of gradients, which live for one step. */
        void forget() {
            for (int k = 0; k < gradients.size(); k++) {
                gradients.set(k, null);
                inputs.set(2 + k * each, null);
            }
        }
    }
}
