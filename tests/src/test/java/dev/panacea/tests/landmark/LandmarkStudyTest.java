package dev.panacea.tests.landmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.panacea.ace.data.Normalisation;
import dev.panacea.ace.data.Picture;
import dev.panacea.ace.drawn.Point;
import dev.panacea.ace.landmark.Correspondence;
import dev.panacea.ace.landmark.FundusCorrespondence;
import dev.panacea.ace.landmark.Locator;
import dev.panacea.ace.landmark.SlidingWindow;
import dev.panacea.ace.landmark.Symmetry;
import dev.panacea.ace.landmark.TokenSearch;
import dev.panacea.ace.study.BackboneFeatures;
import dev.panacea.ace.study.BackboneSpec;
import dev.panacea.ace.study.FeatureExtractor;
import dev.panacea.ace.study.Plot;
import dev.panacea.ace.study.Study;
import dev.panacea.ace.study.StudyConfig;
import dev.panacea.ace.study.StudyData;
import dev.panacea.ace.study.StudyResult;
import dev.panacea.ace.study.TokenMap;
import dev.panacea.ace.study.Tsne;
import dev.panacea.nn.ConfigException;
import dev.panacea.nn.model.VitConfig;
import dev.panacea.tensor.DataException;
import dev.panacea.tensor.HostFacts;
import dev.panacea.tests.landmark.Oracle.Patients;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LandmarkStudyTest {
    private static final double EVERYWHERE = Double.POSITIVE_INFINITY;

    /** Where windows of stride 32 stand: at odd numbers of a picture of 64 pixels. */
    private static Patients patients() {
        SequencedMap<String, Point> anatomy = new LinkedHashMap<>();
        anatomy.put("carina", new Point(31, 33));
        anatomy.put("dome right", new Point(21, 45));
        anatomy.put("dome left", new Point(41, 43));
        return new Patients(List.of(new Point(0, 0), new Point(4, -6), new Point(-8, 2), new Point(2, 10)), anatomy);
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "1, 3", "2, 1", "2, 3"})
    void anOracleFindsEverythingWhereItIs(int shifts, int context) {
        List<String> told = new ArrayList<>();
        Correspondence study = new Correspondence(new Correspondence.Options(new TokenSearch(shifts, context),
                new SlidingWindow(32, EVERYWHERE), 2, 1), told::add);
        StudyResult result = study.run(new Oracle(), patients(), StudyConfig.USUAL);
        assertThat(result.numbers().get(Correspondence.TOKENS)).isCloseTo(0, within(0.05));
        assertThat(result.numbers().get(Correspondence.WINDOWS)).isZero();
        assertThat(result.numbers()).containsEntry("places looked for", 9.0).containsEntry(
                "windows, places looked for", 6.0);
        double still = (Math.hypot(4, 6) + Math.hypot(8, 2) + Math.hypot(2, 10)) / 3 * 1024 / 64;
        assertThat(result.numbers().get("same place, mean error, px of 1024")).isCloseTo(still, within(1e-9));
        assertThat(result.plots()).hasSize(3).first().isInstanceOf(Plot.Drawn.class);
        assertThat(told).hasSize(1);
    }

    @Test
    void anOracleFindsPairs() {
        StudyResult result = new FundusCorrespondence().run(new Oracle(), patients(), StudyConfig.USUAL);
        assertThat(result.numbers().get(FundusCorrespondence.MEAN)).isCloseTo(0, within(0.2));
        assertThat(result.numbers()).containsEntry("pairs", 2.0).containsEntry("places looked for", 6.0);
        double still = (Math.hypot(4, 6) + Math.hypot(10, 8)) / 2 * 2912 / 64;
        assertThat(result.numbers().get("same place, mean error, px of 2912")).isCloseTo(still, within(1e-9));
    }

    /** As many windows as squares of the stride cover the picture; the nearest centre is half a stride away at most. */
    @ParameterizedTest
    @ValueSource(doubles = {16, 17, 32, 50, 64, 100, 333, 1024})
    void windowsStandOnSquaresOfTheStride(double stride) {
        Oracle oracle = new Oracle();
        SlidingWindow window = new SlidingWindow(stride, EVERYWHERE);
        Patients data = patients();
        List<Point> places = List.copyOf(data.landmarks(0, Oracle.SIDE).values());
        List<Locator.Query> queries = window.queries(oracle, data.picture(0, Oracle.SIDE), places);
        oracle.windows = 0;
        List<Point> found = window.find(oracle, data.picture(1, Oracle.SIDE), queries);
        int across = (int) Math.ceil(1024 / stride);
        assertThat(oracle.windows).isEqualTo(across * across);
        assertThat(window.megapixels(oracle)).isCloseTo(across * across * 28 * 28 * 1e-6, within(1e-12));
        List<Point> truth = List.copyOf(data.landmarks(1, Oracle.SIDE).values());
        for (int i = 0; i < truth.size(); i++) {
            double most = stride / 2 * Oracle.SIDE / 1024 + 1; // a window's middle is a whole pixel
            assertThat(Math.abs(found.get(i).x() - truth.get(i).x())).isLessThanOrEqualTo(most);
            assertThat(Math.abs(found.get(i).y() - truth.get(i).y())).isLessThanOrEqualTo(most);
        }
    }

    @Test
    void thePaperTakes16384Windows() {
        assertThat(SlidingWindow.PAPER.megapixels(new Oracle())).isCloseTo(16384 * 28 * 28 * 1e-6, within(1e-9));
    }

    @Test
    void onlyWhatIsInReachIsComputed() {
        Oracle oracle = new Oracle();
        SlidingWindow window = new SlidingWindow(32, 64); // 2 and 4 pixels of 64
        Patients data = patients();
        List<Locator.Query> queries = window.queries(oracle, data.picture(0, 64), List.of(new Point(31, 33)));
        oracle.windows = 0;
        List<Point> found = window.find(oracle, data.picture(1, 64), queries); // the truth is 4 right, 6 up
        assertThat(oracle.windows).isEqualTo(25);
        assertThat(found).containsExactly(new Point(35, 29));
    }

    /** A window at a corner of the picture: three quarters are black, and the picture lies where it must. */
    @Test
    void windowsAreBlackOutside() {
        List<Picture> seen = new ArrayList<>();
        FeatureExtractor watching = new Watching(seen);
        Patients data = patients();
        SlidingWindow window = new SlidingWindow(1024, EVERYWHERE);
        window.queries(watching, data.picture(0, 64), List.of(new Point(0, 0), new Point(64, 64)));
        for (int i = 0; i < 28 * 28; i++) {
            int row = i / 28;
            int column = i % 28;
            boolean inside = row >= 14 && column >= 14;
            assertThat(seen.get(0).value(row, column, 0)).isEqualTo(
                    inside ? data.picture(0, 64).value(row - 14, column - 14, 0) : 0);
            boolean insideLast = row < 14 && column < 14;
            assertThat(seen.get(1).value(row, column, 0)).isEqualTo(
                    insideLast ? data.picture(0, 64).value(row + 50, column + 50, 0) : 0);
        }
    }

    /** Remembers views. */
    private record Watching(List<Picture> seen) implements FeatureExtractor {
        @Override
        public int pixels() {
            return 28;
        }

        @Override
        public int stride() {
            return 4;
        }

        @Override
        public List<float[]> pooled(List<Picture> pictures) {
            seen.addAll(pictures);
            return pictures.stream().map(_ -> new float[1]).toList();
        }

        @Override
        public List<TokenMap> tokens(List<Picture> pictures) {
            return pictures.stream().map(_ -> new TokenMap(7, 7, 1, new float[49])).toList();
        }
    }

    /** Embeddings are the views themselves. */
    private record Pixels() implements FeatureExtractor {
        @Override
        public int pixels() {
            return 28;
        }

        @Override
        public int stride() {
            return 4;
        }

        @Override
        public List<float[]> pooled(List<Picture> pictures) {
            return pictures.stream().map(Picture::values).toList();
        }

        @Override
        public List<TokenMap> tokens(List<Picture> pictures) {
            throw new AssertionError();
        }
    }

    /** Patients who are the same on both sides. */
    private record Symmetric(Patients patients) implements StudyData {
        @Override
        public int size() {
            return patients.size();
        }

        @Override
        public String name(int number) {
            return patients.name(number);
        }

        @Override
        public Picture picture(int number, int pixels) {
            Picture one = patients.picture(number, pixels);
            float[] values = one.values().clone();
            for (int i = 0; i < values.length; i++) {
                int column = i % pixels;
                values[i] = one.value(i / pixels, Math.min(column, pixels - 1 - column), 0);
            }
            return new Picture(pixels, pixels, 1, values, one.facts());
        }

        @Override
        public Map<String, Point> landmarks(int number, int pixels) {
            Map<String, Point> places = new LinkedHashMap<>();
            places.put("rib right", new Point(16, 20 + number));
            places.put("rib left", new Point(48, 20 + number));
            places.put("lung right", new Point(22, 40));
            places.put("lung left", new Point(42, 40));
            places.put("spine", new Point(32, 30));
            return places;
        }
    }

    @Test
    void symmetricPatientsAreSymmetric() {
        StudyResult result = new Symmetry(new Tsne(5, 10)).run(new Pixels(), new Symmetric(patients()),
                StudyConfig.USUAL);
        assertThat(result.numbers()).containsEntry(Symmetry.FOUND, 1.0).containsEntry("views", 20.0)
                .containsEntry("chance", 0.2).containsEntry("distance to the mate, times that to others", 0.0)
                .containsEntry("distance of the two sides, mirrored, times as they are", 0.0);
    }

    /** Where no side is like the other, a mirror image is nearest to where it was taken. */
    @Test
    void otherPatientsAreNot() {
        StudyResult result = new Symmetry(new Tsne(5, 10)).run(new Oracle(), patients(), StudyConfig.USUAL);
        assertThat(result.numbers()).containsEntry(Symmetry.FOUND, 1.0 / 3); // the one in the middle
        assertThat(result.numbers().get("distance to the mate, times that to others")).isGreaterThan(1);
    }

    @Test
    void neitherBatchesNorThreadsMatter() {
        VitConfig model = new VitConfig(32, 1, 8, 12, 2, 2, 1e-6, 0, false);
        BackboneSpec spec = BackboneSpec.foreign("vit", model, Normalisation.XRAY);
        StudyData drawn = StudyData.drawn(4, 3);
        Correspondence correspondence = new Correspondence(new Correspondence.Options(TokenSearch.USUAL,
                new SlidingWindow(200, EVERYWHERE), 1, 2), _ -> { });
        int threads = HostFacts.now().threads();
        try {
            for (Study study : List.of(correspondence, new FundusCorrespondence(), new Symmetry(new Tsne(5, 10)))) {
                Set<Map<String, Double>> answers = new HashSet<>();
                for (int batch : new int[] {1, 3, 50}) {
                    HostFacts.useThreads(batch == 50 ? 1 : batch + 1);
                    answers.add(study.run(new BackboneFeatures(spec.random(1), spec,
                            BackboneFeatures.Pooling.TOKENS, batch), drawn, StudyConfig.USUAL).numbers());
                }
                assertThat(answers).hasSize(1);
                assertThat(study.protocol(StudyConfig.USUAL)).isNotBlank();
            }
        } finally {
            HostFacts.useThreads(threads);
        }
    }

    /** A place between tokens has the features between theirs, however fine the grid. */
    @Test
    void shiftedPassesInterleave() {
        Oracle oracle = new Oracle();
        Patients data = patients();
        Point place = new Point(30.5, 27.25);
        for (int shifts : new int[] {1, 2, 4}) {
            float[] features = new TokenSearch(shifts, 1).queries(oracle, data.picture(0, 64), List.of(place))
                    .getFirst().features();
            assertThat(features[0] - 100 + 0.5).isCloseTo(30.5, within(1e-3));
            assertThat(features[1] - 100 + 0.5).isCloseTo(27.25, within(1e-3));
        }
    }

    @Test
    void refusesWhatCannotBe() {
        assertThatThrownBy(() -> new SlidingWindow(0.5, 10)).isInstanceOf(ConfigException.class)
                .hasMessage("sliding window: stride 0.5, reach 10.0 (need stride 1..1024, reach at least as far)");
        assertThatThrownBy(() -> new TokenSearch(1, 2)).isInstanceOf(ConfigException.class)
                .hasMessage("token search: 1 shifts, context 2 (need 1..16 shifts, an odd context up to 99)");
        StudyData bare = new Patients(List.of(new Point(0, 0), new Point(0, 0)), new LinkedHashMap<>());
        for (Study study : List.of(new Correspondence(), new FundusCorrespondence(), new Symmetry(new Tsne(5, 10)))) {
            assertThatThrownBy(() -> study.run(new Oracle(), bare, StudyConfig.USUAL))
                    .isInstanceOf(DataException.class).hasMessageStartingWith("study " + study.name() + ": no ")
                    .hasMessageEndingWith(")");
        }
    }
}
