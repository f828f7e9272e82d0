package dev.panacea.tests.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.panacea.ace.drawn.Box;
import dev.panacea.ace.metric.Confusion;
import dev.panacea.ace.metric.HeatMap;
import dev.panacea.ace.metric.Interval;
import dev.panacea.ace.metric.Overlap;
import dev.panacea.ace.metric.Roc;
import dev.panacea.ace.metric.Runs;
import dev.panacea.tensor.RandomSource;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** Measures give what scikit-learn and SciPy give, as tests/golden/metrics.py made it; and what those leave open. */
class MetricTest {
    private static final double CLOSE = 1e-12;

    private static JsonNode golden(String name) throws IOException {
        JsonNode cases = new ObjectMapper().readTree(MetricTest.class.getResource("/golden/metrics.json")).get(name);
        assertThat(cases.size()).isPositive();
        return cases;
    }

    private static double[] numbers(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false).mapToDouble(JsonNode::asDouble).toArray();
    }

    private static int[] classes(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false).mapToInt(JsonNode::asInt).toArray();
    }

    private static boolean[] truths(JsonNode array) {
        boolean[] truths = new boolean[array.size()];
        for (int i = 0; i < truths.length; i++) {
            truths[i] = array.get(i).asBoolean();
        }
        return truths;
    }

    @Test
    void curvesAndAreasAreScikitLearns() throws IOException {
        for (JsonNode one : golden("roc")) {
            Roc roc = Roc.of(numbers(one.get("scores")), truths(one.get("truth"))).orElseThrow();
            assertThat(roc.falsePositive()).containsExactly(numbers(one.get("fpr")), within(CLOSE));
            assertThat(roc.truePositive()).containsExactly(numbers(one.get("tpr")), within(CLOSE));
            assertThat(roc.area()).isCloseTo(one.get("area").asDouble(), within(CLOSE));
        }
    }

    @Test
    void aClassThatAllOrNoneAreOfHasNoArea() {
        double[] scores = {0.1, 0.2, 0.3};
        assertThat(Roc.of(scores, new boolean[3])).isEmpty();
        assertThat(Roc.area(scores, new boolean[] {true, true, true})).isNaN();
        assertThat(Roc.area(new double[] {1, 1, 1}, new boolean[] {true, false, false})).isEqualTo(0.5);
        assertThatThrownBy(() -> Roc.of(new double[] {Double.NaN}, new boolean[1])).hasMessageContaining("score 0");
        assertThatThrownBy(() -> Roc.of(scores, new boolean[2])).hasMessageContaining("3 scores, 2 truths");
    }

    @Test
    void confusionIsScikitLearns() throws IOException {
        for (JsonNode one : golden("confusion")) {
            int classes = one.get("classes").asInt();
            Confusion confusion = Confusion.of(classes(one.get("truth")), classes(one.get("predicted")), classes);
            for (int k = 0; k < classes; k++) {
                assertThat(Arrays.stream(confusion.counts()[k]).mapToInt(Math::toIntExact).toArray())
                        .containsExactly(classes(one.get("matrix").get(k)));
                assertThat(confusion.precision(k)).isCloseTo(one.get("precision").get(k).asDouble(), within(CLOSE));
                assertThat(confusion.recall(k)).isCloseTo(one.get("recall").get(k).asDouble(), within(CLOSE));
                assertThat(confusion.f1(k)).isCloseTo(one.get("f1").get(k).asDouble(), within(CLOSE));
            }
            assertThat(confusion.accuracy()).isCloseTo(one.get("accuracy").asDouble(), within(CLOSE));
            assertThat(confusion.macroF1()).isCloseTo(one.get("macroF1").asDouble(), within(CLOSE));
        }
        assertThat(Confusion.of(new int[0], new int[0], 2).accuracy()).isNaN();
        assertThat(Confusion.of(new int[] {0, 1}, new int[] {0, 1}, 3).macroF1()).isEqualTo(1);
        assertThatThrownBy(() -> Confusion.of(new int[] {2}, new int[] {0}, 2)).hasMessageContaining("need 0..1");
    }

    @Test
    void overlapIsScikitLearns() throws IOException {
        Overlap all = Overlap.NONE;
        for (JsonNode one : golden("overlap")) {
            Overlap overlap = Overlap.of(truths(one.get("predicted")), truths(one.get("truth")), null);
            assertThat(overlap.dice()).isCloseTo(one.get("dice").asDouble(), within(CLOSE));
            assertThat(overlap.iou()).isCloseTo(one.get("iou").asDouble(), within(CLOSE));
            all = all.plus(overlap);
        }
        assertThat(all.dice()).isCloseTo(2 * all.iou() / (1 + all.iou()), within(CLOSE)).isBetween(0.1, 0.9);
    }

    @Test
    void emptyMasksAgreeAndUnknownPixelsDoNotCount() {
        assertThat(Overlap.NONE.dice()).isEqualTo(1);
        assertThat(Overlap.NONE.iou()).isEqualTo(1);
        boolean[] one = {true, false, true};
        boolean[] other = {true, true, false};
        assertThat(Overlap.of(one, new boolean[3], null).dice()).isZero();
        assertThat(Overlap.of(one, other, null)).isEqualTo(new Overlap(1, 2, 2));
        assertThat(Overlap.of(one, other, new boolean[] {true, false, false})).isEqualTo(new Overlap(1, 1, 1));
        assertThatThrownBy(() -> Overlap.of(one, new boolean[2], null)).hasMessageContaining("3 and 2 pixels");
    }

    @Test
    void welchsTestIsSciPys() throws IOException {
        for (JsonNode one : golden("ttest")) {
            Runs a = new Runs(numbers(one.get("a")));
            Runs b = new Runs(numbers(one.get("b")));
            assertThat(a.pValue(b)).isCloseTo(one.get("p").asDouble(), within(1e-9))
                    .isCloseTo(b.pValue(a), within(CLOSE));
        }
        Runs constant = new Runs(new double[] {1, 1});
        assertThat(constant.pValue(constant)).isEqualTo(1);
        assertThat(constant.pValue(new Runs(new double[] {2, 2}))).isZero();
        assertThat(constant.pValue(new Runs(new double[] {2}))).isNaN();
        assertThat(new Runs(new double[] {1, 2, 3}).toString()).isEqualTo("2.0000 ± 1.0000");
        assertThat(new Runs(new double[] {0.5}).toString()).isEqualTo("0.5000");
    }

    /** Of a mean, the interval is the mean's known one: ± 1.96 standard errors. */
    @Test
    void intervalsOfAMeanAreAsWideAsTheory() {
        int cases = 400;
        RandomSource draws = RandomSource.of(3);
        double[] values = new double[cases];
        Arrays.setAll(values, i -> draws.uniform(i));
        Interval interval = Interval.of(cases, picked -> Arrays.stream(picked).mapToDouble(i -> values[i]).average()
                .orElseThrow(), 2000, RandomSource.of(4));
        double half = 1.96 / Math.sqrt(12.0 * cases);
        assertThat(interval.value()).isCloseTo(0.5, within(0.05));
        assertThat(interval.high() - interval.value()).isCloseTo(half, within(0.1 * half));
        assertThat(interval.value() - interval.low()).isCloseTo(half, within(0.1 * half));
        Interval none = Interval.of(3, _ -> Double.NaN, 10, RandomSource.of(0));
        assertThat(none.low()).isNaN();
        assertThat(Interval.of(5, picked -> picked.length, 100, RandomSource.of(1)))
                .isEqualTo(new Interval(5, 5, 5)).hasToString("5.0000 (5.0000–5.0000)");
    }

    @Test
    void heatMapsPointIntoBoxesOrNot() {
        float[] values = new float[24];                 // 6 wide, 4 high
        values[2 * 6 + 3] = 1;                          // x 3, y 2
        values[2 * 6 + 4] = 0.6f;
        HeatMap map = new HeatMap(6, values);
        assertThat(map.points(List.of(new Box(3, 2, 1, 1)))).isTrue();
        assertThat(map.points(List.of(new Box(4, 2, 2, 2), new Box(0, 0, 3, 4)))).isFalse();
        assertThat(map.iou(List.of(new Box(3, 2, 2, 1)), 0.5)).isEqualTo(1);
        assertThat(map.iou(List.of(new Box(3, 2, 2, 2)), 0.5)).isEqualTo(0.5);
        assertThat(map.iou(List.of(new Box(3, 2, 2, 1)), 0.7)).isEqualTo(0.5);
        HeatMap blank = new HeatMap(6, new float[values.length]);
        assertThat(blank.points(List.of(new Box(0, 0, 6, 6)))).isFalse();
        assertThat(blank.iou(List.of(new Box(0, 0, 6, 6)), 0.5)).isZero();
        assertThatThrownBy(() -> new HeatMap(5, values)).hasMessageContaining("need full rows");
    }
}
