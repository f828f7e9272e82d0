package dev.panacea.tests.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.panacea.autograd.Tape;
import dev.panacea.autograd.Variable;
import dev.panacea.tensor.ElementType;
import dev.panacea.tensor.HostSpeed;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.OpProfile;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.op.Attention;
import dev.panacea.tensor.op.AttentionBackward;
import dev.panacea.tensor.op.Conv2d;
import dev.panacea.tensor.op.Conv2dBackwardInput;
import dev.panacea.tensor.op.Conv2dBackwardWeight;
import dev.panacea.tensor.op.Copy;
import dev.panacea.tensor.op.Einsum;
import dev.panacea.tensor.op.MatMul;
import dev.panacea.tensor.op.Op;
import dev.panacea.tensor.op.Permute;
import dev.panacea.tensor.op.WindowAttention;
import dev.panacea.tensor.op.WindowAttentionBackward;
import dev.panacea.tensor.op.Work;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The work that benchmarks hold times against. */
class WorkTest {
    private static Spec real(int... dims) {
        return new Spec(Shape.of(dims), ElementType.F32);
    }

    private static double flops(Op op, Spec... in) {
        return Work.of(op, Arrays.asList(in)).flops();
    }

    @Test
    void productsCountTwoForEachTerm() {
        assertThat(flops(new MatMul(), real(5, 3, 4), real(4, 7))).isEqualTo(2 * 5 * 3 * 4 * 7);
        assertThat(flops(new Einsum("bij,kj->ik"), real(5, 3, 4), real(7, 4))).isEqualTo(2 * 5 * 3 * 4 * 7);
        assertThat(flops(new Einsum("ij->j"), real(3, 4))).isZero();
    }

    @Test
    void convolutionsCostTheSameEachWay() {
        Conv2d conv = new Conv2d(2, 1, 1, 3);
        double forward = 2.0 * 2 * 9 * 4 * 4 * 2 * 9; // [2, 9, 4, 4] sums of 2 · 3 · 3 terms
        assertThat(flops(conv, real(2, 6, 8, 8), real(9, 2, 3, 3))).isEqualTo(forward);
        assertThat(flops(new Conv2dBackwardInput(conv, Shape.of(2, 6, 8, 8)), real(2, 9, 4, 4), real(9, 2, 3, 3)))
                .isEqualTo(forward);
        assertThat(flops(new Conv2dBackwardWeight(conv, Shape.of(9, 2, 3, 3)), real(2, 9, 4, 4), real(2, 6, 8, 8)))
                .isEqualTo(forward);
    }

    @Test
    void attentionHasTwoProductsForwardAndFourBackward() {
        Spec q = real(2, 3, 5, 4);
        Spec k = real(2, 3, 7, 4);
        double product = 2.0 * 2 * 3 * 5 * 7 * 4;
        assertThat(flops(new Attention(1), q, k, k)).isEqualTo(2 * product);
        assertThat(flops(new AttentionBackward(1), q, real(2, 3, 5), q, k, k)).isEqualTo(4 * product);
        Spec qkv = real(1, 8, 8, 3 * 6);
        double window = 2.0 * 8 * 8 * 16 * 6;
        assertThat(flops(new WindowAttention(4, 2), qkv, real(49, 2))).isEqualTo(2 * window);
        assertThat(flops(new WindowAttentionBackward(4, 2), real(1, 8, 8, 6), real(1, 2, 8, 8), qkv, real(49, 2)))
                .isEqualTo(4 * window);
    }

    @Test
    void bytesAreThoseOfInputsAndOutputsAndViewsAreFree() {
        assertThat(Work.of(new Copy(), List.of(real(3, 5)))).isEqualTo(new Work(0, 2 * 4 * 15));
        assertThat(Work.of(Permute.of(1, 0), List.of(real(3, 5)))).isEqualTo(Work.NONE);
    }

    /** A linear layer costs three times as much with its gradients as without. */
    @Test
    void profileAddsUpForwardAndBackward() {
        try (MemoryScope _ = MemoryScope.open("work"); Tape tape = new Tape(); OpProfile profile = OpProfile.start()) {
            Variable x = tape.variable(Tensor.ones(6, 4));
            Variable weight = tape.variable(Tensor.ones(5, 4));
            Variable y = x.linear(weight, null);
            assertThat(profile.work().flops()).isEqualTo(2 * 6 * 4 * 5);
            tape.backward(y.sum(false));
            assertThat(profile.work().flops()).isEqualTo(3 * 2 * 6 * 4 * 5);
        }
    }

    @Test
    void boundIsWhateverTakesLonger() {
        HostSpeed speed = new HostSpeed(100, 200, 50);
        assertThat(speed.seconds(new Work(400e9, 50e9))).isCloseTo(2, within(1e-12));
        assertThat(speed.seconds(new Work(100e9, 50e9))).isCloseTo(1, within(1e-12));
    }

    /** Wide limits, since other processes may take the processors meanwhile. */
    @Test
    void machineIsMeasured() {
        HostSpeed speed = HostSpeed.measure();
        assertThat(speed.oneThread()).isGreaterThan(0.1);
        assertThat(speed.allThreads()).isGreaterThan(0.5 * speed.oneThread());
        assertThat(speed.bandwidth()).isBetween(0.05, 10_000.0);
    }
}
