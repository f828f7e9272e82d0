package dev.panacea.tests.ace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.panacea.ace.crop.CropPair;
import dev.panacea.ace.crop.GridConfig;
import dev.panacea.ace.crop.Region;
import dev.panacea.ace.head.Composer;
import dev.panacea.ace.head.Decomposer;
import dev.panacea.ace.head.DenseHead;
import dev.panacea.ace.head.GlobalHead;
import dev.panacea.ace.head.GlobalHeadConfig;
import dev.panacea.ace.loss.GlobalConfig;
import dev.panacea.ace.loss.GlobalLoss;
import dev.panacea.ace.loss.MatchingConfig;
import dev.panacea.ace.loss.MatchingLoss;
import dev.panacea.ace.loss.MatchingTarget;
import dev.panacea.ace.loss.OverlapPool;
import dev.panacea.autograd.Gradients;
import dev.panacea.autograd.Tape;
import dev.panacea.autograd.Variable;
import dev.panacea.nn.Parameter;
import dev.panacea.nn.Parameters;
import dev.panacea.nn.TrainingPass;
import dev.panacea.nn.layer.Layer;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.RandomSource;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import dev.panacea.tensor.io.Safetensors;
import dev.panacea.tensor.io.SafetensorsFile;
import dev.panacea.tensor.op.Copy;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Heads, targets and losses give what PyTorch gives, gradients too; tests/golden/ace.py made the values. */
class AceGoldenTest {
    private static final GridConfig GRID = new GridConfig(16, 1, 6, false);
    private static final int CHANNELS = 8;

    @TestFactory
    Stream<DynamicTest> heads() {
        Map<String, Function<Parameters, Layer>> heads = Map.of(
                "dense", parameters -> new DenseHead(parameters, CHANNELS),
                "composer", parameters -> new Composer(parameters, CHANNELS),
                "decomposer", parameters -> new Decomposer(parameters, CHANNELS),
                "global_head", parameters -> new GlobalHead(parameters, CHANNELS,
                        new GlobalHeadConfig(true, 12, 5, 7)));
        return heads.keySet().stream().sorted().map(name -> dynamicTest(name, () -> head(name, heads.get(name))));
    }

    private static void head(String name, Function<Parameters, Layer> make) {
        try (SafetensorsFile file = open(); MemoryScope _ = MemoryScope.open(name); Tape tape = new Tape()) {
            Parameters parameters = Parameters.of(0);
            Layer layer = make.apply(parameters);
            for (Parameter parameter : parameters.all()) {
                if (parameter.isTrainable() || file.names().contains(name + "/in." + parameter.path())) {
                    Tensor.into(new Copy(), List.of(file.load(name + "/in." + parameter.path())),
                            List.of(parameter.value()));
                }
            }
            TrainingPass pass = new TrainingPass(tape, RandomSource.of(0));
            Variable x = tape.variable(file.load(name + "/in.x"));
            Variable y = layer.forward(x, pass);
            assertClose(name, y.value(), file.load(name + "/out"));
            Gradients gradients = tape.backward(y, file.load(name + "/seed"));
            assertClose(name + " x", gradients.of(x), file.load(name + "/grad.x"));
            for (Parameter parameter : parameters.trainable()) {
                if (!isBeforeNorm(name, parameter)) {
                    assertClose(name + " " + parameter.path(), pass.gradient(gradients, parameter),
                            file.load(name + "/grad." + parameter.path()));
                }
            }
        }
    }

    /** A bias that batch normalisation takes off again has no gradient but rounding. */
    private static boolean isBeforeNorm(String name, Parameter parameter) {
        return name.equals("dense") && parameter.path().matches("layers\\.[036]\\.bias");
    }

    @Test
    void targets() {
        try (SafetensorsFile file = open(); MemoryScope _ = MemoryScope.open("targets")) {
            List<CropPair> pairs = pairs(file);
            assertThat(pairs).hasSize(5);
            for (int k = 0; k < pairs.size(); k++) {
                for (int kernel : new int[] {3, 5}) {
                    MatchingConfig config = MatchingConfig.usual(0.9).withKernel(kernel);
                    assertClose("composition " + k,
                            MatchingTarget.of(List.of(pairs.get(k).composition()), config).squeeze(0),
                            file.load("target_" + k + "_" + kernel + "/comp"));
                    assertClose("decomposition " + k,
                            MatchingTarget.of(List.of(pairs.get(k).decomposition()), config).squeeze(0),
                            file.load("target_" + k + "_" + kernel + "/deco"));
                }
            }
        }
    }

    @Test
    void pooling() {
        try (SafetensorsFile file = open()) {
            List<CropPair> pairs = pairs(file);
            OverlapPool first = OverlapPool.of(pairs.stream().map(CropPair::overlapInFirst).toList(), 6);
            OverlapPool second = OverlapPool.of(pairs.stream().map(CropPair::overlapInSecond).toList(), 6);
            check("pooling", List.of("x", "y"), (_, in) ->
                    TensorOps.concat(1, List.of(first.pool(in.get(0)), second.pool(in.get(1)))));
        }
    }

    @Test
    void globalLosses() {
        for (boolean both : new boolean[] {false, true}) {
            String name = both ? "global_both" : "global_one";
            check(name, both ? List.of("s1", "s2") : List.of("s1"), (file, in) -> {
                GlobalLoss loss = new GlobalLoss(Parameters.of(0), new GlobalConfig(0.1, 0.04, true, 0.9, both), 9);
                Tensor.into(new Copy(), List.of(file.load(name + "/in.centre")), List.of(loss.centre().value()));
                Tensor t1 = file.load(name + "/in.t1");
                Tensor t2 = file.load(name + "/in.t2");
                Variable s2 = both ? in.get(1) : in.getFirst();
                Variable value = loss.loss(in.getFirst(), s2, loss.probabilities(t1), loss.probabilities(t2));
                loss.follow(t1, t2);
                if (both) {
                    assertClose("centre", loss.centre().value(), file.load(name + "/followed"));
                }
                return value;
            });
        }
    }

    @TestFactory
    Stream<DynamicTest> matchingLosses() {
        return Stream.of("comp", "deco").flatMap(part -> Stream.of("usual", "paper", "positives")
                .map(kind -> dynamicTest(part + " " + kind, () -> matching(part, kind))));
    }

    private static void matching(String part, String kind) {
        double alpha = part.equals("comp") ? 0.9 : 0.99;
        MatchingConfig config = kind.equals("paper") ? MatchingConfig.paper(alpha)
                : MatchingConfig.usual(alpha).withPositivesOnly(kind.equals("positives"));
        MatchingLoss loss = new MatchingLoss(config);
        check(part + "_" + kind, List.of("s"), (file, in) -> {
            Tensor target = MatchingTarget.of(Stream.of(2, 4).map(pairs(file)::get)
                    .map(pair -> part.equals("comp") ? pair.composition() : pair.decomposition()).toList(), config);
            return loss.loss(loss.logits(in.getFirst(), file.load(part + "_" + kind + "/in.t")), target);
        });
    }

    /** Compares a computation on leaves with its golden output and gradients. */
    private static void check(String name, List<String> leaves,
            BiFunction<SafetensorsFile, List<Variable>, Variable> run) {
        try (SafetensorsFile file = open(); MemoryScope _ = MemoryScope.open(name); Tape tape = new Tape()) {
            List<Variable> in = leaves.stream().map(leaf -> tape.variable(file.load(name + "/in." + leaf))).toList();
            Variable out = run.apply(file, in);
            assertClose(name, out.value(), file.load(name + "/out"));
            Gradients gradients = file.names().contains(name + "/seed")
                    ? tape.backward(out, file.load(name + "/seed")) : tape.backward(out);
            for (int k = 0; k < leaves.size(); k++) {
                assertClose(name + " " + leaves.get(k), gradients.of(in.get(k)),
                        file.load(name + "/grad." + leaves.get(k)));
            }
        }
    }

    private static List<CropPair> pairs(SafetensorsFile file) {
        return IntStream.range(0, 5).mapToObj(k -> {
            int[] at = Arrays.stream(file.metadata().get("pair_" + k).split(" ")).mapToInt(Integer::parseInt).toArray();
            return new CropPair(GRID, Region.square(at[0], at[1], 6), Region.square(at[2], at[3], 12));
        }).toList();
    }

    private static void assertClose(String what, Tensor got, Tensor expected) {
        assertThat(got.shape()).as(what).isEqualTo(expected.shape());
        double[] wanted = expected.toDoubles();
        double scale = Arrays.stream(wanted).map(Math::abs).max().orElseThrow();
        assertThat(got.toDoubles()).as(what).containsExactly(wanted, within(3e-6 * scale));
    }

    private static SafetensorsFile open() {
        try {
            return Safetensors.open(Path.of(AceGoldenTest.class.getResource("/golden/ace.safetensors").toURI()));
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }
}
