package dev.panacea.tests.autograd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.panacea.autograd.AutogradException;
import dev.panacea.autograd.Gradients;
import dev.panacea.autograd.Tape;
import dev.panacea.autograd.Variable;
import dev.panacea.tensor.FreedTensorException;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.memory.MemoryPool;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TapeTest {
    private MemoryScope scope;
    private Tape tape;

    @BeforeEach
    void open() {
        scope = MemoryScope.open("test");
        tape = new Tape();
    }

    @AfterEach
    void close() {
        tape.close();
        scope.close();
    }

    private Variable leaf(float... values) {
        return tape.variable(Tensor.of(Shape.of(values.length), values));
    }

    @Test
    void aVariableUsedTwiceGetsTheSumOfItsGradients() {
        Variable x = leaf(2, 3);
        Gradients gradients = tape.backward(x.mul(x).add(x).sum(false));
        assertThat(gradients.of(x).toDoubles()).containsExactly(5, 7);
    }

    @Test
    void passesAccumulate() {
        Variable x = leaf(1, 2);
        Gradients sum = tape.backward(x.mul(x).sum(false));
        sum.accumulate(tape.backward(x.add(x).sum(false)));
        assertThat(sum.of(x).toDoubles()).containsExactly(4, 6);
    }

    @Test
    void detachStopsTheGradient() {
        Variable x = leaf(2, 3);
        Gradients gradients = tape.backward(x.mul(x.detach()).sum(false));
        assertThat(gradients.of(x).toDoubles()).containsExactly(2, 3);
    }

    @Test
    void constantsGetNoGradient() {
        Variable x = leaf(2, 3);
        Variable c = tape.constant(Tensor.of(Shape.of(2), 5f, 7f));
        Gradients gradients = tape.backward(x.mul(c).sum(false));
        assertThat(gradients.find(c)).isEmpty();
        assertThat(gradients.variables()).containsExactly(x);
        assertThatThrownBy(() -> gradients.of(c)).isInstanceOf(AutogradException.class)
                .hasMessageStartingWith("gradients: none for the variable of shape [2]");
    }

    @Test
    void backwardStartsFromAGivenGradient() {
        Variable x = leaf(2, 3);
        Gradients gradients = tape.backward(x.mul(x), Tensor.of(Shape.of(2), 1f, 10f));
        assertThat(gradients.of(x).toDoubles()).containsExactly(4, 60);
    }

    @Test
    void backwardRefusesWhatHasNoGradient() {
        Variable x = leaf(2, 3);
        Variable y = x.mul(x);
        assertThatThrownBy(() -> tape.backward(y)).isInstanceOf(AutogradException.class)
                .hasMessage("backward: output of shape [2] (need one element, or give the gradient to start from)");
        assertThatThrownBy(() -> tape.backward(y, Tensor.zeros(3))).isInstanceOf(AutogradException.class)
                .hasMessage("backward: gradient is F32 [3], output is F32 [2] (need the same)");
        Variable constant = tape.constant(Tensor.scalar(1));
        assertThatThrownBy(() -> tape.backward(constant)).isInstanceOf(AutogradException.class)
                .hasMessage("backward: output of shape [] depends on no variable (make leaves with tape.variable)");
        assertThatThrownBy(() -> tape.variable(Tensor.of(Shape.of(1), 1))).isInstanceOf(AutogradException.class)
                .hasMessageStartingWith("variable: element type is I32");
    }

    @Test
    void backwardPassesAStepOnce() {
        Variable x = leaf(2, 3);
        Variable square = x.mul(x);
        Variable loss = square.sum(false);
        tape.backward(loss);
        assertThatThrownBy(() -> tape.backward(loss)).isInstanceOf(AutogradException.class)
                .hasMessageStartingWith("backward: already passed sum of shape []");
        Variable other = square.add(square).sum(false);
        assertThatThrownBy(() -> tape.backward(other)).isInstanceOf(AutogradException.class)
                .hasMessageStartingWith("backward: already passed mul of shape [2]");
    }

    @Test
    void twoOutputsOfOneTapeThatShareNothingAreBothDifferentiable() {
        Variable x = leaf(2, 3);
        Variable first = x.mul(x).sum(false);
        Variable second = x.add(x).sum(false);
        assertThat(tape.backward(second).of(x).toDoubles()).containsExactly(2, 2);
        assertThat(tape.backward(first).of(x).toDoubles()).containsExactly(4, 6);
    }

    @Test
    void tapesDoNotMix() {
        Variable x = leaf(2, 3);
        try (Tape other = new Tape()) {
            Variable y = other.variable(Tensor.zeros(2));
            assertThatThrownBy(() -> x.add(y)).isInstanceOf(AutogradException.class)
                    .hasMessageStartingWith("add: inputs of two tapes");
        }
    }

    @Test
    void hooksSeeTheWholeGradientAndMayReplaceIt() {
        Variable x = leaf(2, 3);
        List<double[]> seen = new ArrayList<>();
        Variable y = x.mul(x).hook(gradient -> {
            seen.add(gradient.toDoubles());
            return gradient.add(gradient);
        });
        Gradients gradients = tape.backward(y.add(y).sum(false));
        assertThat(seen).hasSize(1);
        assertThat(seen.getFirst()).containsExactly(2, 2);
        assertThat(gradients.of(x).toDoubles()).containsExactly(16, 24);
    }

    @Test
    void hooksOnLeavesRunOnceAtTheEnd() {
        Variable x = leaf(2, 3);
        x.hook(gradient -> gradient.mul(Tensor.scalar(10)));
        assertThat(tape.backward(x.mul(x).add(x).sum(false)).of(x).toDoubles()).containsExactly(50, 70);
        assertThatThrownBy(() -> x.detach().hook(gradient -> gradient)).isInstanceOf(AutogradException.class)
                .hasMessageStartingWith("hook: no gradient flows");
    }

    @Test
    void gradientsOfGradients() {
        Variable x = leaf(2, 3);
        Variable loss = x.mul(x).mul(x).sum(false);
        Variable first = tape.gradients(loss, List.of(x)).getFirst();
        assertThat(first.value().toDoubles()).containsExactly(12, 27);
        Variable second = tape.gradients(first.sum(false), List.of(x)).getFirst();
        assertThat(second.value().toDoubles()).containsExactly(12, 18);
        assertThat(tape.backward(second.sum(false)).of(x).toDoubles()).containsExactly(6, 6);
    }

    @Test
    void anomalyModeNamesTheFirstOpThatIsNotFinite() {
        tape.anomalyMode(true);
        Variable x = leaf(1, 1e30f);
        assertThatThrownBy(() -> x.mul(x).sum(false)).isInstanceOf(AutogradException.class)
                .hasMessage("mul: output of step 0 is not finite: Infinity at element 1 of [2] "
                        + "(inputs: [2] finite, [2] finite)");
        Variable loss = x.add(x).sum(false);
        assertThatThrownBy(() -> tape.backward(loss, Tensor.scalar(Double.NaN))).isInstanceOf(AutogradException.class)
                .hasMessageStartingWith("sum: gradient of step 1 by input 0 is not finite: NaN at element 0 of [2]");
    }

    @Test
    void aCheckpointedBlockGivesTheSameGradientAndKeepsLess() {
        Tensor input = Tensor.of(Shape.of(3), 0.5f, -1f, 2f);
        Tensor weight = Tensor.of(Shape.of(3), 1.5f, 0.25f, -1f);
        double[][] plain = new double[2][];
        long kept;
        try (Tape one = new Tape()) {
            Variable x = one.variable(input);
            Variable w = one.variable(weight);
            Variable y = block(x.add(x), w);
            kept = one.savedBytes();
            Gradients gradients = one.backward(y.mul(y).sum(false));
            plain[0] = gradients.of(x).toDoubles();
            plain[1] = gradients.of(w).toDoubles();
        }
        Variable x = tape.variable(input);
        Variable w = tape.variable(weight);
        Variable y = tape.checkpoint(inputs -> block(inputs.getFirst(), w), x.add(x));
        assertThat(tape.savedBytes()).isLessThan(kept);
        Gradients gradients = tape.backward(y.mul(y).sum(false));
        assertThat(gradients.of(x).toDoubles()).containsExactly(plain[0]);
        assertThat(gradients.of(w).toDoubles()).containsExactly(plain[1]);
    }

    private static Variable block(Variable x, Variable w) {
        return x.mul(w).softmax(-1).mul(x).mul(w).softmax(-1).mul(w);
    }

    @Test
    void checkpointsNestAndRefuseSecondGradients() {
        Variable x = leaf(2, 3);
        Variable y = tape.checkpoint(outer -> tape.checkpoint(
                inner -> inner.getFirst().mul(inner.getFirst()), outer.getFirst()).mul(outer.getFirst()), x);
        Variable loss = y.sum(false);
        assertThatThrownBy(() -> tape.gradients(loss, List.of(x))).isInstanceOf(AutogradException.class)
                .hasMessageStartingWith("checkpoint: its inner values are not kept");
        assertThat(tape.backward(loss).of(x).toDoubles()).containsExactly(12, 27);
    }

    @Test
    void backwardLetsGoOfWhatItHasPassed() {
        long before = MemoryPool.HOST.liveBytes();
        Variable x = leaf(new float[1 << 16]);
        Variable loss;
        try (MemoryScope inner = MemoryScope.open("block")) {
            Variable y = x;
            for (int i = 0; i < 10; i++) {
                y = y.mul(y).softmax(-1);
            }
            loss = y.sum(false);
            inner.keep(loss.value());
        }
        long recorded = MemoryPool.HOST.liveBytes() - before;
        assertThat(recorded).isGreaterThan(10L << 18);
        tape.backward(loss);
        assertThat(tape.savedBytes()).isZero();
        assertThat(MemoryPool.HOST.liveBytes() - before).isLessThan(4L << 18);
    }

    @Test
    void whatIsCheapToComputeAgainIsNotKept() {
        Variable x = leaf(0.5f, -1, 2, 3);
        Variable w = leaf(1, 2, 3, 4);
        Variable product;
        try (MemoryScope inner = MemoryScope.open("block")) {
            product = x.gelu().mul(w);
            inner.keep(product.value());
        }
        assertThat(tape.savedBytes()).as("x for gelu, w for the product").isEqualTo(2 * 16);
        Gradients gradients = tape.backward(product.sum(false));
        assertThat(gradients.of(w).toDoubles()).containsExactly(x.value().gelu().toDoubles());
    }

    @Test
    void whatAScopeFreedCannotBeRead() {
        Variable y;
        try (MemoryScope _ = MemoryScope.open("block")) {
            y = leaf(1, 2).add(leaf(3, 4));
        }
        Variable freed = y;
        assertThatThrownBy(() -> freed.add(freed)).isInstanceOf(FreedTensorException.class)
                .hasMessageStartingWith("tensor: used after it was freed by scope 'block'");
    }

    @Test
    void theGraphPrintsItself() {
        Variable x = leaf(2, 3);
        x.mul(x).softmax(-1).sum(false);
        assertThat(tape.graph().text()).isEqualTo("""
                %1 F32 [2] = mul(%0, %0)   saves 16 bytes
                %2 F32 [2] = softmax[axis=-1](%1)   saves 8 bytes
                %3 F32 [] = sum[keepAxes=false, axes=[]](%2)
                """);
        assertThat(tape.graph().dot()).startsWith("digraph tape {").endsWith("}\n")
                .contains("n0 [shape=ellipse, label=\"leaf [2]\"]", "n1 -> n2 [label=\"[2]\"]");
    }
}
