package dev.panacea.tests.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.panacea.ace.data.Picture;
import dev.panacea.ace.study.Compositionality;
import dev.panacea.ace.study.Decompositionality;
import dev.panacea.ace.study.FeatureExtractor;
import dev.panacea.ace.study.PatchRetrieval;
import dev.panacea.ace.study.StudyConfig;
import dev.panacea.ace.study.StudyData;
import dev.panacea.tensor.DataException;
import dev.panacea.tensor.RandomSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Wholes and parts, where the answer is known. */
class PartsTest {
    private static final int IMAGE = 48;
    private static final int BINS = 64;

    /** Each of 70 pictures has grey values of a palette of its own, none of them black. */
    private static final StudyData PALETTES = Known.data(70, number -> {
        RandomSource random = RandomSource.of(9).child(number);
        float[] values = new float[IMAGE * IMAGE];
        for (int i = 0; i < values.length; i++) {
            int colour = (int) (random.uniform(i) * 4);
            values[i] = (1 + (random.child(colour).bits(0) & 0xFFFF) % (BINS - 1)) / (float) BINS;
        }
        return Known.picture(IMAGE, values);
    });

    /** How many pixels have each grey value: additive, and black counts for nothing. */
    private static final FeatureExtractor COUNTS = Known.pooled(IMAGE, 21, picture -> {
        float[] counts = new float[BINS];
        for (float value : picture.values()) {
            int bin = Math.round(value * BINS);
            counts[bin] += bin > 0 ? 1 : 0;
        }
        return counts;
    });

    /** An embedding of its own for every picture, which has nothing to do with what it shows. */
    private static final FeatureExtractor HASHES = Known.pooled(IMAGE, 21, picture -> {
        RandomSource random = RandomSource.of(Arrays.hashCode(picture.values()));
        float[] embedding = new float[16];
        for (int k = 0; k < embedding.length; k++) {
            embedding[k] = (float) random.uniform(k) - 0.5f;
        }
        return embedding;
    });

    private static final FeatureExtractor BLIND = Known.pooled(IMAGE, 21, _ -> new float[] {1, 2});

    private static final FeatureExtractor BRIGHTNESS =
            Known.pooled(IMAGE, 21, picture -> new float[] {(float) picture.mean(), 1});

    @Test
    void whoAddsUpIsComposed() {
        Map<String, Double> numbers = new Compositionality().run(COUNTS, PALETTES, StudyConfig.USUAL).numbers();
        for (int parts = 2; parts <= 4; parts += 2) {
            assertThat(numbers.get("cosine, " + parts + " parts, mean")).isCloseTo(1, within(1e-6));
            assertThat(numbers.get("cosine, " + parts + " parts, sd")).isCloseTo(0, within(1e-6));
            assertThat(numbers.get("cosine, " + parts + " parts of another patch, mean")).isBetween(0.1, 0.95);
        }
        assertThat(numbers.get("patches")).isEqualTo(280);
    }

    @Test
    void whoDoesNotIsNot() {
        Map<String, Double> numbers = new Compositionality().run(HASHES, PALETTES, StudyConfig.USUAL).numbers();
        assertThat(numbers.get("cosine, 2 parts, mean")).isCloseTo(0, within(0.1));
        assertThat(numbers.get("cosine, 4 parts, sd")).isCloseTo(0.25, within(0.05)); // 1 / √16
    }

    /** A blind network is composed too, which is why the parts of another patch stand beside. */
    @Test
    void whoIsBlindIsSeenThrough() {
        Map<String, Double> numbers = new Compositionality().run(BLIND, PALETTES, StudyConfig.USUAL).numbers();
        assertThat(numbers.get("cosine, 4 parts, mean")).isCloseTo(1, within(1e-9));
        assertThat(numbers.get("cosine, 4 parts of another patch, mean")).isCloseTo(1, within(1e-9));
    }

    @Test
    void whoAddsUpIsDecomposed() {
        Map<String, Double> numbers = new Decompositionality().run(COUNTS, PALETTES, StudyConfig.USUAL).numbers();
        assertThat(numbers.get(Decompositionality.ACCURACY)).isEqualTo(1);
        assertThat(numbers.get(Decompositionality.ACCURACY_BY_AREA)).isEqualTo(1);
        assertThat(numbers.get("tries")).isEqualTo(4 * 64);
        assertThat(numbers.get("chance")).isEqualTo(1.0 / 32);
    }

    @Test
    void whoCountsColoursFindsThePicture() {
        assertThat(new PatchRetrieval().run(COUNTS, PALETTES, StudyConfig.USUAL).numbers().get(PatchRetrieval.ACCURACY))
                .isEqualTo(1);
    }

    /** 640 tries at 1/32 are 20 finds, give or take 4.4. */
    @Test
    void whoGuessesIsAtChance() {
        StudyConfig config = StudyConfig.USUAL.withPatches(10);
        for (Map<String, Double> numbers : List.of(
                new Decompositionality().run(HASHES, PALETTES, config).numbers(),
                new PatchRetrieval().run(HASHES, PALETTES, config).numbers())) {
            double accuracy = numbers.values().iterator().next();
            assertThat(numbers.get("tries")).isEqualTo(640);
            assertThat(accuracy).isCloseTo(1.0 / 32, within(4 * Math.sqrt(31.0 / 32 / 32 / 640)));
        }
    }

    @Test
    void whoIsBlindIsExactlyAtChance() {
        assertThat(new PatchRetrieval().run(BLIND, PALETTES, StudyConfig.USUAL).numbers().get(PatchRetrieval.ACCURACY))
                .isEqualTo(1.0 / 32);
    }

    @Test
    void fewPicturesAreOneBatch() {
        StudyData five = Known.data(5, number -> PALETTES.picture(number, IMAGE));
        Map<String, Double> numbers = new PatchRetrieval().run(BRIGHTNESS, five, StudyConfig.USUAL).numbers();
        assertThat(numbers.get("chance")).isEqualTo(0.2);
        assertThat(numbers.get("tries")).isEqualTo(20);
    }

    @Test
    void oneMakesNoBatch() {
        StudyData one = Known.data(1, number -> PALETTES.picture(number, IMAGE));
        assertThatThrownBy(() -> new PatchRetrieval().run(BRIGHTNESS, one, StudyConfig.USUAL))
                .isInstanceOf(DataException.class).hasMessageContaining("need 2 or more");
    }

    /** Of each patch: the whole, 2 halves and 4 quarters, which have each pixel of the whole once. */
    @Test
    void partsAreTheWhole() {
        float[] different = new float[IMAGE * IMAGE];
        for (int i = 0; i < different.length; i++) {
            different[i] = (i + 1f) / different.length;
        }
        List<Picture> shown = new ArrayList<>();
        FeatureExtractor watching = Known.pooled(IMAGE, 21, picture -> {
            shown.add(picture);
            return new float[] {1};
        });
        new Compositionality().run(watching, Known.data(3, _ -> Known.picture(IMAGE, different)), StudyConfig.USUAL);
        assertThat(shown).hasSize(3 * 4 * 7);
        boolean[] ways = new boolean[2];
        for (int i = 0; i < shown.size(); i += 7) {
            Picture whole = shown.get(i);
            assertThat(whole.width()).isEqualTo(whole.height()).isBetween((int) (0.3 * IMAGE), (int) (0.6 * IMAGE) + 1);
            assertThat(pixels(shown.subList(i + 1, i + 3))).isEqualTo(pixels(List.of(whole)));
            assertThat(pixels(shown.subList(i + 3, i + 7))).isEqualTo(pixels(List.of(whole)));
            ways[shown.get(i + 1).width() < whole.width() ? 0 : 1] = true;
            assertThat(shown.get(i + 3).width()).isEqualTo(whole.width() / 2);
            assertThat(shown.get(i + 3).height()).isEqualTo(whole.height() / 2);
        }
        assertThat(ways).containsExactly(true, true);
    }

    /** All grey values, in order. */
    private static List<Float> pixels(List<Picture> pictures) {
        List<Float> values = new ArrayList<>();
        for (Picture picture : pictures) {
            for (float value : picture.values()) {
                values.add(value);
            }
        }
        return values.stream().sorted().toList();
    }

    /** What the networks are shown of a picture whose pixels all differ: itself, less a square, and that square. */
    @Test
    void excisedAndPatchAreThePicture() {
        float[] different = new float[IMAGE * IMAGE];
        for (int i = 0; i < different.length; i++) {
            different[i] = (i + 1f) / different.length;
        }
        Picture whole = Known.picture(IMAGE, different);
        List<Picture> shown = new ArrayList<>();
        FeatureExtractor watching = Known.pooled(IMAGE, 21, picture -> {
            shown.add(picture);
            return new float[] {1};
        });
        new Decompositionality().run(watching, Known.data(2, _ -> whole), StudyConfig.USUAL);
        assertThat(shown.stream().filter(picture -> Arrays.equals(picture.values(), different))).hasSize(2);
        shown.removeIf(picture -> Arrays.equals(picture.values(), different));
        assertThat(shown).hasSize(4 * 2 * 4);
        for (int i = 0; i < shown.size(); i += 4) {
            for (int way = 0; way < 2; way++) {
                float[] excised = shown.get(i + 2 * way).values();
                Picture patch = shown.get(i + 2 * way + 1);
                int at = 0;
                for (int pixel = 0; pixel < excised.length; pixel++) {
                    if (excised[pixel] != different[pixel]) {
                        assertThat(excised[pixel]).isZero();
                        assertThat(patch.values()[at++]).isEqualTo(different[pixel]);
                    }
                }
                assertThat(at).isEqualTo(patch.values().length);
                double share = (double) (way == 0 ? patch.width() : at) / (way == 0 ? IMAGE : excised.length);
                assertThat(share).isBetween(0.3 - 0.02, 0.6 + 0.02);
            }
        }
    }
}
