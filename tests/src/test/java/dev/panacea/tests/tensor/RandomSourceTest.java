package dev.panacea.tests.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.RandomSource;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.op.NormalDistribution;
import dev.panacea.tensor.op.TruncatedNormal;
import java.util.Arrays;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Random numbers: the published generator, its independence of order, and the shape of the distributions. */
class RandomSourceTest {
    @Test
    void matchesThePublishedTestVector() {
        RandomSource zero = RandomSource.of(0);
        assertThat(LongStream.range(0, 4).mapToObj(i -> Integer.toHexString(zero.bits(i))))
                .containsExactly("6627e8d5", "e169c58d", "bc57ac4c", "9b00dbd8");
    }

    @Test
    void anElementDependsOnItsPositionAlone() {
        try (MemoryScope _ = MemoryScope.open("test")) {
            RandomSource random = RandomSource.of(42).child(3);
            float[] wide = random.normal(0, 1, 10_007).toFloats();
            float[] narrow = random.normal(0, 1, 5).toFloats();
            assertThat(Arrays.copyOf(wide, 5)).isEqualTo(narrow);
        }
    }

    @Test
    void childrenAreDistinctSequences() {
        RandomSource parent = RandomSource.of(1);
        assertThat(LongStream.range(0, 1000).map(i -> parent.child(i).key()).distinct().count()).isEqualTo(1000);
        assertThat(parent.child(0).child(1)).isNotEqualTo(parent.child(1).child(0));
        assertThat(parent.child(5)).isEqualTo(RandomSource.of(1).child(5));
    }

    @Test
    void uniformNumbersFillTheRange() {
        try (MemoryScope _ = MemoryScope.open("test")) {
            float[] values = RandomSource.of(9).uniform(-1, 3, 200_000).toFloats();
            int[] counts = new int[40];
            for (float value : values) {
                assertThat(value).isBetween(-1f, 3f);
                counts[Math.min(39, (int) ((value + 1) * 10))]++;
            }
            assertThat(Arrays.stream(counts).allMatch(count -> Math.abs(count - 5000) < 5 * 71)).isTrue();
        }
    }

    @Test
    void normalNumbersFollowTheDistribution() {
        try (MemoryScope _ = MemoryScope.open("test")) {
            float[] values = RandomSource.of(10).normal(2, 0.5, 400_000).toFloats();
            for (double z : new double[] {-3, -2, -1, -0.1, 0, 0.5, 1, 2, 3}) {
                double below = NormalDistribution.below(z);
                long count = 0;
                for (float value : values) {
                    count += value < 2 + 0.5 * z ? 1 : 0;
                }
                double deviation = Math.sqrt(below * (1 - below) / values.length);
                assertThat((double) count / values.length).isCloseTo(below, within(5 * deviation));
            }
        }
    }

    @Test
    void quantilesInvertTheDistribution() {
        for (double p = 0.5; p > 1e-9; p *= 0.7) {
            double z = NormalDistribution.exceededWith(p);
            assertThat(NormalDistribution.below(-z) / p).isCloseTo(1, within(3e-4));
        }
    }

    @Test
    void truncatedNumbersStayInside() {
        try (MemoryScope _ = MemoryScope.open("test")) {
            float[] values = Tensor.make(new TruncatedNormal(Shape.of(100_000), 0, 0.02, -0.04, 0.01,
                    RandomSource.of(11))).toFloats();
            double sum = 0;
            for (float value : values) {
                assertThat(value).isBetween(-0.04f, 0.01f);
                sum += value;
            }
            double a = 1 / Math.sqrt(2 * Math.PI);
            double mean = 0.02 * a * (Math.exp(-2) - Math.exp(-0.125))
                    / (NormalDistribution.below(0.5) - NormalDistribution.below(-2));
            assertThat(sum / values.length).isCloseTo(mean, within(2e-4));
        }
    }

    @Test
    void dropoutKeepsTheExpectedValueAndItsZerosAreTheGradients() {
        try (MemoryScope _ = MemoryScope.open("test")) {
            float[] values = Tensor.ones(400, 500).dropout(0.3, RandomSource.of(12)).toFloats();
            double sum = 0;
            for (float value : values) {
                assertThat(value == 0 || Math.abs(value - 1 / 0.7f) < 1e-6).isTrue();
                sum += value;
            }
            assertThat(sum / values.length).isCloseTo(1, within(0.01));
        }
    }

    @Test
    void dropPathDropsWholeSamples() {
        try (MemoryScope _ = MemoryScope.open("test")) {
            Tensor y = Tensor.ones(2000, 3).dropPath(0.2, RandomSource.of(13));
            int dropped = 0;
            for (int sample = 0; sample < 2000; sample++) {
                assertThat(y.at(sample, 1)).isEqualTo(y.at(sample, 0)).isEqualTo(y.at(sample, 2));
                dropped += y.at(sample, 0) == 0 ? 1 : 0;
            }
            assertThat(dropped).isBetween(310, 490);
        }
    }
}
