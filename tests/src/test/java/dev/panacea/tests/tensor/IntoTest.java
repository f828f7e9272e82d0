package dev.panacea.tests.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.panacea.tensor.ElementType;
import dev.panacea.tensor.Layout;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.RandomSource;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.op.Add;
import dev.panacea.tensor.op.Blend;
import dev.panacea.tensor.op.Op;
import dev.panacea.tensor.op.Reshape;
import dev.panacea.tensor.op.Uniform;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Ops that write into tensors which exist already. */
class IntoTest {
    private final Tensor a = Tensor.of(Shape.of(3), 1f, 2f, 3f);
    private final Tensor b = Tensor.of(Shape.of(3), 10f, 20f, 30f);

    @Test
    void writesIntoWhatIsThere() {
        Tensor sum = Tensor.zeros(3);
        Tensor view = sum.slice(0, 1, 2);
        Tensor.into(new Add(), List.of(a, b), List.of(sum));
        assertThat(sum.toDoubles()).containsExactly(11, 22, 33);
        assertThat(view.item()).isEqualTo(22);
    }

    @Test
    void writesOverItsInput() {
        Tensor.into(new Blend(0.5, 1), List.of(a, b), List.of(a));
        assertThat(a.toDoubles()).containsExactly(10.5, 21, 31.5);
    }

    @Test
    void partsOfOneTensorMayBeInputAndOutput() {
        Tensor whole = Tensor.of(Shape.of(2, 3), 1f, 2f, 3f, 4f, 5f, 6f);
        Tensor top = whole.slice(0, 0, 1).reshape(3);
        Tensor bottom = whole.slice(0, 1, 2).reshape(3);
        Tensor.into(new Add(), List.of(top, a), List.of(bottom));
        assertThat(whole.toDoubles()).containsExactly(1, 2, 3, 2, 4, 6);
    }

    @Test
    void opsWithoutInputsWriteToo() {
        Op op = new Uniform(Shape.of(5), 0, 1, RandomSource.of(3));
        Tensor y = Tensor.zeros(5);
        Tensor.into(op, List.of(), List.of(y));
        assertThat(y.toDoubles()).isEqualTo(Tensor.make(op).toDoubles());
    }

    @Test
    void refusesWhatDoesNotFit() {
        refused("add: output 0 is F32 [4] (need F32 [3])", new Add(), List.of(a, b), Tensor.zeros(4));
        refused("add: output 0 is F64 [3] (need F32 [3])", new Add(), List.of(a, b), Tensor.zeros(ElementType.F64, 3));
        refused("add: 2 outputs (need 1)", new Add(), List.of(a, b), Tensor.zeros(3), Tensor.zeros(3));
        refused("add: output 0 of shape [3] is not contiguous (need a tensor of its own)", new Add(), List.of(a, b),
                Tensor.zeros(6).slice(0, 0, 6, 2));
        refused("reshape: a view computes nothing (call it without outputs)", Reshape.to(3, 1), List.of(a),
                Tensor.zeros(3, 1));
    }

    @Test
    void refusesToWriteOverWhatIsStillRead() {
        refused("add: output 0 overlaps input 1 in memory (need a tensor of its own)", new Add(), List.of(a, b), b);
        refused("blend: output 0 overlaps input 1 in memory (need a tensor of its own)", new Blend(1, 1), List.of(a, b),
                b);
        Tensor fresh = Tensor.zeros(3);
        refused("blend: outputs 0 and 1 overlap in memory (need a tensor for each)", new Blend(1, 1),
                List.of(a, b, a, b), fresh, fresh);
        Tensor wide = Tensor.zeros(4);
        refused("blend: output 0 overlaps input 0 in memory (need the input itself, or a tensor of its own)",
                new Blend(1, 1), List.of(wide.slice(0, 0, 3), b), wide.slice(0, 1, 4));
        Tensor backwards = a.alias(new Layout(a.shape(), new long[] {-1}, 2));
        refused("blend: output 0 overlaps input 1 in memory (need a tensor of its own)", new Blend(1, 1),
                List.of(b, backwards), a);
    }

    @Test
    void refusesWhatIsFreed() {
        Tensor gone;
        try (MemoryScope _ = MemoryScope.open("short")) {
            gone = Tensor.zeros(3);
        }
        assertThatThrownBy(() -> Tensor.into(new Add(), List.of(a, b), List.of(gone))).hasMessageContaining("short");
    }

    private static void refused(String message, Op op, List<Tensor> inputs, Tensor... outputs) {
        assertThatThrownBy(() -> Tensor.into(op, inputs, List.of(outputs))).hasMessage(message);
    }
}
