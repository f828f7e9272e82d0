package dev.panacea.tests.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import dev.panacea.nn.Initial;
import dev.panacea.nn.Parameter;
import dev.panacea.nn.Parameters;
import dev.panacea.nn.optim.AdamW;
import dev.panacea.nn.optim.Clipping;
import dev.panacea.nn.optim.Ema;
import dev.panacea.nn.optim.GradientSum;
import dev.panacea.nn.optim.Lion;
import dev.panacea.nn.optim.Optimizer;
import dev.panacea.nn.optim.ParameterGroup;
import dev.panacea.nn.optim.Schedule;
import dev.panacea.nn.optim.Sgd;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.RandomSource;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.cpu.ParallelRows;
import dev.panacea.tensor.memory.MemoryPool;
import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Optimisers, averages and schedules over the parameters of a model. */
class OptimizerTest {
    private static final Map<String, Function<List<ParameterGroup>, Optimizer>> ALL = Map.of(
            "adamW", AdamW::new, "sgd", groups -> new Sgd(groups, 0.9, true), "lion", Lion::new);

    private static Parameters model(long seed) {
        Parameters all = Parameters.of(seed);
        Initial normal = (random, dims) -> random.normal(0, 1, dims);
        for (int layer = 0; layer < 2; layer++) {
            all.at("layers").at(layer).make("weight", normal, 130, 131);
            all.at("layers").at(layer).make("bias", normal, 130);
        }
        all.at("head").make("weight", normal, 3, 5);
        all.buffer("mean", normal, 4);
        return all;
    }

    /** Gradients that depend on the path and the step alone. */
    private static Map<Parameter, Tensor> gradients(Parameters all, int step) {
        Map<Parameter, Tensor> gradients = new LinkedHashMap<>();
        all.trainable().forEach(p -> gradients.put(p, RandomSource.of(step).child(p.path().hashCode())
                .normal(0, 1, p.shape().dims())));
        return gradients;
    }

    private static List<double[]> values(Parameters all) {
        return all.all().stream().map(p -> p.value().toDoubles()).toList();
    }

    private static void steps(Optimizer optimizer, Parameters all, int from, int to, Clipping clipping) {
        for (int step = from; step < to; step++) {
            optimizer.step(gradients(all, step)::get, 0.01, 0.1, clipping);
        }
    }

    @TestFactory
    Stream<DynamicTest> aResumedRunGivesTheBytesOfOneThatNeverStopped() {
        return ALL.keySet().stream().map(name -> DynamicTest.dynamicTest(name, () -> {
            Parameters whole = model(1);
            steps(ALL.get(name).apply(ParameterGroup.byDecay(whole.trainable())), whole, 0, 6, Clipping.global(3));

            Parameters halved = model(1);
            Optimizer first = ALL.get(name).apply(ParameterGroup.byDecay(halved.trainable()));
            steps(first, halved, 0, 3, Clipping.global(3));
            Map<String, Tensor> saved = new LinkedHashMap<>();
            first.state().forEach((path, tensor) -> saved.put(path, tensor.copy()));
            Optimizer second = ALL.get(name).apply(ParameterGroup.byDecay(halved.trainable()));
            second.load(saved);
            assertThat(second.steps()).isEqualTo(3);
            steps(second, halved, 3, 6, Clipping.global(3));
            assertThat(values(halved)).usingRecursiveComparison().isEqualTo(values(whole));
        }));
    }

    @TestFactory
    Stream<DynamicTest> sameBytesOnAnyNumberOfThreads() {
        return ALL.keySet().stream().map(name -> DynamicTest.dynamicTest(name, () -> {
            int threads = ParallelRows.threads();
            try {
                List<double[]> alone = trainedWith(name, 1);
                assertThat(trainedWith(name, 3)).usingRecursiveComparison().isEqualTo(alone);
            } finally {
                ParallelRows.threads(threads);
            }
        }));
    }

    private static List<double[]> trainedWith(String name, int threads) {
        ParallelRows.threads(threads);
        Parameters all = model(2);
        steps(ALL.get(name).apply(ParameterGroup.byDecay(all.trainable())), all, 0, 3, Clipping.perTensor(0.5));
        return values(all);
    }

    @Test
    void stateHasNamedTensors() {
        Parameters all = model(3);
        Optimizer optimizer = new AdamW(ParameterGroup.one(all.trainable()));
        assertThat(optimizer.state().keySet()).hasSize(2 * 5 + 1)
                .contains("m.layers.1.bias", "v.head.weight", "step").doesNotContain("m.mean");
        Map<String, Tensor> broken = new LinkedHashMap<>(optimizer.state());
        broken.put("v.head.weight", Tensor.zeros(3));
        assertThatThrownBy(() -> optimizer.load(broken))
                .hasMessage("optimizer state: v.head.weight is F32 [3] (need F32 [3, 5])");
        broken.remove("v.head.weight");
        assertThatThrownBy(() -> optimizer.load(broken))
                .hasMessage("optimizer state: v.head.weight is missing (need F32 [3, 5])");
    }

    @Test
    void biasesDoNotDecayAndLowerLayersMoveLess() {
        Parameters all = model(4);
        List<ParameterGroup> groups = ParameterGroup.layerwise(all.trainable(), 0.5,
                p -> p.path().startsWith("head") ? 0 : p.path().startsWith("layers.1") ? 1 : 2);
        assertThat(groups).extracting(ParameterGroup::rateScale).containsExactly(1.0, 0.5, 0.5, 0.25, 0.25);
        assertThat(groups).extracting(ParameterGroup::decayScale).containsExactly(1.0, 1.0, 0.0, 1.0, 0.0);
        Map<String, Tensor> before = new LinkedHashMap<>();
        all.all().forEach(p -> before.put(p.path(), p.value().copy()));
        new AdamW(groups).step(p -> Tensor.zeros(p.shape().dims()), 0.1, 0.5, Clipping.NONE);
        all.all().forEach(p -> {
            double factor = switch (p.path()) {
                case "head.weight" -> 1 - 0.1 * 0.5;
                case "layers.1.weight" -> 1 - 0.05 * 0.5;
                case "layers.0.weight" -> 1 - 0.025 * 0.5;
                default -> 1;
            };
            assertThat(p.value().flat(1)).as(p.path()).isCloseTo(before.get(p.path()).flat(1) * factor, within(1e-6));
        });
    }

    @Test
    void layersAreKnownByTheirPaths() {
        Parameters swin = Parameters.of(1);
        for (String path : List.of("patch_embed.proj.weight", "patch_embed.norm.bias", "layers.0.blocks.0.norm1.bias",
                "layers.0.blocks.1.norm1.bias", "layers.1.downsample.norm.bias", "layers.1.blocks.0.norm1.bias",
                "layers.1.blocks.1.norm1.bias", "norm.bias")) {
            swin.make("backbone." + path, Initial.ZEROS, 2);
        }
        swin.make("head.bias", Initial.ZEROS, 2);
        assertThat(scales(swin)).containsExactly(0.03125, 0.03125, 0.0625, 0.125, 0.25, 0.25, 0.5, 1.0, 1.0);
        Parameters vit = Parameters.of(1);
        for (String path : List.of("cls_token", "pos_embed", "patch_embed.proj.weight", "blocks.0.norm1.bias",
                "blocks.1.norm1.bias", "blocks.10.norm1.bias", "norm.bias")) {
            vit.make(path, Initial.ZEROS, 2);
        }
        assertThat(scales(vit)).containsExactly(0.0625, 0.0625, 0.0625, 0.125, 0.25, 0.5, 1.0);
    }

    /** The scale of each parameter's rate, where a layer has half of the next one's. */
    private static List<Double> scales(Parameters all) {
        List<ParameterGroup> groups = ParameterGroup.byLayer(all.all(), 0.5);
        return all.all().stream().map(p -> groups.stream().filter(group -> group.parameters().contains(p))
                .findFirst().orElseThrow().rateScale()).toList();
    }

    @Test
    void positionsAndTablesDoNotDecay() {
        Parameters all = Parameters.of(1);
        Map<String, Boolean> decays = Map.of("head.weight", true, "norm.weight", false, "cls_token", false,
                "backbone.pos_embed", false, "attn.relative_position_bias_table", false, "patch_embed.proj.weight",
                true);
        decays.forEach((path, expected) -> assertThat(ParameterGroup.decays(all.make(path, Initial.ZEROS,
                path.startsWith("norm") ? new int[] {3} : new int[] {1, 2, 3}))).as(path).isEqualTo(expected));
    }

    @Test
    void clippingShortensLongGradients() {
        Parameters all = model(5);
        Map<Parameter, Tensor> gradients = gradients(all, 0);
        double squares = gradients.values().stream().flatMapToDouble(g -> java.util.Arrays.stream(g.toDoubles()))
                .map(g -> g * g).sum();
        double before = all.find("head.weight").orElseThrow().value().flat(2);
        Optimizer sgd = new Sgd(ParameterGroup.one(all.trainable()), 0, false);
        sgd.step(gradients::get, 1, 0, Clipping.global(2));
        assertThat(sgd.norm().item()).isCloseTo(Math.sqrt(squares), within(1e-4));
        Parameter head = all.find("head.weight").orElseThrow();
        assertThat(head.value().flat(2))
                .isCloseTo(before - gradients.get(head).flat(2) * 2 / Math.sqrt(squares), within(1e-6));
    }

    @Test
    void refusesWhatItCannotTrain() {
        Parameters all = model(6);
        assertThatThrownBy(() -> new AdamW(ParameterGroup.one(List.copyOf(all.all()))))
                .hasMessage("optimizer: parameter mean is a buffer (give each trainable parameter once)");
        assertThatThrownBy(() -> new AdamW(List.of()))
                .hasMessage("optimizer: no parameters (need one or more)");
        Parameter head = all.find("head.weight").orElseThrow();
        assertThatThrownBy(() -> new AdamW(ParameterGroup.one(List.of(head, head))))
                .hasMessage("optimizer: parameter head.weight is in two groups (give each trainable parameter once)");
        AdamW optimizer = new AdamW(ParameterGroup.one(all.trainable()));
        assertThatThrownBy(() -> optimizer.step(_ -> null, 1, 1, Clipping.NONE)).hasMessage("optimizer: no gradient for "
                + "layers.0.weight (leave frozen parameters out of the groups)");
        assertThat(optimizer.steps()).isZero();
    }

    @Test
    void averageFollows() {
        Parameters teacher = model(7);
        Parameters student = model(8);
        double t = teacher.find("mean").orElseThrow().value().flat(1);
        double s = student.find("mean").orElseThrow().value().flat(1);
        Ema ema = new Ema(teacher.all(), student.all());
        ema.follow(0.75);
        assertThat(teacher.find("mean").orElseThrow().value().flat(1)).isCloseTo(0.75 * t + 0.25 * s, within(1e-6));
        ema.follow(0);
        assertThat(values(teacher)).usingRecursiveComparison().isEqualTo(values(student));
        assertThatThrownBy(() -> new Ema(teacher.all(), student.trainable()))
                .hasMessage("ema: follower has 6 parameters, leader 5 (need two models of one configuration)");
        assertThatThrownBy(() -> ema.follow(1.5)).hasMessage("ema: momentum out of range: 1.5 (need 0..1)");
    }

    @Test
    void sumOfSmallBatchesBeginsAnew() {
        Parameters all = model(9);
        GradientSum sum = new GradientSum(all.trainable());
        Parameter head = all.find("head.weight").orElseThrow();
        assertThatThrownBy(sum::take).hasMessage("gradient sum: nothing to take: 0 batches (add one or more)");
        sum.add(p -> Tensor.full(p.value().type(), Double.NaN, p.shape().dims()), 1);
        sum.take();
        sum.add(gradients(all, 0)::get, 0.5);
        sum.add(gradients(all, 1)::get, 0.5);
        double mean = (gradients(all, 0).get(head).flat(3) + gradients(all, 1).get(head).flat(3)) / 2;
        assertThat(sum.take().apply(head).flat(3)).isCloseTo(mean, within(1e-6));
    }

    @Test
    void schedulesHaveTheirValues() {
        Schedule rate = Schedule.cosine(1, 0.1, 10).warmUp(0, 4);
        assertThat(rate.at(0)).isZero();
        assertThat(rate.at(2)).isCloseTo(0.5, within(1e-12));
        assertThat(rate.at(4)).isEqualTo(1);
        assertThat(rate.at(9)).isCloseTo(0.55, within(1e-12));
        assertThat(rate.at(14)).isEqualTo(0.1);
        assertThat(rate.at(1000)).isEqualTo(0.1);
        assertThat(Schedule.constant(0.3).at(77)).isEqualTo(0.3);
        assertThat(Schedule.constant(0).then(5, rate).at(7)).isCloseTo(0.5, within(1e-12));
        assertThatThrownBy(() -> Schedule.cosine(1, 0, 0))
                .hasMessage("cosine: steps out of range: 0 (need more than 0)");
    }

    /** Steps take no memory off the heap, and on it little more than the shapes that are checked. */
    @Test
    void aStepAllocatesNothingOffTheHeap() {
        Parameters all = model(10);
        Parameters teacher = model(11);
        Map<Parameter, Tensor> gradients = gradients(all, 0);
        try (MemoryScope _ = MemoryScope.open("training")) {
            AdamW optimizer = new AdamW(ParameterGroup.byDecay(all.trainable()));
            Ema ema = new Ema(teacher.all(), all.all());
            Runnable step = () -> {
                optimizer.step(gradients::get, 1e-3, 0.1, Clipping.global(1));
                ema.follow(0.99);
            };
            for (int i = 0; i < 2_000; i++) {
                step.run();
            }
            long live = MemoryPool.HOST.liveBytes() + MemoryPool.HOST.idleBytes();
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            long garbage = Long.MAX_VALUE;
            for (int round = 0; round < 60 && garbage >= 16_000; round++) { // a busy machine compiles late
                long before = threads.getCurrentThreadAllocatedBytes();
                for (int i = 0; i < 100; i++) {
                    step.run();
                }
                garbage = (threads.getCurrentThreadAllocatedBytes() - before) / 100;
            }
            assertThat(MemoryPool.HOST.liveBytes() + MemoryPool.HOST.idleBytes()).isLessThanOrEqualTo(live);
            assertThat(garbage).as("bytes on the heap in a step").isLessThan(16_000);
        }
    }
}
