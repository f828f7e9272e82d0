package dev.panacea.tests.golden;

import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.io.SafetensorsFile;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One case of tests/golden/make.py: what PyTorch made of an op.
 *
 * @param name       the case's name
 * @param op         the op's name
 * @param attributes the op's attributes as text
 * @param inputs     the inputs
 * @param outputs    the outputs
 * @param seeds      the gradient of a loss by each output, null where there is none
 * @param gradients  the gradient of that loss by each input, null where the input is a constant
 */
record GoldenCase(String name, String op, Map<String, String> attributes, List<Tensor> inputs, List<Tensor> outputs,
        List<Tensor> seeds, List<Tensor> gradients) {

    /** Loads one case into the current memory scope. */
    static GoldenCase load(SafetensorsFile file, String name) {
        String[] words = file.metadata().get(name).split(" ");
        Map<String, String> attributes = new HashMap<>();
        Arrays.stream(words).skip(1).map(word -> word.split("=", 2)).forEach(pair -> attributes.put(pair[0], pair[1]));
        List<Tensor> inputs = series(file, name + "/in", Integer.MAX_VALUE);
        List<Tensor> outputs = series(file, name + "/out", Integer.MAX_VALUE);
        return new GoldenCase(name, words[0], attributes, inputs, outputs,
                series(file, name + "/seed", outputs.size()), series(file, name + "/grad", inputs.size()));
    }

    /** Tensors 0, 1, ... up to a count with nulls where one is missing, or up to the first that is missing. */
    private static List<Tensor> series(SafetensorsFile file, String prefix, int count) {
        List<Tensor> series = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            boolean present = file.names().contains(prefix + i);
            if (!present && count == Integer.MAX_VALUE) {
                break;
            }
            series.add(present ? file.load(prefix + i) : null);
        }
        return series;
    }

    String text(String key) {
        String value = attributes.get(key);
        if (value == null) {
            throw new AssertionError(name + ": no attribute " + key + " in " + attributes);
        }
        return value;
    }

    /** A flag, false where the case does not give it. */
    boolean flag(String key) {
        return Boolean.parseBoolean(attributes.getOrDefault(key, "false"));
    }

    int whole(String key) {
        return Integer.parseInt(text(key));
    }

    int[] wholes(String key) {
        return Arrays.stream(text(key).split(",")).mapToInt(Integer::parseInt).toArray();
    }

    double real(String key) {
        return Double.parseDouble(text(key));
    }
}
