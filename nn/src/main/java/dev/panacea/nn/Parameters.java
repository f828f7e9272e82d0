package dev.panacea.nn;

import dev.panacea.tensor.RandomSource;
import dev.panacea.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where layers get their parameters from, and the list of all there are.
 *
 * <pre>{@code
 * Parameters all = Parameters.of(seed);
 * Linear head = new Linear(all.at("head"), 768, 14, true);   // makes head.weight and head.bias
 * }</pre>
 *
 * <p>What a parameter starts from depends on the seed and its path alone, not on the order in which layers are made.
 */
public final class Parameters {
    private final Map<String, Parameter> byPath;
    private final Values values;
    private final String prefix;
    private final boolean narrow;

    /** What parameters start from. */
    @FunctionalInterface
    private interface Values {
        Tensor make(String path, Initial initial, int[] dims);
    }

    private Parameters(Map<String, Parameter> byPath, Values values, String prefix, boolean narrow) {
        this.byPath = byPath;
        this.values = values;
        this.prefix = prefix;
        this.narrow = narrow;
    }

    /** An empty list whose initial values come from this seed. */
    public static Parameters of(long seed) {
        RandomSource random = RandomSource.of(seed);
        return new Parameters(new LinkedHashMap<>(), (path, initial, dims) ->
                initial.make(random.child(number(path)), dims), "", false);
    }

    /** An empty list whose parameters and buffers are all zeros: for models whose weights will be loaded. */
    public static Parameters zeros() {
        return new Parameters(new LinkedHashMap<>(), (_, _, dims) -> Tensor.zeros(dims), "", false);
    }

    /**
     * An empty list whose parameters have shapes and no memory of their own: for a look at a model that a file from
     * outside describes, before what it asks for is made. All are zeros, and none can be written.
     */
    public static Parameters shapes() {
        return new Parameters(new LinkedHashMap<>(), (_, _, dims) -> Tensor.scalar(0).expand(dims), "", false);
    }

    /** The same list, seen from a layer inside: what it makes has {@code name} and a dot before its own name. */
    public Parameters at(String name) {
        return new Parameters(byPath, values, prefix + name + ".", narrow);
    }

    /** The same list, seen from the layer of that number. */
    public Parameters at(int number) {
        return at(Integer.toString(number));
    }

    /**
     * The same list, seen from a model that learns labels from the beginning and is narrower than those the usual
     * deviation of 0.02 was chosen for: its branches would add next to nothing to what they are added to, and long
     * nothing would be learned. What {@link #linear} makes has a deviation of {@code 1 / √in}.
     */
    public Parameters narrow() {
        return new Parameters(byPath, values, prefix, true);
    }

    /**
     * Makes the weight of a linear layer, [out, in], as transformers begin: normal, cut off at two deviations.
     *
     * @throws IllegalArgumentException if there is a parameter of that path
     */
    public Parameter linear(String name, int out, int in) {
        return make(name, narrow ? Initial.truncatedNormal(1 / Math.sqrt(in)) : Initial.TRANSFORMER, out, in);
    }

    /**
     * Makes a trainable parameter.
     *
     * @throws IllegalArgumentException if there is one of that path
     */
    public Parameter make(String name, Initial initial, int... dims) {
        return put(name, initial, true, dims);
    }

    /**
     * Makes a buffer: saved and loaded with the model, never trained.
     *
     * @throws IllegalArgumentException if there is a parameter of that path
     */
    public Parameter buffer(String name, Initial initial, int... dims) {
        return put(name, initial, false, dims);
    }

    private Parameter put(String name, Initial initial, boolean trainable, int... dims) {
        String path = prefix + name;
        if (byPath.containsKey(path)) {
            throw new IllegalArgumentException("parameter " + path + ": made twice (give each layer its own name)");
        }
        Parameter parameter = new Parameter(path, values.make(path, initial, dims), trainable);
        byPath.put(path, parameter);
        return parameter;
    }

    /** A number for a path, of all 64 bits, so that no two paths of a model draw the same values. */
    private static long number(String path) {
        long number = 0xcbf29ce484222325L;
        for (int i = 0; i < path.length(); i++) {
            number = (number ^ path.charAt(i)) * 0x100000001b3L;
        }
        return number;
    }

    /** All parameters, buffers among them, in the order of their making. */
    public List<Parameter> all() {
        return List.copyOf(byPath.values());
    }

    /** The parameters that are trained. */
    public List<Parameter> trainable() {
        return byPath.values().stream().filter(Parameter::isTrainable).toList();
    }

    /** The parameter of that path. */
    public Optional<Parameter> find(String path) {
        return Optional.ofNullable(byPath.get(path));
    }

    /** Number of trained elements. */
    public long count() {
        return byPath.values().stream().filter(Parameter::isTrainable).mapToLong(Parameter::size).sum();
    }
}
