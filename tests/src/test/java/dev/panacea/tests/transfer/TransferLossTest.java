package dev.panacea.tests.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.panacea.ace.data.Picture;
import dev.panacea.ace.data.PictureFacts;
import dev.panacea.ace.drawn.Point;
import dev.panacea.ace.example.Example;
import dev.panacea.ace.example.ExampleSet;
import dev.panacea.ace.example.Examples;
import dev.panacea.ace.example.Mask;
import dev.panacea.ace.label.LabelSet;
import dev.panacea.ace.transfer.TaskFacts;
import dev.panacea.ace.transfer.TransferBatch;
import dev.panacea.ace.transfer.TransferConfig;
import dev.panacea.ace.transfer.TransferKind;
import dev.panacea.ace.transfer.TransferTask;
import dev.panacea.autograd.Tape;
import dev.panacea.autograd.Variable;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Tensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Losses of fine-tuning and their gradients by the logits are PyTorch's, as tests/golden/transfer.py made them; what is
 * not known has no gradient at all.
 */
class TransferLossTest {
    private static final double CLOSE = 3e-6;

    /** Targets alone: pictures are never asked for. */
    private record Targets(float[][] rows) implements Examples {
        @Override
        public int size() {
            return rows.length;
        }

        @Override
        public String name(int number) {
            return "row " + number;
        }

        @Override
        public float[] targets(int number) {
            return rows[number];
        }

        @Override
        public Example read(int number) {
            throw new AssertionError("a picture was read");
        }
    }

    /** A loss and its gradient by the logits. */
    private record Loss(double value, double[] gradient) {}

    private static Example example(int side, float[] targets, List<Mask> masks, List<Optional<Point>> points) {
        return new Example("x", new Picture(side, side, 1, new float[side * side], new PictureFacts("x", 8, List.of())),
                targets, masks, points);
    }

    private static Loss loss(TransferConfig config, TransferTask task, List<Example> examples, float[] logits) {
        int pixels = config.view().pixels();
        try (MemoryScope _ = MemoryScope.open("loss"); Tape tape = new Tape()) {
            TransferBatch batch = TransferBatch.of(task, Shape.of(1, pixels, pixels), examples.stream()
                    .map(example -> new TransferBatch.Sample("x", new float[pixels * pixels],
                            task.target(example, config.view().whole()))).toList());
            Shape shape = config.kind() == TransferKind.CLASSIFY ? batch.targets().shape()
                    : Shape.of(examples.size(), task.labels().size(), pixels, pixels);
            Variable leaf = tape.variable(Tensor.of(shape, logits));
            Variable loss = task.loss(leaf, batch);
            return new Loss(loss.value().item(), tape.backward(loss).of(leaf).toDoubles());
        }
    }

    private static float[] floats(JsonNode node) {
        double[] values = flat(node).mapToDouble(one -> one.isNull() ? Double.NaN : one.doubleValue()).toArray();
        return numbers(values.length, i -> values[i]);
    }

    private static Stream<JsonNode> flat(JsonNode node) {
        return node.isArray() ? StreamSupport.stream(node.spliterator(), false).flatMap(TransferLossTest::flat)
                : Stream.of(node);
    }

    private static float[] numbers(int count, IntToDoubleFunction number) {
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = (float) number.applyAsDouble(i);
        }
        return numbers;
    }

    /** The largest of the numbers, whatever their signs. */
    private static double most(double... values) {
        return Arrays.stream(values).map(Math::abs).max().orElseThrow();
    }

    private static float[][] rows(JsonNode node) {
        return IntStream.range(0, node.size()).mapToObj(i -> floats(node.get(i))).toArray(float[][]::new);
    }

    private static TransferConfig config(TransferKind kind, int pixels, JsonNode choices) {
        List<String> changes = new ArrayList<>(List.of("view.pixels", Integer.toString(pixels)));
        choices.properties().forEach(choice -> changes.addAll(List.of(choice.getKey(), choice.getValue().textValue())));
        return Tuning.config(kind, "vit_nano", changes.toArray(String[]::new));
    }

    private static List<String> labels(int count) {
        return IntStream.range(0, count).mapToObj(i -> "label " + i).toList();
    }

    @TestFactory
    Stream<DynamicTest> areThoseOfPyTorch() throws IOException {
        JsonNode cases = new ObjectMapper().readTree(TransferLossTest.class.getResource("/golden/transfer.json"));
        return StreamSupport.stream(cases.spliterator(), false).map(one ->
                dynamicTest(one.get("kind").textValue() + " " + one.get("choices"), () -> compare(one)));
    }

    private static void compare(JsonNode one) {
        Loss loss = switch (one.get("kind").textValue()) {
            case "any" -> classes(one, LabelSet.Kind.ANY);
            case "one" -> classes(one, LabelSet.Kind.ONE);
            case "masks" -> masks(one);
            default -> points(one);
        };
        double wanted = one.get("loss").doubleValue();
        assertThat(loss.value).isCloseTo(wanted, within(CLOSE * wanted));
        float[] gradient = floats(one.get("gradient"));
        double scale = most(IntStream.range(0, gradient.length).mapToDouble(i -> gradient[i]).toArray());
        assertThat(loss.gradient).hasSameSizeAs(gradient);
        for (int i = 0; i < gradient.length; i++) {
            assertThat(loss.gradient[i]).as("gradient %d", i).isCloseTo(gradient[i], within(CLOSE * scale));
        }
    }

    private static Loss classes(JsonNode one, LabelSet.Kind kind) {
        float[][] targets = rows(one.get("targets"));
        TransferConfig config = config(TransferKind.CLASSIFY, 8, one.get("choices"));
        ExampleSet set = new ExampleSet("rows", kind, labels(targets[0].length), new Targets(rows(one.get("train"))),
                new Targets(new float[0][]), new Targets(new float[0][]));
        TransferTask task = TransferTask.of(config, TaskFacts.of(set));
        task.begin(set);
        return loss(config, task, Arrays.stream(targets).map(row -> example(8, row, List.of(), List.of())).toList(),
                floats(one.get("logits")));
    }

    private static TransferTask marks(TransferConfig config, int labels) {
        return TransferTask.of(config, new TaskFacts("marks", LabelSet.Kind.MARKS, labels(labels)));
    }

    private static Mask mask(float[] values) {
        byte[] mask = new byte[values.length];
        for (int i = 0; i < mask.length; i++) {
            mask[i] = Float.isNaN(values[i]) ? Mask.UNKNOWN : values[i] == 1 ? Mask.INSIDE : Mask.OUTSIDE;
        }
        int side = (int) Math.sqrt(mask.length);
        return new Mask(side, side, mask);
    }

    private static Loss masks(JsonNode one) {
        List<Example> examples = new ArrayList<>();
        for (JsonNode picture : one.get("targets")) {
            examples.add(example(8, new float[2], Arrays.stream(rows(picture)).map(TransferLossTest::mask).toList(),
                    List.of()));
        }
        TransferConfig config = config(TransferKind.SEGMENT, 8, one.get("choices"));
        return loss(config, marks(config, 2), examples, floats(one.get("logits")));
    }

    private static Loss points(JsonNode one) {
        List<Example> examples = new ArrayList<>();
        for (JsonNode picture : one.get("targets")) {
            examples.add(example(16, new float[2], List.of(), Arrays.stream(rows(picture)).map(at ->
                    Float.isNaN(at[0]) ? Optional.<Point>empty() : Optional.of(new Point(at[0] / 16, at[1] / 16)))
                    .toList()));
        }
        TransferConfig config = config(TransferKind.KEYPOINTS, 16, one.get("choices"));
        return loss(config, marks(config, 2), examples, floats(one.get("logits")));
    }

    @Test
    void whatIsNotKnownHasNoGradientAtAll() {
        TransferConfig classify = Tuning.config(TransferKind.CLASSIFY, "vit_nano");
        TransferTask classes = TransferTask.of(classify, new TaskFacts("x", LabelSet.Kind.ANY, labels(2)));
        double[] labels = loss(classify, classes, List.of(example(4, new float[] {Float.NaN, 1}, List.of(), List.of()),
                example(4, new float[] {0, Float.NaN}, List.of(), List.of())), new float[] {3, -2, 1, 40}).gradient;
        assertThat(most(labels[0], labels[3])).isZero();
        assertThat(labels[1]).isNegative();
        assertThat(labels[2]).isPositive();
        TransferConfig segment = Tuning.config(TransferKind.SEGMENT, "vit_nano", "view.pixels", "8");
        double[] pixels = loss(segment, marks(segment, 1), List.of(example(8, new float[1],
                List.of(mask(numbers(64, i -> i < 10 ? 1 : i < 30 ? Double.NaN : 0))), List.of())),
                numbers(64, i -> i % 7 - 3)).gradient;
        for (int i = 0; i < pixels.length; i++) {
            assertThat(pixels[i] == 0).as("pixel %d", i).isEqualTo(i >= 10 && i < 30);
        }
        for (String heat : List.of("CROSS_ENTROPY", "SQUARES")) {
            TransferConfig keypoints = Tuning.config(TransferKind.KEYPOINTS, "vit_nano", "view.pixels", "8",
                    "loss.heat", heat);
            double[] maps = loss(keypoints, marks(keypoints, 2), List.of(example(8, new float[2], List.of(),
                    List.of(Optional.empty(), Optional.of(new Point(0.3, 0.6))))), numbers(128, i -> i % 5 - 2.5))
                    .gradient;
            assertThat(most(Arrays.copyOf(maps, 64))).as(heat).isZero();
            assertThat(Arrays.copyOfRange(maps, 64, 128)).as(heat).doesNotContain(0);
        }
    }

    @Test
    void nothingKnownCostsNothing() {
        TransferConfig classify = Tuning.config(TransferKind.CLASSIFY, "vit_nano");
        TransferTask classes = TransferTask.of(classify, new TaskFacts("x", LabelSet.Kind.ANY, labels(2)));
        Loss label = loss(classify, classes, List.of(example(4, new float[] {Float.NaN, Float.NaN}, List.of(),
                List.of())), new float[] {3, -2});
        TransferConfig keypoints = Tuning.config(TransferKind.KEYPOINTS, "vit_nano", "view.pixels", "8");
        Loss point = loss(keypoints, marks(keypoints, 1), List.of(example(8, new float[1], List.of(),
                List.of(Optional.empty()))), numbers(64, i -> i));
        TransferConfig segment = Tuning.config(TransferKind.SEGMENT, "vit_nano", "view.pixels", "8");
        Loss mask = loss(segment, marks(segment, 1), List.of(example(8, new float[1],
                List.of(mask(numbers(64, _ -> Double.NaN))), List.of())), numbers(64, i -> i));
        for (Loss loss : List.of(label, point, mask)) {
            assertThat(loss.value).isZero();
            assertThat(most(loss.gradient)).isZero();
        }
    }

    @Test
    void byHand() {
        TransferConfig classify = Tuning.config(TransferKind.CLASSIFY, "vit_nano");
        TransferTask classes = TransferTask.of(classify, new TaskFacts("x", LabelSet.Kind.ANY, labels(2)));
        Loss half = loss(classify, classes, List.of(example(4, new float[] {1, Float.NaN}, List.of(), List.of()),
                example(4, new float[] {0, 0}, List.of(), List.of())), new float[4]);
        assertThat(half.value).isCloseTo(Math.log(2), within(1e-6));
        assertThat(half.gradient).containsExactly(new double[] {-1 / 6.0, 0, 1 / 6.0, 1 / 6.0}, within(1e-7));
        TransferConfig segment = Tuning.config(TransferKind.SEGMENT, "vit_nano", "view.pixels", "8");
        Loss mask = loss(segment, marks(segment, 1), List.of(example(8, new float[1], List.of(mask(new float[64])),
                List.of())), new float[64]);
        assertThat(mask.value).as("an empty mask: cross-entropy alone").isCloseTo(Math.log(2), within(1e-6));
        float[] one = new float[64];
        one[0] = 1;
        mask = loss(segment, marks(segment, 1), List.of(example(8, new float[1], List.of(mask(one)), List.of())),
                new float[64]);
        assertThat(mask.value).as("one pixel, half of all predicted").isCloseTo(Math.log(2) + 1 - 2 / 34.0,
                within(1e-6));
    }
}
