package dev.panacea.nn.checkpoint;

import dev.panacea.nn.ConfigException;
import dev.panacea.nn.Parameter;
import dev.panacea.nn.optim.Optimizer;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.op.Copy;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * The models and optimisers of a run, by name: declared once, for saving and going on alike.
 *
 * <pre>{@code
 * RunState state = new RunState()
 *         .model("student", student.all())
 *         .model("teacher", teacher.all())
 *         .optimizer("optimizer", optimizer);
 * }</pre>
 *
 * <p>In a file, the parameters of a model are {@code student.layers.0…}, the moments of an optimiser
 * {@code optimizer.m.layers.0…}. A state is saved and restored between steps.
 */
public final class RunState {
    private final SequencedMap<String, Section> sections = new LinkedHashMap<>();

    /** Nothing yet. */
    public RunState() {}

    /**
     * Adds a model: all its parameters, buffers among them.
     *
     * @throws ConfigException if the name is empty, has a dot or is taken
     */
    public RunState model(String name, List<Parameter> parameters) {
        return add(name, new Model(List.copyOf(parameters)));
    }

    /**
     * Adds an optimiser: its moments and its steps.
     *
     * @throws ConfigException if the name is empty, has a dot or is taken
     */
    public RunState optimizer(String name, Optimizer optimizer) {
        return add(name, new Moments(optimizer));
    }

    private RunState add(String name, Section section) {
        if (name.isEmpty() || name.indexOf('.') >= 0 || sections.putIfAbsent(name, section) != null) {
            throw new ConfigException("run state: no name for a part: \"" + name
                    + "\" (need one without a dot, once only)");
        }
        return this;
    }

    /** The live tensors by their names in a file. */
    SequencedMap<String, Tensor> tensors() {
        SequencedMap<String, Tensor> all = new LinkedHashMap<>();
        sections.forEach((name, section) ->
                section.tensors().forEach((path, tensor) -> all.put(name + "." + path, tensor)));
        return all;
    }

    /**
     * Takes over values by their names in a file, of the right shapes and none missing.
     *
     * @throws ConfigException if an optimiser has done fewer than no steps; nothing is changed then
     */
    void load(Map<String, Tensor> values) {
        sections.forEach((name, section) -> section.check(own(name, section, values)));
        sections.forEach((name, section) -> section.load(own(name, section, values)));
    }

    private static Map<String, Tensor> own(String name, Section section, Map<String, Tensor> values) {
        Map<String, Tensor> own = new LinkedHashMap<>();
        section.tensors().keySet().forEach(path -> own.put(path, values.get(name + "." + path)));
        return own;
    }

    private sealed interface Section {
        SequencedMap<String, Tensor> tensors();

        void check(Map<String, Tensor> values);

        void load(Map<String, Tensor> values);
    }

    private record Model(List<Parameter> parameters) implements Section {
        @Override
        public SequencedMap<String, Tensor> tensors() {
            SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();
            parameters.forEach(parameter -> tensors.put(parameter.path(), parameter.value()));
            return tensors;
        }

        @Override
        public void check(Map<String, Tensor> values) {}

        @Override
        public void load(Map<String, Tensor> values) {
            parameters.forEach(parameter -> Tensor.into(new Copy(), List.of(values.get(parameter.path())),
                    List.of(parameter.value())));
        }
    }

    private record Moments(Optimizer optimizer) implements Section {
        @Override
        public SequencedMap<String, Tensor> tensors() {
            return optimizer.state();
        }

        @Override
        public void check(Map<String, Tensor> values) {
            optimizer.check(values);
        }

        @Override
        public void load(Map<String, Tensor> values) {
            optimizer.load(values);
        }
    }
}
