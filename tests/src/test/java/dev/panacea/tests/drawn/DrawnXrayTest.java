package dev.panacea.tests.drawn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.panacea.ace.drawn.DrawnFilm;
import dev.panacea.ace.drawn.DrawnOptions;
import dev.panacea.ace.drawn.DrawnXray;
import dev.panacea.ace.drawn.Drawing;
import dev.panacea.ace.drawn.Landmark;
import dev.panacea.ace.drawn.Organ;
import dev.panacea.ace.drawn.Point;
import dev.panacea.nn.ConfigException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Drawn X-rays are repeatable, the same at every size, different from each other, and agree with their own truth. */
class DrawnXrayTest {
    private static final int PATIENTS = 40;

    private static DrawnFilm healthy(long seed) {
        return DrawnXray.film(seed, 0, DrawnOptions.healthy());
    }

    /** A change of this hash changes every picture that anybody has drawn so far. */
    @Test
    void theSameSeedGivesTheSameBytesOnAnyMachine() throws Exception {
        assertThat(hash(0)).isEqualTo("bf8f72f89f7f4854");
    }

    @Test
    void theSameSeedGivesTheSameBytesOnManyThreads() throws Exception {
        List<Future<String>> hashes = new ArrayList<>();
        try (ExecutorService pool = Executors.newFixedThreadPool(4)) {
            for (int i = 0; i < 8; i++) {
                int first = i % 2;
                hashes.add(pool.submit(() -> hash(first)));
            }
        }
        for (int i = 2; i < hashes.size(); i++) {
            assertThat(hashes.get(i).get()).isEqualTo(hashes.get(i % 2).get());
        }
        assertThat(hashes.get(0).get()).isNotEqualTo(hashes.get(1).get());
    }

    private static String hash(int first) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        for (int seed = first; seed < first + 6; seed++) {
            for (int film = 0; film < 2; film++) {
                Drawing drawing = DrawnXray.film(seed, film, DrawnOptions.standard()).draw(96);
                ByteBuffer bytes = ByteBuffer.allocate(4 * 96 * 96);
                bytes.asFloatBuffer().put(drawing.picture().values());
                digest.update(bytes);
                digest.update(drawing.landmarks().toString().getBytes());
                digest.update(drawing.findings().toString().getBytes());
            }
        }
        return HexFormat.of().formatHex(digest.digest()).substring(0, 16);
    }

    @Test
    void intensitiesAreNumbersFromBlackToWhite() {
        for (int seed = 0; seed < PATIENTS; seed++) {
            for (float value : DrawnXray.draw(seed, 64).picture().values()) {
                assertThat(value).isBetween(0f, 1f);
            }
        }
        assertThat(DrawnXray.draw(1, 2048).picture().values()).doesNotContain(Float.NaN);
    }

    @Test
    void anotherSizeIsTheSamePictureResized() {
        for (int seed = 0; seed < 4; seed++) {
            DrawnFilm film = DrawnXray.film(seed, 0, DrawnOptions.standard());
            float[] large = film.draw(512).picture().values();
            for (int pixels : new int[] {256, 128, 64}) {
                float[] small = film.draw(pixels).picture().values();
                int factor = 512 / pixels;
                double difference = 0;
                for (int i = 0; i < small.length; i++) {
                    double sum = 0;
                    for (int j = 0; j < factor * factor; j++) {
                        int row = i / pixels * factor + j / factor;
                        sum += large[row * 512 + i % pixels * factor + j % factor];
                    }
                    difference += Math.abs(sum / (factor * factor) - small[i]);
                }
                assertThat(difference / small.length).as("seed %d, %d pixels", seed, pixels).isLessThan(0.015);
                Map<Landmark, Point> places = film.landmarks(pixels);
                film.landmarks(512).forEach((landmark, place) -> assertThat(places.get(landmark).times(factor))
                        .isEqualTo(place));
            }
        }
    }

    @Test
    void sizesOutOfRangeAreRefused() {
        for (int pixels : new int[] {-1, 0, 63, 2049}) {
            assertThatThrownBy(() -> DrawnXray.draw(1, pixels)).isInstanceOf(ConfigException.class)
                    .hasMessage("drawn X-ray: size: " + pixels + " pixels (need 64..2048)");
        }
    }

    /** Mean absolute difference of two patients, and of two films of one, all free of noise and findings. */
    @Test
    void patientsDifferMoreThanTheirFilms() {
        DrawnOptions still = DrawnOptions.healthy().withNoise(0);
        double patients = 0;
        double films = 0;
        int pairs = 30;
        for (int i = 0; i < pairs; i++) {
            float[] one = DrawnXray.film(i, 0, still).draw(64).picture().values();
            patients += difference(one, DrawnXray.film(i + 1, 0, still).draw(64).picture().values());
            DrawnFilm again = DrawnXray.film(i, 1, still);
            films += difference(one, again.draw(64).picture().values());
            assertThat(again.facts().age()).isEqualTo(DrawnXray.film(i, 0, still).facts().age());
        }
        assertThat(patients / pairs).isGreaterThan(0.11);
        assertThat(films / pairs).isGreaterThan(0.05).isLessThan(patients / pairs);
    }

    private static double difference(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += Math.abs(a[i] - b[i]);
        }
        return sum / a.length;
    }

    @Test
    void landmarksLieInThePictureInPlausibleOrder() {
        for (int seed = 0; seed < 5 * PATIENTS; seed++) {
            Map<Landmark, Point> at = DrawnXray.film(seed, seed % 3, DrawnOptions.standard()).landmarks(100);
            assertThat(at.keySet()).isEqualTo(Set.of(Landmark.values()));
            at.forEach((landmark, p) -> assertThat(Math.min(Math.min(p.x(), p.y()), 100 - Math.max(p.x(), p.y())))
                    .as("%s", landmark).isGreaterThan(1));
            assertThat(at.get(Landmark.APEX_RIGHT).y()).isLessThan(at.get(Landmark.HILUM_RIGHT).y());
            assertThat(at.get(Landmark.CARINA).y()).isLessThan(at.get(Landmark.DOME_RIGHT).y());
            assertThat(at.get(Landmark.AORTIC_ARCH).y()).isLessThan(at.get(Landmark.CARINA).y());
            assertThat(at.get(Landmark.SPINE_T1).y()).isLessThan(at.get(Landmark.SPINE_T5).y());
            assertThat(at.get(Landmark.SPINE_T5).y()).isLessThan(at.get(Landmark.SPINE_T9).y());
        }
    }

    @Test
    void pairsAreMirroredAboutTheSpine() {
        for (int seed = 0; seed < PATIENTS; seed++) {
            Map<Landmark, Point> at = healthy(seed).landmarks(100);
            double spine = (at.get(Landmark.SPINE_T1).x() + at.get(Landmark.SPINE_T9).x()) / 2;
            for (Landmark landmark : Landmark.values()) {
                assertThat(landmark.mirror().mirror()).isEqualTo(landmark);
                if (landmark.name().endsWith("_RIGHT")) {
                    Point right = at.get(landmark);
                    Point left = at.get(landmark.mirror());
                    assertThat(right.x()).as("%d %s", seed, landmark).isLessThan(left.x());
                    assertThat((right.x() + left.x()) / 2).as("%d %s", seed, landmark).isCloseTo(spine, within(10.0));
                    assertThat(right.y()).as("%d %s", seed, landmark).isCloseTo(left.y(), within(14.0));
                }
            }
        }
    }

    @Test
    void masksAgreeWithLandmarks() {
        int pixels = 200;
        for (int seed = 0; seed < PATIENTS; seed++) {
            DrawnFilm film = DrawnXray.film(seed, 0, DrawnOptions.standard());
            Map<Landmark, Point> at = film.landmarks(pixels);
            Extent right = new Extent(film.mask(Organ.LUNG_RIGHT, pixels), pixels);
            Extent left = new Extent(film.mask(Organ.LUNG_LEFT, pixels), pixels);
            Extent heart = new Extent(film.mask(Organ.HEART, pixels), pixels);
            assertThat(at.get(Landmark.APEX_RIGHT).y()).as("%d", seed).isCloseTo(right.top, within(5.0));
            assertThat(at.get(Landmark.APEX_LEFT).y()).as("%d", seed).isCloseTo(left.top, within(5.0));
            assertThat(at.get(Landmark.HEART_RIGHT).x()).as("%d", seed).isCloseTo(heart.left, within(1.5));
            assertThat(at.get(Landmark.HEART_LEFT).x()).as("%d", seed).isCloseTo(heart.right, within(1.5));
            assertThat(at.get(Landmark.ANGLE_RIGHT).x()).as("%d", seed).isGreaterThan(right.left - 1.5)
                    .isLessThan(right.left + 8);
            assertThat(at.get(Landmark.ANGLE_LEFT).x()).as("%d", seed).isLessThan(left.right + 1.5)
                    .isGreaterThan(left.right - 8);
            Map.of(Landmark.CLAVICLE_CROSSING_RIGHT, Organ.CLAVICLE_RIGHT, Landmark.CLAVICLE_LEFT, Organ.CLAVICLE_LEFT,
                    Landmark.DOME_RIGHT, Organ.DIAPHRAGM, Landmark.SPINE_T1, Organ.SPINE, Landmark.SPINE_T5,
                    Organ.SPINE, Landmark.SPINE_T9, Organ.SPINE).forEach((landmark, organ) -> assertThat(touches(
                            film.mask(organ, pixels), pixels, at.get(landmark))).as("%s", landmark).isTrue());
        }
    }

    @Test
    void lungsHeartAndDiaphragmAreApart() {
        int pixels = 128;
        for (int seed = 0; seed < PATIENTS; seed++) {
            DrawnFilm film = healthy(seed);
            boolean[] right = film.mask(Organ.LUNG_RIGHT, pixels);
            boolean[] left = film.mask(Organ.LUNG_LEFT, pixels);
            boolean[] heart = film.mask(Organ.HEART, pixels);
            boolean[] below = film.mask(Organ.DIAPHRAGM, pixels);
            int[] area = new int[2];
            for (int i = 0; i < right.length; i++) {
                int count = (right[i] ? 1 : 0) + (left[i] ? 1 : 0) + (heart[i] ? 1 : 0) + (below[i] ? 1 : 0);
                assertThat(count).as("seed %d, pixel %d", seed, i).isLessThanOrEqualTo(1);
                area[0] += right[i] ? 1 : 0;
                area[1] += left[i] ? 1 : 0;
            }
            assertThat(area[1]).as("the heart takes room from the left lung, seed %d", seed).isLessThan(area[0])
                    .isGreaterThan(area[0] / 2);
        }
    }

    /** Air is dark and tissue bright, as in decoded pictures. */
    @Test
    void lungsAreDarkerThanTheHeartAndTheBelly() {
        int pixels = 128;
        for (int seed = 0; seed < PATIENTS; seed++) {
            Drawing drawing = healthy(seed).draw(pixels);
            double lungs = (mean(drawing, Organ.LUNG_RIGHT) + mean(drawing, Organ.LUNG_LEFT)) / 2;
            assertThat(lungs).as("seed %d", seed).isBetween(0.12, 0.75);
            assertThat(mean(drawing, Organ.HEART)).as("seed %d", seed).isGreaterThan(lungs + 0.12);
            assertThat(mean(drawing, Organ.DIAPHRAGM)).as("seed %d", seed).isGreaterThan(lungs + 0.08);
        }
    }

    @Test
    void noiseIsAChoice() {
        float[] still = DrawnXray.film(1, 0, DrawnOptions.healthy().withNoise(0)).draw(256).picture().values();
        float[] usual = DrawnXray.film(1, 0, DrawnOptions.healthy()).draw(256).picture().values();
        float[] loud = DrawnXray.film(1, 0, DrawnOptions.healthy().withNoise(4)).draw(256).picture().values();
        assertThat(difference(usual, still)).isGreaterThan(1e-4);
        double strength = difference(loud, still);
        assertThat(4 * difference(usual, still)).isCloseTo(strength, within(0.1 * strength));
    }

    private static double mean(Drawing drawing, Organ organ) {
        boolean[] mask = drawing.mask(organ);
        return LongStream.range(0, mask.length).filter(i -> mask[(int) i])
                .mapToDouble(i -> drawing.picture().values()[(int) i]).average().orElseThrow();
    }

    private static boolean touches(boolean[] mask, int pixels, Point place) {
        for (int dy = -2; dy <= 2; dy++) {
            for (int dx = -2; dx <= 2; dx++) {
                int row = Math.clamp((int) place.y() + dy, 0, pixels - 1);
                int column = Math.clamp((int) place.x() + dx, 0, pixels - 1);
                if (mask[row * pixels + column]) {
                    return true;
                }
            }
        }
        return false;
    }

    /** The rows and columns that a mask reaches. */
    private static final class Extent {
        private double left = Double.POSITIVE_INFINITY;
        private double right;
        private double top = Double.POSITIVE_INFINITY;

        Extent(boolean[] mask, int pixels) {
            for (int i = 0; i < mask.length; i++) {
                if (mask[i]) {
                    left = Math.min(left, i % pixels);
                    right = Math.max(right, i % pixels + 1);
                    top = Math.min(top, (double) i / pixels);
                }
            }
        }
    }
}
