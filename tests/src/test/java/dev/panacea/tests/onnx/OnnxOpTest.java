package dev.panacea.tests.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.panacea.nn.ConfigException;
import dev.panacea.nn.onnx.OnnxExport;
import dev.panacea.nn.onnx.OnnxModel;
import dev.panacea.nn.onnx.OnnxValue;
import dev.panacea.tensor.ElementType;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.op.Split;
import dev.panacea.tests.sweep.OpCase;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Each op as nodes, with its own samples: ONNX Runtime computes what the op does, or the op is refused by name. */
class OnnxOpTest {
    private static final double TOLERANCE = 1e-4; // of the largest; layer norms there lose digits at large means

    @Test
    void nodesComputeWhatTheirOpsDo() {
        Set<String> exported = new TreeSet<>();
        Set<String> refused = new TreeSet<>();
        for (OpCase one : OpCase.all(1)) {
            try (MemoryScope _ = MemoryScope.open("op")) {
                List<Tensor> inputs = one.inputs(ElementType.F32);
                int fed = fed(inputs);
                if (fed < 0) {
                    continue;
                }
                try {
                    check(one, inputs, fed);
                    exported.add(one.op().name());
                } catch (ConfigException e) {
                    assertThat(e).hasMessageMatching("onnx: op " + one.op().name() + "[: ].*\\(.*\\)");
                    refused.add(one.op().name());
                }
            }
        }
        assertThat(refused).as("ops refused for some inputs alone: integers, training, masks")
                .filteredOn(exported::contains).containsExactlyInAnyOrder("attention", "batchNorm2d", "cast");
        refused.removeAll(exported);
        assertThat(refused).as("ops of training, and those that no network has").containsExactlyInAnyOrder(
                "argmax", "attentionBackward", "batchNorm2dBackward", "bceWithLogits", "bceWithLogitsBackward",
                "blend", "conv2dBackwardInput", "conv2dBackwardWeight", "crossEntropy", "crossEntropyBackward",
                "dropPath", "dropout", "geluBackward", "gradientNorm", "indexSelectBackward", "l2NormalizeBackward",
                "layerNormBackward", "lion", "logSoftmaxBackward", "maxPool2dBackward", "mse", "reluBackward",
                "resamplingBackward", "scatterAdd", "sliceBackward", "softmaxBackward", "tieShare",
                "variance", "windowAttentionBackward");
    }

    /** The input that is fed, while the others are constants in the file; -1 where there is none of floats. */
    private static int fed(List<Tensor> inputs) {
        boolean full = inputs.stream().allMatch(input -> input.size() > 0);
        for (int i = 0; full && i < inputs.size(); i++) {
            if (inputs.get(i).type() == ElementType.F32) {
                return i;
            }
        }
        return -1;
    }

    private static void check(OpCase one, List<Tensor> inputs, int fed) {
        OnnxModel model = OnnxExport.fixed(inputs.get(fed).shape(), (x, _) -> {
            List<OnnxValue> values = new ArrayList<>();
            for (int i = 0; i < inputs.size(); i++) {
                values.add(i == fed ? x : x.lift(inputs.get(i)));
            }
            List<OnnxValue> outputs = x.apply(one.op(), values);
            SequencedMap<String, OnnxValue> results = new LinkedHashMap<>();
            for (int i = 0; i < (one.op() instanceof Split ? outputs.size() : 1); i++) {
                results.put("y" + i, outputs.get(i));
            }
            return results;
        });
        List<Tensor> expected = one.run(inputs);
        try (OrtRun run = OrtRun.of(model)) {
            run.run(inputs.get(fed)).forEach((name, result) ->
                    assertClose(one + " " + name, result, expected.get(Integer.parseInt(name.substring(1)))));
        }
    }

    private static void assertClose(String what, Tensor actual, Tensor expected) {
        assertThat(actual.shape()).as(what).isEqualTo(expected.shape());
        double[] a = actual.toDoubles();
        double[] e = expected.toDoubles();
        double largest = 1e-6;
        for (double value : e) {
            largest = Double.isFinite(value) ? Math.max(largest, Math.abs(value)) : largest;
        }
        for (int i = 0; i < a.length; i++) {
            boolean equal = a[i] == e[i] || Double.isNaN(a[i]) && Double.isNaN(e[i])
                    || Math.abs(a[i] - e[i]) <= TOLERANCE * largest;
            assertThat(equal).as("%s: element %d: %s, expected %s", what, i, a[i], e[i]).isTrue();
        }
    }
}
