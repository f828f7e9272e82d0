package dev.panacea.tests.ace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.panacea.ace.crop.CropPair;
import dev.panacea.ace.inspect.MatchingMap;
import dev.panacea.ace.inspect.Spectrum;
import dev.panacea.ace.inspect.TokenPca;
import dev.panacea.ace.inspect.TokenSimilarity;
import dev.panacea.ace.loss.MatchingTarget;
import dev.panacea.ace.train.Batch;
import dev.panacea.ace.train.PretrainStep;
import dev.panacea.ace.train.Recipe;
import dev.panacea.ace.train.TokenSpread;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.RandomSource;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Tensor;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What is read off tokens, on ones whose truth is known. */
class InspectTest {
    @Test
    void spectrumOfAKnownMatrix() {
        // Rotated by 3-4-5 in the first two axes: eigenvalues 9, 4 and 0, the first along (3, 4, 0) / 5.
        double[][] matrix = {{9 * 0.36 + 4 * 0.64, 9 * 0.48 - 4 * 0.48, 0},
            {9 * 0.48 - 4 * 0.48, 9 * 0.64 + 4 * 0.36, 0}, {0, 0, 0}};
        Spectrum spectrum = Spectrum.ofCovariance(matrix);
        assertThat(spectrum.values()).containsExactly(new double[] {9, 4, 0}, within(1e-12));
        double sign = Math.signum(spectrum.vectors()[0][0]);
        assertThat(spectrum.vectors()[0]).containsExactly(new double[] {0.6 * sign, 0.8 * sign, 0}, within(1e-12));
        double p = 9.0 / 13;
        assertThat(spectrum.effectiveRank())
                .isCloseTo(Math.exp(-p * Math.log(p) - (1 - p) * Math.log(1 - p)), within(1e-12));
        assertThat(spectrum.explained(1)).isCloseTo(p, within(1e-12));
        assertThat(spectrum.explained(3)).isCloseTo(1, within(1e-12));
    }

    @Test
    void spectrumTakesAMatrixApartAndPutsItTogether() {
        try (MemoryScope _ = MemoryScope.open("spectrum")) {
            Tensor tokens = RandomSource.of(3).normal(0, 1, 90, 40);
            Spectrum spectrum = Spectrum.of(tokens);
            double[] x = tokens.l2Normalize(-1, 1e-12).sub(tokens.l2Normalize(-1, 1e-12).mean(true, 0)).toDoubles();
            for (int a = 0; a < 40; a++) {
                for (int b = 0; b < 40; b++) {
                    int i = a;
                    int j = b;
                    double covariance = IntStream.range(0, 90).mapToDouble(n -> x[n * 40 + i] * x[n * 40 + j])
                            .sum() / 90;
                    double rebuilt = IntStream.range(0, 40).mapToDouble(k -> spectrum.values()[k]
                            * spectrum.vectors()[k][i] * spectrum.vectors()[k][j]).sum();
                    assertThat(rebuilt).isCloseTo(covariance, within(1e-8));
                }
            }
            TokenSpread spread = TokenSpread.of(tokens);
            double sum = IntStream.range(0, 40).mapToDouble(k -> spectrum.values()[k]).sum();
            assertThat(Math.sqrt(sum)).isCloseTo(spread.deviation().item(), within(1e-6));
            assertThat(spectrum.effectiveRank()).isBetween(spread.rank().item(), 40.0);
        }
    }

    @Test
    void effectiveRankCountsDirections() {
        try (MemoryScope _ = MemoryScope.open("rank")) {
            assertThat(Spectrum.of(RandomSource.of(1).normal(0, 1, 4000, 16)).effectiveRank())
                    .isCloseTo(16, within(0.1));
            assertThat(Spectrum.of(Tensor.ones(5, 8)).effectiveRank()).isZero();
            Tensor two = Tensor.of(Shape.of(4, 3), 2, 0, 0, -1, 0, 0, 0, 5, 0, 0, -1, 0f);
            assertThat(Spectrum.of(two).effectiveRank()).isCloseTo(2, within(1e-6));
        }
    }

    @Test
    void coloursFollowTheDirections() {
        try (MemoryScope _ = MemoryScope.open("colours")) {
            float[] values = new float[21 * 4]; // on an arc in the plane of the first two channels
            for (int i = 0; i < 21; i++) {
                values[4 * i] = (float) Math.cos(0.1 * (i - 10));
                values[4 * i + 1] = (float) Math.sin(0.1 * (i - 10));
            }
            Tensor tokens = Tensor.of(Shape.of(3, 7, 4), values);
            TokenPca pca = TokenPca.of(List.of(tokens));
            float[] colours = pca.colours(tokens);
            assertThat(colours).hasSize(63);
            for (int i = 1; i < 21; i++) {
                assertThat(colours[3 * i]).isGreaterThan(colours[3 * i - 3]);
                assertThat(colours[3 * i + 2]).as("no third direction").isEqualTo(0.5f);
            }
            assertThat(colours[0]).isZero();
            assertThat(colours[60]).isEqualTo(1);
            assertThat(colours[31]).as("the second direction tells middle and ends apart").isIn(0f, 1f);
            assertThat(pca.spectrum().explained(2)).isCloseTo(1, within(1e-6));
        }
    }

    @Test
    void likeTokensAreFound() {
        try (MemoryScope _ = MemoryScope.open("alike")) {
            Tensor tokens = Tensor.of(Shape.of(1, 2, 2), 1, 0, 3, 4f);
            Tensor others = Tensor.of(Shape.of(3, 2), 0, 1, 30, 41, -7, 0f);
            assertThat(TokenSimilarity.cosines(tokens, others).toDoubles()).containsExactly(
                    new double[] {0, 30 / Math.hypot(30, 41), -1, 0.8, 254 / Math.hypot(30, 41) / 5, -0.6},
                    within(1e-6));
            assertThat(TokenSimilarity.nearest(tokens, others)).containsExactly(1, 1);
        }
    }

    @Test
    void matchingMapsStandBesideTheirTargets() {
        try (MemoryScope _ = MemoryScope.open("maps")) {
            PretrainStep networks = new PretrainStep(Runs.config(Recipe.PANACEA, "vit_nano"), 3);
            Batch batch = Runs.batch(networks.config(), 0, Runs.pictures());
            for (int step = 0; step < 40; step++) {
                networks.run(List.of(batch));
            }
            MatchingMap.Levels levels = MatchingMap.of(networks, batch);
            assertThat(levels.composition()).hasSize(4).allMatch(map -> map.rows() == 36 && map.columns() == 9);
            assertThat(levels.decomposition()).hasSize(4).allMatch(map -> map.rows() == 36 && map.columns() == 144);
            assertThat(levels.composition().getFirst().target()).isEqualTo(MatchingTarget.of(
                    List.of(batch.crops().getFirst()).stream().map(CropPair::composition).toList(),
                    networks.config().composition()).toFloats());
            for (float match : levels.decomposition().getLast().matches()) {
                assertThat(match).isBetween(0f, 1f);
            }
            assertThat(levels.composition().stream().mapToDouble(MatchingMap::found).average().orElseThrow())
                    .as("after 40 steps on these pictures; chance is 0.11").isGreaterThan(0.4);
        }
    }
}
