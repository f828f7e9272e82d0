package dev.panacea.tests.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.panacea.ace.example.DrawnTask;
import dev.panacea.ace.example.Example;
import dev.panacea.ace.example.ExampleSet;
import dev.panacea.ace.example.Examples;
import dev.panacea.ace.label.LabelSet;
import dev.panacea.ace.metric.Confusion;
import dev.panacea.ace.metric.Overlap;
import dev.panacea.ace.run.LoadLimits;
import dev.panacea.ace.transfer.ClassPredictions;
import dev.panacea.ace.transfer.FineTuned;
import dev.panacea.ace.transfer.MaskPredictions;
import dev.panacea.ace.transfer.PointPredictions;
import dev.panacea.ace.transfer.Predictions;
import dev.panacea.ace.transfer.TransferConfig;
import dev.panacea.ace.transfer.TransferKind;
import dev.panacea.ace.transfer.TransferResult;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.RandomSource;
import dev.panacea.tests.house.Outcome;
import dev.panacea.tools.report.RunStart;
import dev.panacea.tools.report.TransferReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page of a fine-tuning: it stands alone, its numbers are the result's, its lines are those of the predictions. */
class TransferReportTest {
    private static final LoadLimits LIMITS = new LoadLimits(1, 0);
    private static final int PIXELS = 64;
    private static final int FILM = 224; // pixels on the page
    private static final int TESTS = 11;
    private static final String AWKWARD = "<b>&\"";
    private static final String AWKWARD_HTML = "&lt;b&gt;&amp;&quot;";

    @TempDir
    private Path folder;

    /** Other examples in place of those of a part. */
    private record Changed(Examples all, UnaryOperator<Example> change) implements Examples {
        @Override
        public int size() {
            return all.size();
        }

        @Override
        public String name(int number) {
            return all.name(number);
        }

        @Override
        public float[] targets(int number) {
            return read(number).targets();
        }

        @Override
        public Example read(int number) {
            return change.apply(all.read(number));
        }
    }

    private static ExampleSet set(DrawnTask task, LabelSet.Kind kind, List<String> labels,
            UnaryOperator<Example> change) {
        ExampleSet drawn = ExampleSet.drawn(task, 4, 3, TESTS, PIXELS, 7);
        return new ExampleSet(drawn.name(), kind, labels, new Changed(drawn.train(), change),
                new Changed(drawn.validation(), change), new Changed(drawn.test(), change));
    }

    /** A page, and what it is about. */
    private record Written(String page, Predictions predictions, TransferResult result) {}

    private Written written(TransferKind kind, ExampleSet set, UnaryOperator<Predictions> change) throws IOException {
        TransferConfig config = TransferConfig.usual(kind, "swin_nano").with(Map.of("view.pixels", "" + PIXELS,
                "model.window", "2", "model.headChannels", "8", "optimizer.batch", "2", "optimizer.epochs", "1"));
        Path run = TunedRun.of(folder.resolve(set.name()), config, set);
        RunStart.now("panacea of a test", 0, set.train()).write(run);
        try (MemoryScope _ = MemoryScope.open("report")) {
            FineTuned tuned = FineTuned.load(run);
            Predictions predictions = change.apply(tuned.inference(false, LIMITS).predictions(set.test(), _ -> {}));
            TransferResult result = new TransferResult(kind.label(), set.name(), "random", "swin_nano",
                    "random weights", 0, set.train().size(), "test", TESTS, predictions.primary(),
                    predictions.lowerIsBetter(), predictions.numbers(50, RandomSource.of(1)));
            TransferReport report = new TransferReport(run, "drawn for " + AWKWARD, tuned, set, predictions, result);
            report.write(run.resolve("report.html"));
            String page = Files.readString(run.resolve("report.html"));
            report.write(run.resolve("again.html"));
            assertThat(Files.readString(run.resolve("again.html"))).as("the same bytes again").isEqualTo(page);
            standsAlone(page);
            holdsTheNumbers(page, result);
            return new Written(page, predictions, result);
        }
    }

    private static void standsAlone(String page) {
        assertThat(page.replaceAll("base64,[^\"]*", "")).doesNotContain("http:", "https:", "@import", "NaN", "Infinity",
                AWKWARD);
        Matcher addresses = Pattern.compile("(?:src|href)=\"([^\"]*)\"|url\\(([^)]*)\\)").matcher(page);
        assertThat(addresses.results().map(MatchResult::group)).hasSizeGreaterThanOrEqualTo(9)
                .allMatch(address -> address.matches("(?s)href=\"(data:image/(png|jpeg);base64,.*|#film\\d+)\""));
        assertThat(page.length()).isLessThan(3 << 20);
        assertThat(page).contains("id=\"numbers\"", "id=\"samples\"", "id=\"training\"", "id=\"parts\"", "id=\"run\"",
                "id=\"choices\"", "Best", "In the middle", "Worst", AWKWARD_HTML, "panacea of a test", "sha256 ",
                "<td>model.headChannels</td><td>8</td><td>512</td>", "random weights", "batches of 2 at most",
                "aria-label=\"Loss\"", "aria-label=\"Validation\"", "aria-label=\"Learning rate\"");
    }

    private static void holdsTheNumbers(String page, TransferResult result) {
        String format = result.lowerIsBetter() ? "%.2f" : "%.4f";
        result.numbers().forEach((name, number) -> {
            if (!Double.isNaN(number.value())) {
                assertThat(page).as(name).contains(String.format(Locale.ROOT, "<td>" + format + "</td><td>" + format
                        + " – " + format + "</td>", number.value(), number.low(), number.high()));
            }
        });
        assertThat(page).contains(String.format(Locale.ROOT, "<b>%s " + format, result.primary(),
                result.numbers().get(result.primary()).value()));
    }

    private static List<String> found(String page, String pattern) {
        return Pattern.compile(pattern, Pattern.DOTALL).matcher(page).results().map(match -> match.group(1)).toList();
    }

    /** The pictures on the page in their order: some of the best, of the middle, and of the worst. */
    private static List<Integer> shown(Written written, double[] errors) {
        List<Integer> shown = found(written.page, "<figcaption><b title=\"([^\"]*)\"").stream()
                .map(written.predictions.names()::indexOf).toList();
        assertThat(shown).doesNotHaveDuplicates().doesNotContain(-1);
        double[] sorted = Arrays.stream(errors).filter(error -> !Double.isNaN(error)).sorted().toArray();
        assertThat(errors[shown.getFirst()]).isEqualTo(sorted[0]);
        int worst = written.page.substring(0, written.page.indexOf("<h3>Worst</h3>")).split("<figcaption><b title")
                .length - 1;
        assertThat(errors[shown.get(worst)]).isEqualTo(sorted[sorted.length - 1]);
        return shown;
    }

    @Test
    void labelsThatMayAllBeTrue() throws IOException {
        List<String> labels = new ArrayList<>(DrawnTask.FINDINGS.labels());
        labels.set(0, AWKWARD);
        labels.set(1, "nowhere");
        Written written = written(TransferKind.CLASSIFY, set(DrawnTask.FINDINGS, LabelSet.Kind.ANY, labels,
                example -> {
                    float[] targets = example.targets().clone();
                    targets[1] = 0;
                    targets[2] = example.name().endsWith("1") ? Float.NaN : targets[2];
                    return new Example(example.name(), example.picture(), targets, List.of(), List.of());
                }), UnaryOperator.identity());
        ClassPredictions predictions = (ClassPredictions) written.predictions;
        assertThat(written.page).contains("id=\"roc\"", "id=\"confusion\"", "id=\"scores\"",
                "cannot be measured: true of none of 11 pictures", "No curve of nowhere", "Grad-CAM of");
        for (int label = 0; label < labels.size(); label++) {
            confusionIs(written.page, label, predictions.confusion(label));
            if (label != 1) {
                rocIs(written.page, labels.get(label), predictions.roc(label).orElseThrow().area());
            }
        }
        double[] errors = IntStream.range(0, TESTS).mapToDouble(i -> IntStream.range(0, labels.size()).filter(label ->
                !Float.isNaN(predictions.targets()[i][label])).mapToDouble(label -> -Math.log(
                predictions.targets()[i][label] == 1 ? predictions.scores()[i][label]
                        : 1 - predictions.scores()[i][label])).average().orElseThrow()).toArray();
        for (int i = 0; i < TESTS; i++) {
            float[] targets = predictions.targets()[i];
            boolean labelled = IntStream.range(0, targets.length).anyMatch(label -> targets[label] == 1);
            errors[i] = labelled ? errors[i] : Double.NaN;
        }
        shown(written, errors);
    }

    /** The counts of a label's table, and the shares of its rows. */
    private static void confusionIs(String page, int label, Confusion confusion) {
        String table = found(page, "<table class=\"confusion\">(.*?)</table>").get(label);
        List<String> cells = found(table, "--share:[^>]*>([^/]*)</small>");
        List<String> expected = new ArrayList<>();
        for (long[] row : confusion.counts()) {
            long all = Arrays.stream(row).sum();
            for (long count : row) {
                expected.add(count + "<small>" + (all == 0 ? "–" : String.format(Locale.ROOT, "%.0f %%",
                        100.0 * count / all)));
            }
        }
        assertThat(cells).isEqualTo(expected);
    }

    /** The area under a line as it is drawn, and in its name. */
    private static void rocIs(String page, String label, double area) {
        String name = label.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;")
                + String.format(Locale.ROOT, " %.4f", area);
        double[][] points = points(found(page, "data-name=\"" + Pattern.quote(name) + "\" points=\"([^\"]*)\"")
                .getFirst());
        double across = points[points.length - 1][0] - points[0][0];
        double up = points[points.length - 1][1] - points[0][1];
        double under = 0;
        for (int i = 1; i < points.length; i++) {
            under += (points[i][0] - points[i - 1][0]) / across
                    * ((points[i][1] + points[i - 1][1]) / 2 - points[0][1]) / up;
        }
        assertThat(under).as(label).isCloseTo(area, within(0.002));
    }

    private static double[][] points(String text) {
        return Stream.of(text.strip().split("[ ,ML]+")).filter(number -> !number.isEmpty())
                .map(Double::parseDouble).collect(ArrayList<double[]>::new, (pairs, number) -> {
                    if (pairs.isEmpty() || !Double.isNaN(pairs.getLast()[1])) {
                        pairs.add(new double[] {number, Double.NaN});
                    } else {
                        pairs.getLast()[1] = number;
                    }
                }, List::addAll).toArray(double[][]::new);
    }

    @Test
    void labelsOfWhichOneIsTrue() throws IOException {
        Written written = written(TransferKind.CLASSIFY, set(DrawnTask.FINDINGS, LabelSet.Kind.ONE,
                List.of("none", AWKWARD, "many"), example -> {
                    float sum = 0;
                    for (float target : example.targets()) {
                        sum += target;
                    }
                    float[] targets = new float[3];
                    targets[(int) Math.min(2, sum)] = 1;
                    return new Example(example.name(), example.picture(), targets, List.of(), List.of());
                }), UnaryOperator.identity());
        ClassPredictions predictions = (ClassPredictions) written.predictions;
        assertThat(found(written.page, "(<table class=\"confusion\">)")).hasSize(1);
        confusionIs(written.page, 0, predictions.confusion());
        shown(written, IntStream.range(0, TESTS).mapToDouble(i -> -Math.log(IntStream.range(0, 3).filter(label ->
                predictions.targets()[i][label] == 1).mapToDouble(label -> predictions.scores()[i][label]).sum()))
                .toArray());
    }

    @Test
    void masks() throws IOException {
        List<String> labels = List.of(AWKWARD, "clavicles", "unknown");
        Written written = written(TransferKind.SEGMENT, set(DrawnTask.ORGANS, LabelSet.Kind.MARKS, labels,
                UnaryOperator.identity()), predictions -> {
                    Overlap[][] overlaps = ((MaskPredictions) predictions).overlaps();
                    Arrays.stream(overlaps).forEach(row -> row[2] = null);
                    return new MaskPredictions(predictions.names(), labels, overlaps);
                });
        Overlap[][] overlaps = ((MaskPredictions) written.predictions).overlaps();
        assertThat(written.page).contains("id=\"dice\"", "cannot be measured: its mask is not known of any picture",
                "not known");
        List<Integer> shown = shown(written, Arrays.stream(overlaps).mapToDouble(row -> 1 - Arrays.stream(row)
                .filter(Objects::nonNull).mapToDouble(Overlap::dice).average().orElseThrow()).toArray());
        for (int label = 0; label < 2; label++) {
            List<String> truths = found(written.page, "class=\"truth o" + label + "\" d=\"([^\"]*)\"");
            List<String> found = found(written.page, "class=\"found o" + label + "\" d=\"([^\"]*)\"");
            assertThat(truths).hasSize(shown.size());
            for (int i = 0; i < shown.size(); i++) {
                Overlap overlap = overlaps[shown.get(i)][label];
                double pixel = (double) FILM * FILM / (PIXELS * PIXELS);
                assertThat(area(truths.get(i))).isCloseTo(overlap.truth() * pixel, within(0.05 * FILM * FILM / 10));
                assertThat(area(found.get(i))).isCloseTo(overlap.predicted() * pixel, within(0.1 * FILM * FILM));
            }
        }
    }

    /** The area that closed lines go round, holes taken off. */
    private static double area(String path) {
        double area = 0;
        for (String line : path.split("Z")) {
            double[][] points = points(line);
            for (int i = 0; i < points.length; i++) {
                double[] next = points[(i + 1) % points.length];
                area += (points[i][0] * next[1] - next[0] * points[i][1]) / 2;
            }
        }
        return area;
    }

    @Test
    void points() throws IOException {
        List<String> labels = new ArrayList<>(DrawnTask.LANDMARKS.labels());
        labels.set(0, AWKWARD);
        Written written = written(TransferKind.KEYPOINTS, set(DrawnTask.LANDMARKS, LabelSet.Kind.MARKS, labels,
                example -> {
                    var points = new ArrayList<>(example.points());
                    points.set(1, Optional.empty());
                    return new Example(example.name(), example.picture(), example.targets(), List.of(), points);
                }), UnaryOperator.identity());
        PointPredictions predictions = (PointPredictions) written.predictions;
        assertThat(written.page).contains("id=\"errors\"", "cannot be measured: its place is not known of any picture",
                "within 2 px");
        List<Integer> shown = shown(written, IntStream.range(0, TESTS).mapToDouble(i -> IntStream.range(0,
                labels.size()).mapToDouble(label -> predictions.error(i, label)).filter(error -> !Double.isNaN(error))
                .average().orElseThrow()).toArray());
        double scale = (double) FILM / PIXELS;
        List<String> lines = new ArrayList<>();
        for (int picture : shown) {
            for (int label = 0; label < labels.size(); label++) {
                if (label != 1) {
                    lines.add(String.format(Locale.ROOT, "M%.1f %.1fL%.1f %.1f",
                            scale * predictions.truth()[picture][label].x(),
                            scale * predictions.truth()[picture][label].y(),
                            scale * predictions.predicted()[picture][label].x(),
                            scale * predictions.predicted()[picture][label].y()));
                }
            }
        }
        assertThat(found(written.page, "<path class=\"found o\\d\" d=\"([^\"]*)\"")).isEqualTo(lines);
        long within = IntStream.range(0, TESTS).filter(i -> predictions.error(i, 2) <= 10).count();
        assertThat(written.page).containsPattern(Pattern.quote("<tr><td>" + labels.get(2) + "</td><td>")
                + "[0-9.]+</td><td>[0-9.]+ %</td><td>[0-9.]+ %</td><td>"
                + Pattern.quote(String.format(Locale.ROOT, "%.1f %%", 100.0 * within / TESTS)) + "</td></tr>");
    }

    @Test
    void foldersGiveTheirPageAgain() throws IOException {
        Path run = folder.resolve("run");
        assertThat(Outcome.of("finetune", "segment", "--out", run.toString(), "--drawn", "2,1,3", "--drawn-pixels",
                "64", "--view", "64", "--batch", "2", "--epochs", "2", "--set", "model.window=2", "--set",
                "model.headChannels=8").code()).isZero();
        String page = Files.readString(run.resolve("report.html"));
        Path again = folder.resolve("again.html");
        Outcome outcome = Outcome.of("report", run.toString(), "--out", again.toString());
        assertThat(outcome.out()).contains("report: " + again);
        assertThat(Files.readString(again)).isEqualTo(page);
        assertThat(Outcome.of("report", run.toString(), "--data", folder.toString()).err())
                .contains("was fine-tuned, and is reported by its own test part");

        Path plan = run.resolve("run.json");
        Files.writeString(plan, Files.readString(plan).replace("\"test\" : 3", "\"test\" : 2"));
        assertThat(Outcome.of("report", run.toString()).err())
                .contains("tested on 3 pictures, and its data set has 2 to test on now");
    }

    @Test
    void predictionsOfOtherPicturesAreRefused() {
        ExampleSet set = ExampleSet.drawn(DrawnTask.ORGANS, 1, 1, 2, PIXELS, 1);
        Predictions none = new MaskPredictions(List.of(), set.labels(), new Overlap[0][]);
        TransferResult result = new TransferResult("segment", "drawn", "random", "swin_nano", "", 0, 1, "test", 0,
                none.primary(), false, none.numbers(1, RandomSource.of(1)));
        assertThatThrownBy(() -> new TransferReport(folder, "", null, set, none, result))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("0 predictions of 2 pictures");
    }
}
