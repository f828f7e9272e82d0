package dev.panacea.tests.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.panacea.ace.data.Picture;
import dev.panacea.ace.drawn.Point;
import dev.panacea.ace.study.Clusters;
import dev.panacea.ace.study.Density;
import dev.panacea.ace.study.FeatureExtractor;
import dev.panacea.ace.study.Locality;
import dev.panacea.ace.study.Plot;
import dev.panacea.ace.study.StudyConfig;
import dev.panacea.ace.study.StudyData;
import dev.panacea.ace.study.StudyResult;
import dev.panacea.ace.study.Tsne;
import dev.panacea.tensor.DataException;
import dev.panacea.tensor.RandomSource;
import dev.panacea.tensor.cpu.ParallelRows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Landmarks, clusters, points of a plane and densities, where the answer is known. */
class LocalityTest {
    private static final int IMAGE = 32;

    private final int threads = ParallelRows.threads();

    @AfterEach
    void restore() {
        ParallelRows.threads(threads);
    }

    /** Three landmarks in eight pictures, each a spot of a brightness of its own. */
    private static final StudyData SPOTS = new StudyData() {
        @Override
        public int size() {
            return 8;
        }

        @Override
        public String name(int number) {
            return "spots " + number;
        }

        @Override
        public Picture picture(int number, int pixels) {
            float[] values = new float[IMAGE * IMAGE];
            landmarks(number, pixels).forEach((name, place) ->
                    values[(int) place.y() * IMAGE + (int) place.x()] = Integer.parseInt(name) / 3f);
            return Known.picture(IMAGE, values);
        }

        @Override
        public Map<String, Point> landmarks(int number, int pixels) {
            return Map.of("1", new Point(0.5 + number, 0.5), "2", new Point(16.5, 12.5), "3",
                    new Point(31.5, 23.5 + number));
        }
    };

    @Test
    void viewsShowTheirLandmarkInTheMiddle() {
        FeatureExtractor middle = Known.pooled(IMAGE, 9, picture ->
                new float[] {picture.value(4, 4, 0), picture.width() - 9, picture.height() - 9});
        StudyResult result = new Locality(new Tsne(5, 20)).run(middle, SPOTS, StudyConfig.USUAL);
        assertThat(result.numbers().get("silhouette, -1 to 1")).isEqualTo(1);
        assertThat(result.numbers().get("landmark by nearest neighbours, accuracy")).isEqualTo(1);
        assertThat(result.numbers().get("views")).isEqualTo(24);
        Plot.Scatter plot = (Plot.Scatter) result.plots().getFirst();
        assertThat(plot.groups()).hasSize(3).allMatch(group -> group.x().length == 8 && group.y().length == 8);
    }

    @Test
    void whoIsBlindTellsNoLandmarks() {
        StudyResult result = new Locality(new Tsne(5, 20)).run(Known.pooled(IMAGE, 9, _ -> new float[] {1}), SPOTS,
                StudyConfig.USUAL);
        assertThat(result.numbers().get("silhouette, -1 to 1")).isZero();
        assertThat(result.numbers().get("landmark by nearest neighbours, accuracy")).isLessThan(0.7);
    }

    @Test
    void picturesWithoutLandmarksAreRefused() {
        StudyData none = Known.data(4, _ -> Known.picture(IMAGE, new float[IMAGE * IMAGE]));
        assertThatThrownBy(() -> new Locality().run(Known.pooled(IMAGE, 9, _ -> new float[] {1}), none,
                StudyConfig.USUAL)).isInstanceOf(DataException.class).hasMessageContaining("need 2 or more landmarks");
    }

    /** Places 0, 2 and 6, 10 on a line: by hand, nearest other less own, by the larger. */
    @Test
    void silhouetteIsRousseeuws() {
        List<float[]> line = List.of(new float[] {0}, new float[] {2}, new float[] {6}, new float[] {10});
        Clusters clusters = new Clusters(line, new int[] {0, 0, 1, 1}, new int[] {0, 1, 0, 1});
        double expected = ((8 - 2) / 8.0 + (6 - 2) / 6.0 + (5 - 4) / 5.0 + (9 - 4) / 9.0) / 4;
        assertThat(clusters.silhouette()).isCloseTo(expected, within(1e-12));
        assertThat(new Clusters(line, new int[] {0, 1, 1, 1}, new int[4]).silhouette())
                .isCloseTo((0 + (2 - 6) / 6.0 + (6 - 4) / 6.0 + (10 - 6) / 10.0) / 4, within(1e-12));
    }

    @Test
    void neighboursComeFromOtherPictures() {
        List<float[]> line = List.of(new float[] {0}, new float[] {1}, new float[] {6}, new float[] {7});
        assertThat(new Clusters(line, new int[] {0, 0, 1, 1}, new int[] {0, 1, 0, 1}).accuracy(1)).isEqualTo(1);
        assertThat(new Clusters(line, new int[] {0, 0, 1, 1}, new int[] {0, 0, 1, 1}).accuracy(1)).isZero();
        assertThat(new Clusters(line, new int[] {0, 1, 1, 1}, new int[] {0, 1, 2, 3}).accuracy(3)).isEqualTo(0.75);
    }

    private static List<float[]> blobs(int each) {
        List<float[]> blobs = new ArrayList<>();
        for (int i = 0; i < 3 * each; i++) {
            RandomSource random = RandomSource.of(4).child(i);
            float[] place = new float[10];
            for (int k = 0; k < place.length; k++) {
                place[k] = (float) random.uniform(k) + (k == i / each ? 8 : 0);
            }
            blobs.add(place);
        }
        return blobs;
    }

    @Test
    void groupsStayGroupsInThePlane() {
        List<float[]> blobs = blobs(20);
        Tsne.Points early = new Tsne(10, 1).apply(blobs, RandomSource.of(1));
        Tsne.Points points = new Tsne(10, 300).apply(blobs, RandomSource.of(1));
        assertThat(points.divergence()).isBetween(0.0, 0.5 * early.divergence());
        List<float[]> plane = new ArrayList<>();
        int[] classes = new int[60];
        int[] origins = new int[60];
        for (int i = 0; i < 60; i++) {
            plane.add(new float[] {(float) points.x()[i], (float) points.y()[i]});
            classes[i] = i / 20;
            origins[i] = i;
        }
        assertThat(new Clusters(plane, classes, origins).silhouette()).isGreaterThan(0.6);
        assertThat(new Clusters(plane, classes, origins).accuracy(5)).isEqualTo(1);
        assertThat(Arrays.stream(points.x()).average().orElseThrow()).isCloseTo(0, within(1e-3));
    }

    @Test
    void sameSeedSamePointsOnAnyNumberOfThreads() {
        List<float[]> blobs = blobs(8);
        ParallelRows.threads(1);
        Tsne.Points once = new Tsne(5, 40).apply(blobs, RandomSource.of(1));
        ParallelRows.threads(3);
        Tsne.Points again = new Tsne(5, 40).apply(blobs, RandomSource.of(1));
        assertThat(again.x()).isEqualTo(once.x());
        assertThat(again.y()).isEqualTo(once.y());
        assertThat(new Tsne(5, 40).apply(blobs, RandomSource.of(2)).x()).isNotEqualTo(once.x());
    }

    /** Equal embeddings, and so few that no perplexity fits. */
    @Test
    void oddInputsHavePointsToo() {
        List<float[]> equal = List.of(new float[3], new float[3], new float[3], new float[3], new float[3]);
        Tsne.Points points = new Tsne(30, 100).apply(equal, RandomSource.of(1));
        assertThat(points.x()).doesNotContain(Double.NaN).hasSize(5);
        assertThat(points.divergence()).isFinite();
    }

    @Test
    void densityFollowsScott() {
        Density density = new Density(new double[] {1, 2, 4});
        assertThat(density.mean()).isCloseTo(7.0 / 3, within(1e-12));
        assertThat(density.deviation()).isCloseTo(Math.sqrt(7.0 / 3), within(1e-12));
        assertThat(density.bandwidth()).isCloseTo(Math.sqrt(7.0 / 3) * Math.pow(3, -0.2), within(1e-12));
        double sum = 0;
        for (double x = -20; x < 30; x += 0.01) {
            sum += 0.01 * density.at(x);
        }
        assertThat(sum).isCloseTo(1, within(1e-9));
        assertThat(new Density(new double[] {3, 3}).at(3)).isFinite().isPositive();
    }
}
