package dev.panacea.tests.ace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.panacea.ace.crop.Correspondence;
import dev.panacea.ace.crop.CropPair;
import dev.panacea.ace.crop.GridConfig;
import dev.panacea.ace.crop.GridCropper;
import dev.panacea.ace.loss.GlobalConfig;
import dev.panacea.ace.loss.GlobalLoss;
import dev.panacea.ace.loss.MatchingConfig;
import dev.panacea.ace.loss.MatchingLoss;
import dev.panacea.ace.loss.MatchingTarget;
import dev.panacea.ace.loss.TotalLoss;
import dev.panacea.autograd.Tape;
import dev.panacea.autograd.Variable;
import dev.panacea.nn.ConfigException;
import dev.panacea.nn.Parameters;
import dev.panacea.tensor.ElementType;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.RandomSource;
import dev.panacea.tensor.Tensor;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** What the losses and targets of ACE are by their formulas, without another program. */
class LossProperties {
    private static final CropPair CROPS = new GridCropper(new GridConfig(16, 1, 6, false)).draw(RandomSource.of(4));

    @Property(tries = 100)
    void targetIsAGaussianRoundThePartner(@ForAll long seed, @ForAll boolean five) {
        CropPair crops = new GridCropper(new GridConfig(16, 1, 6, false)).draw(RandomSource.of(seed));
        MatchingConfig config = MatchingConfig.usual(0.9).withKernel(five ? 5 : 3);
        for (Correspondence pairs : List.of(crops.composition(), crops.decomposition())) {
            try (MemoryScope _ = MemoryScope.open("target")) {
                Tensor target = MatchingTarget.of(List.of(pairs), config);
                for (int i = 0; i < 36; i++) {
                    checkRow(pairs, target, i, five ? 2 : 1);
                }
            }
        }
    }

    private static void checkRow(Correspondence pairs, Tensor target, int i, int reach) {
        int partner = pairs.partner(i);
        int side = pairs.studentSide();
        for (int j = 0; j < side * side; j++) {
            int dy = Math.abs(j / side - partner / side);
            int dx = Math.abs(j % side - partner % side);
            double expected = partner < 0 || Math.max(dx, dy) > reach ? 0 : Math.exp(-(dx * dx + dy * dy) / 2.0);
            assertThat(target.at(0, i, j)).isCloseTo(expected, within(1e-7));
            assertThat(target.at(0, i, j) == 1).isEqualTo(j == partner);
        }
    }

    /** Each row mirrors itself in the partner, and holds k × k entries but for those beyond the border. */
    @Property(tries = 60)
    void targetIsSymmetricAndCutOffAtTheBorder(@ForAll long seed, @ForAll @IntRange(max = 3) int reach) {
        CropPair crops = new GridCropper(new GridConfig(16, 1, 6, false)).draw(RandomSource.of(seed));
        MatchingConfig config = new MatchingConfig(2 * reach + 1, 1.5, 0.9, 1, true, false);
        for (Correspondence pairs : List.of(crops.composition(), crops.decomposition())) {
            float[] target = MatchingTarget.of(List.of(pairs), config).toFloats();
            int m = pairs.studentSide();
            for (int i = 0; i < 36; i++) {
                int row = i;
                int support = (int) IntStream.range(0, m * m).filter(j -> target[row * m * m + j] > 0).count();
                int partner = pairs.partner(i);
                if (partner < 0) {
                    assertThat(support).isZero();
                    continue;
                }
                assertThat(support).isEqualTo(reached(partner / m, m, reach) * reached(partner % m, m, reach));
                for (int j = 0; j < m * m; j++) {
                    int y = 2 * (partner / m) - j / m;
                    int x = 2 * (partner % m) - j % m;
                    if (y >= 0 && y < m && x >= 0 && x < m) {
                        assertThat(target[i * m * m + y * m + x]).isEqualTo(target[i * m * m + j]);
                    }
                }
            }
        }
    }

    /** How many places lie no further away than {@code reach} and inside. */
    private static int reached(int at, int side, int reach) {
        return (int) IntStream.range(0, side).filter(other -> Math.abs(other - at) <= reach).count();
    }

    @Example
    void perfectMatchIsTheLeastLoss() {
        MatchingLoss loss = new MatchingLoss(MatchingConfig.usual(0.9));
        Tensor target = MatchingTarget.of(List.of(CROPS.composition()), loss.config());
        Tensor perfect = target.clamp(1e-6, 1 - 1e-6);
        Tensor logits = perfect.div(perfect.affine(-1, 1)).log();
        double least = loss.loss(logits, target).item();
        assertThat(least).isCloseTo(entropy(target, 0.9), within(1e-5));
        for (double shift : new double[] {-0.5, 0.5}) {
            assertThat(loss.loss(logits.affine(1, shift), target).item()).isGreaterThan(least);
        }
        assertThat(loss.loss(logits.neg(), target).item()).isGreaterThan(10 * least);
    }

    /** What weighted BCE is where M equals T. */
    private static double entropy(Tensor target, double alpha) {
        double sum = 0;
        for (double t : target.toDoubles()) {
            double weight = alpha * t + (1 - alpha) * (1 - t);
            sum -= t == 0 || t == 1 ? 0 : weight * (t * Math.log(t) + (1 - t) * Math.log(1 - t));
        }
        return sum / target.size();
    }

    @Example
    void positivesAloneAreMatchedByEverything() {
        Tensor collapsed = trained(MatchingConfig.usual(0.9).withPositivesOnly(true));
        Tensor separated = trained(MatchingConfig.usual(0.9));
        Tensor partners = MatchingTarget.partners(List.of(CROPS.composition()));
        Tensor target = MatchingTarget.of(List.of(CROPS.composition()), MatchingConfig.usual(0.9));
        Tensor apart = target.eq(Tensor.scalar(0)).cast(ElementType.F32);
        double zeros = apart.sum(false).item();
        assertThat(collapsed.sigmoid().mul(apart).sum(false).item() / zeros).as("M where it should be 0")
                .isGreaterThan(0.9);
        assertThat(separated.sigmoid().mul(apart).sum(false).item() / zeros).isLessThan(0.2);
        assertThat(MatchingLoss.accuracy(separated, partners).item()).isEqualTo(1);
    }

    /** Logits after gradient descent by free tokens of the student, against fixed and similar ones of the teacher. */
    private static Tensor trained(MatchingConfig config) {
        MatchingLoss loss = new MatchingLoss(config);
        Tensor target = MatchingTarget.of(List.of(CROPS.composition()), config);
        Tensor teacher = RandomSource.of(1).uniform(0, 1, 1, 36, 48);
        Tensor student = RandomSource.of(2).normal(0, 0.1, 1, 9, 48);
        for (int step = 0; step < 300; step++) {
            try (MemoryScope scope = MemoryScope.open("step"); Tape tape = new Tape()) {
                Variable s = tape.variable(student);
                Tensor gradient = tape.backward(loss.loss(loss.logits(s, teacher), target)).of(s);
                student = scope.keep(student.sub(gradient.affine(config.positivesOnly() ? 0.01 : 0.4, 0)));
            }
        }
        return loss.logits(student, teacher);
    }

    @Example
    void globalLossIsSymmetricAndLeastForEqualDistributions() {
        GlobalLoss loss = new GlobalLoss(Parameters.of(0), new GlobalConfig(0.04, 0.04, true, 0.9, true), 10);
        Tensor a = RandomSource.of(1).normal(0, 0.1, 4, 10);
        Tensor b = RandomSource.of(2).normal(0, 0.1, 4, 10);
        Tensor pa = loss.probabilities(a);
        Tensor pb = loss.probabilities(b);
        assertThat(loss.loss(a, b, pa, pb).item()).isCloseTo(loss.loss(b, a, pb, pa).item(), within(1e-6));
        double least = (GlobalLoss.entropy(pa).item() + GlobalLoss.entropy(pb).item()) / 2;
        assertThat(loss.loss(b, a, pa, pb).item()).isCloseTo(least, within(1e-5)).isLessThan(
                loss.loss(a, b, pa, pb).item());
        GlobalLoss oneWay = new GlobalLoss(Parameters.of(0), GlobalConfig.paper(), 10);
        assertThat(oneWay.loss(a, a, pa, pb).item()).isEqualTo(oneWay.loss(a, b, pb, pb).item());
    }

    @Example
    void centreFollowsTheTeacher() {
        GlobalLoss loss = new GlobalLoss(Parameters.of(0), GlobalConfig.usual(), 2);
        Tensor high = Tensor.full(ElementType.F32, 2, 3, 2);
        loss.follow(high, Tensor.zeros(3, 2));
        assertThat(loss.centre().value().toDoubles()).containsExactly(new double[] {0.1, 0.1}, within(1e-7));
        for (int step = 0; step < 200; step++) {
            loss.follow(high, high);
        }
        assertThat(loss.centre().value().at(0, 0)).isCloseTo(2, within(1e-5));
    }

    @Example
    void totalLeavesOutWhatHasNoWeight() {
        assertThat(new TotalLoss(0.1, 0.5, 0.5).of(Tensor.scalar(1), Tensor.scalar(2), Tensor.scalar(4)).item())
                .isCloseTo(3.1, within(1e-6));
        assertThat(new TotalLoss(0, 0.5, 0).of(null, Tensor.scalar(2), (Tensor) null).item()).isEqualTo(1);
    }

    @Example
    void refusals() {
        assertThatThrownBy(() -> new TotalLoss(0, 0, 0)).isInstanceOf(ConfigException.class)
                .hasMessage("total loss: weights 0.0, 0.0, 0.0 (need finite, 0 or more, one above 0)");
        assertThatThrownBy(() -> MatchingConfig.usual(0.9).withKernel(4)).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> new GlobalConfig(0, 0.04, true, 0.9, true)).isInstanceOf(ConfigException.class);
    }
}
