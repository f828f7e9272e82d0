package dev.panacea.tests.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.panacea.ace.data.CsvRows;
import dev.panacea.ace.drawn.Point;
import dev.panacea.ace.label.LabelSet;
import dev.panacea.ace.metric.Interval;
import dev.panacea.ace.metric.Overlap;
import dev.panacea.ace.transfer.ClassPredictions;
import dev.panacea.ace.transfer.MaskPredictions;
import dev.panacea.ace.transfer.PointPredictions;
import dev.panacea.ace.transfer.Predictions;
import dev.panacea.tensor.RandomSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SequencedMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Numbers of splits are scikit-learn's and NumPy's, as tests/golden/predictions.py made them; and their limits. */
class PredictionsTest {
    private static final double CLOSE = 1e-9;

    private static JsonNode golden(String name) throws IOException {
        JsonNode cases = new ObjectMapper().readTree(PredictionsTest.class.getResource("/golden/predictions.json"))
                .get(name);
        assertThat(cases.size()).isPositive();
        return cases;
    }

    private static double number(JsonNode node) {
        return node.isNull() ? Double.NaN : node.doubleValue();
    }

    private static double[] row(JsonNode array) {
        return IntStream.range(0, array.size()).mapToDouble(i -> number(array.get(i))).toArray();
    }

    private static double[][] table(JsonNode rows) {
        return IntStream.range(0, rows.size()).mapToObj(i -> row(rows.get(i))).toArray(double[][]::new);
    }

    private static float[][] floats(double[][] table) {
        return Arrays.stream(table).map(row -> {
            float[] floats = new float[row.length];
            for (int i = 0; i < row.length; i++) {
                floats[i] = (float) row[i];
            }
            return floats;
        }).toArray(float[][]::new);
    }

    private static boolean[] mask(JsonNode pixels) {
        boolean[] mask = new boolean[pixels.size()];
        for (int i = 0; i < mask.length; i++) {
            mask[i] = pixels.get(i).intValue() == 1;
        }
        return mask;
    }

    private static List<String> named(String start, int count) {
        return IntStream.range(0, count).mapToObj(i -> start + i).toList();
    }

    private static SequencedMap<String, Double> all(Predictions predictions) {
        return predictions.measure().apply(IntStream.range(0, predictions.names().size()).toArray());
    }

    private static void same(double actual, double expected) {
        if (Double.isNaN(expected)) {
            assertThat(actual).isNaN();
        } else {
            assertThat(actual).isCloseTo(expected, within(CLOSE));
        }
    }

    private static ClassPredictions classes(LabelSet.Kind kind, String primary, double[][] scores, float[][] targets) {
        return new ClassPredictions(named("p", scores.length), named("c", scores[0].length), kind, primary, scores,
                targets);
    }

    private static void compare(ClassPredictions predictions, JsonNode golden, String f1) {
        SequencedMap<String, Double> numbers = all(predictions);
        for (String name : List.of("mean AUC", "accuracy", f1)) {
            same(numbers.get(name), number(golden.get(name)));
        }
        for (int label = 0; label < predictions.labels().size(); label++) {
            double area = number(golden.get("areas").get(label));
            same(numbers.get("AUC c" + label), area);
            same(predictions.roc(label).map(roc -> roc.area()).orElse(Double.NaN), area);
        }
        same(predictions.score(), number(golden.get(predictions.primary())));
        assertThat(numbers).hasSize(3 + predictions.labels().size());
        assertThat(predictions.lowerIsBetter()).isFalse();
    }

    @Test
    void labelsThatMayAllBeTrueAreMeasuredAsScikitLearnDoes() throws IOException {
        for (JsonNode one : golden("any")) {
            compare(classes(LabelSet.Kind.ANY, "mean AUC", table(one.get("scores")),
                    floats(table(one.get("targets")))), one, "F1");
        }
    }

    @Test
    void classesAreMeasuredAsScikitLearnDoes() throws IOException {
        for (JsonNode one : golden("one")) {
            double[][] scores = table(one.get("scores"));
            float[][] targets = new float[scores.length][scores[0].length];
            int known = 0;
            for (int i = 0; i < targets.length; i++) {
                if (one.get("truth").get(i).isNull()) {
                    Arrays.fill(targets[i], Float.NaN);
                } else {
                    targets[i][one.get("truth").get(i).intValue()] = 1;
                    known++;
                }
            }
            ClassPredictions predictions = classes(LabelSet.Kind.ONE, "accuracy", scores, targets);
            compare(predictions, one, "macro F1");
            assertThat(predictions.confusion().total()).isEqualTo(known);
        }
    }

    @Test
    void masksAreMeasuredAsScikitLearnDoes() throws IOException {
        for (JsonNode one : golden("mask")) {
            int labels = one.get("Dice").size();
            Overlap[][] overlaps = new Overlap[one.get("truth").size()][labels];
            for (int i = 0; i < overlaps.length; i++) {
                for (int label = 0; label < labels; label++) {
                    overlaps[i][label] = Overlap.of(mask(one.get("predicted").get(i).get(label)),
                            mask(one.get("truth").get(i).get(label)), null);
                }
            }
            MaskPredictions predictions = new MaskPredictions(named("p", overlaps.length), named("c", labels),
                    overlaps);
            SequencedMap<String, Double> numbers = all(predictions);
            for (String name : List.of("Dice", "set Dice", "IoU")) {
                double[] each = row(one.get(name));
                for (int label = 0; label < labels; label++) {
                    same(numbers.get(name + " c" + label), each[label]);
                }
                same(numbers.get("mean " + name), Arrays.stream(each).average().orElseThrow());
            }
            same(predictions.score(), numbers.get("mean Dice"));
        }
    }

    @Test
    void pointsAreMeasuredAsNumPyDoes() throws IOException {
        for (JsonNode one : golden("point")) {
            PointPredictions predictions = new PointPredictions(named("p", one.get("truth").size()), named("c", 3),
                    points(one.get("predicted")), points(one.get("truth")), one.get("pixels").intValue());
            SequencedMap<String, Double> numbers = all(predictions);
            for (String name : List.of("mean error", "median error", "error at 448")) {
                same(numbers.get(name), number(one.get(name)));
            }
            for (int label = 0; label < 3; label++) {
                same(numbers.get("error c" + label), number(one.get("errors").get(label)));
            }
            same(predictions.score(), number(one.get("mean error")));
            assertThat(predictions.lowerIsBetter()).isTrue();
        }
    }

    private static Point[][] points(JsonNode rows) {
        Point[][] points = new Point[rows.size()][];
        for (int i = 0; i < points.length; i++) {
            JsonNode row = rows.get(i);
            points[i] = IntStream.range(0, row.size()).mapToObj(row::get)
                    .map(at -> at.isNull() ? null : new Point(at.get(0).doubleValue(), at.get(1).doubleValue()))
                    .toArray(Point[]::new);
        }
        return points;
    }

    @Test
    void emptyMasksAgreeAndUnknownOnesDoNotCount() {
        MaskPredictions predictions = new MaskPredictions(List.of("a", "b"), List.of("heart", "mass", "rib"),
                new Overlap[][] {{Overlap.NONE, null, new Overlap(0, 4, 0)}, {new Overlap(1, 2, 2), null, null}});
        assertThat(all(predictions)).containsEntry("Dice heart", 0.75).containsEntry("set Dice heart", 0.5)
                .containsEntry("Dice mass", Double.NaN).containsEntry("set Dice mass", Double.NaN)
                .containsEntry("Dice rib", 0.0).containsEntry("mean Dice", 0.375)
                .containsEntry("mean set Dice", 0.25);
        assertThat(predictions.rows()).containsExactly(
                List.of("image", "Dice heart", "IoU heart", "Dice mass", "IoU mass", "Dice rib", "IoU rib"),
                List.of("a", "1.0", "1.0", "", "", "0.0", "0.0"),
                List.of("b", "0.5", "0.33333334", "", "", "", ""));
    }

    @Test
    void intervalsHoldTheValueAndNarrowWithMorePictures() {
        double[] widths = new double[2];
        for (int k = 0; k < 2; k++) {
            int pictures = k == 0 ? 50 : 800;
            RandomSource random = RandomSource.of(k);
            float[][] targets = new float[pictures][2];
            double[][] scores = new double[pictures][2];
            for (int i = 0; i < pictures; i++) {
                targets[i][0] = i % 3 == 0 ? 1 : 0;
                scores[i][0] = 0.7 * random.uniform(i) + (i % 3 == 0 ? 0.3 : 0);
            }
            ClassPredictions predictions = classes(LabelSet.Kind.ANY, "mean AUC", scores, targets);
            SequencedMap<String, Interval> numbers = predictions.numbers(300, RandomSource.of(7));
            Interval area = numbers.get("AUC c0");
            assertThat(numbers.keySet()).containsExactlyElementsOf(all(predictions).keySet());
            assertThat(area.value()).isEqualTo(predictions.score()).isBetween(area.low(), area.high());
            assertThat(numbers.get("mean AUC")).isEqualTo(area);
            assertThat(area).isEqualTo(Interval.of(pictures, picked -> predictions.measure().apply(picked)
                    .get("AUC c0"), 300, RandomSource.of(7)));
            assertThat(numbers.get("AUC c1")).isEqualTo(new Interval(Double.NaN, Double.NaN, Double.NaN));
            widths[k] = area.high() - area.low();
        }
        assertThat(widths[1]).isPositive().isLessThan(0.4 * widths[0]); // four times narrower by theory
    }

    @Test
    void tablesHoldARowForEachPicture(@TempDir Path folder) {
        Path file = folder.resolve("predictions.csv");
        new ClassPredictions(List.of("a,b.png", "c.png"), List.of("mass", "hernia"), LabelSet.Kind.ANY, "mean AUC",
                new double[][] {{0.25, 0.5}, {0.75, 1}}, new float[][] {{0, Float.NaN}, {1, 1}}).write(file);
        assertThat(file).hasContent("""
                image,mass,hernia,true mass,true hernia
                "a,b.png",0.25,0.5,0,
                c.png,0.75,1.0,1,1
                """);
        assertThat(CsvRows.read(file).get(1).fields()).containsExactly("a,b.png", "0.25", "0.5", "0", "");
        new ClassPredictions(List.of("a", "b"), List.of("well", "ill"), LabelSet.Kind.ONE, "accuracy",
                new double[][] {{0.25, 0.75}, {0.5, 0.5}}, new float[][] {{1, 0}, {Float.NaN, Float.NaN}}).write(file);
        assertThat(file).hasContent("""
                image,well,ill,predicted,true
                a,0.25,0.75,ill,well
                b,0.5,0.5,well,
                """);
        new PointPredictions(List.of("a"), List.of("carina", "apex"),
                new Point[][] {{new Point(3, 4), new Point(1, 2)}}, new Point[][] {{new Point(0, 0), null}}, 224)
                .write(file);
        assertThat(file).hasContent("""
                image,x_carina,y_carina,true_x_carina,true_y_carina,error_carina,x_apex,y_apex,true_x_apex,\
                true_y_apex,error_apex
                a,3.0,4.0,0.0,0.0,5.0,1.0,2.0,,,
                """);
    }

    @Test
    void whatDoesNotBelongTogetherIsRefused() {
        double[][] scores = {{0.1}, {0.2}};
        assertThatThrownBy(() -> classes(LabelSet.Kind.ANY, "accuracy", scores, new float[1][1]))
                .hasMessageContaining("2 pictures, 1 labels");
        assertThatThrownBy(() -> classes(LabelSet.Kind.ANY, "F1", scores, new float[2][1]))
                .hasMessageContaining("need ANY or ONE by mean AUC or accuracy");
        assertThatThrownBy(() -> classes(LabelSet.Kind.ONE, "accuracy", new double[][] {{Double.NaN}}, new float[1][1]))
                .hasMessageContaining("need a score");
        assertThatThrownBy(() -> classes(LabelSet.Kind.ANY, "accuracy", scores, new float[2][1]).confusion())
                .hasMessageContaining("ask for the confusion of one");
        assertThatThrownBy(() -> new MaskPredictions(List.of("a"), List.of("b"), new Overlap[1][2]))
                .hasMessageContaining("need an overlap of each");
        assertThatThrownBy(() -> new PointPredictions(List.of("a"), List.of("b"), new Point[1][1], new Point[0][], 8))
                .hasMessageContaining("need a place and a truth");
    }
}
