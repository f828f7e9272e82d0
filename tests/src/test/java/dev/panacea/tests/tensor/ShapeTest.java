package dev.panacea.tests.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.panacea.tensor.Layout;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.ShapeException;
import dev.panacea.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** Sizes, axes, broadcasting, and the fluent ways to change a shape. */
class ShapeTest {
    @Test
    void knowsItsSizes() {
        Shape shape = Shape.of(2, 3, 4);
        assertThat(shape.rank()).isEqualTo(3);
        assertThat(shape.size()).isEqualTo(24);
        assertThat(shape.dim(-1)).isEqualTo(4);
        assertThat(shape.with(-2, 7)).isEqualTo(Shape.of(2, 7, 4));
        assertThat(shape.without(0)).isEqualTo(Shape.of(3, 4));
        assertThat(shape.product(1, 3)).isEqualTo(12);
        assertThat(shape.contiguousStrides()).containsExactly(12, 4, 1);
        assertThat(shape).hasToString("[2, 3, 4]").hasSameHashCodeAs(Shape.of(2, 3, 4));
        assertThat(Shape.of()).isSameAs(Shape.SCALAR);
        assertThat(Shape.SCALAR.size()).isEqualTo(1);
        assertThat(Shape.of(3, 0).size()).isZero();
    }

    @Test
    void isNotChangedThroughItsArrays() {
        int[] dims = {2, 3};
        Shape shape = Shape.of(dims);
        dims[0] = 9;
        shape.dims()[1] = 9;
        assertThat(shape).isEqualTo(Shape.of(2, 3));
    }

    @Test
    void broadcastsAsNumPyDoes() {
        assertThat(Shape.broadcast("add", Shape.of(4, 1, 5), Shape.of(3, 1))).isEqualTo(Shape.of(4, 3, 5));
        assertThat(Shape.broadcast("add", Shape.SCALAR, Shape.of(2))).isEqualTo(Shape.of(2));
        assertThat(Shape.broadcast("add", Shape.of(1), Shape.of(0))).isEqualTo(Shape.of(0));
        refused(() -> Shape.broadcast("add", Shape.of(2, 3), Shape.of(4)), "add: shapes do not broadcast: [2, 3] and "
                + "[4] (need equal sizes or 1, aligned at the last axis)");
    }

    @Test
    void refusesWhatIsNoShape() {
        refused(() -> Shape.of(2, -1), "shape: negative size: [2, -1] (need sizes >= 0)");
        refused(() -> Shape.of(1 << 30, 1 << 30, 1 << 30),
                "shape: too many elements: [1073741824, 1073741824, 1073741824] (need < 2^63)");
        refused(() -> Shape.of(2).dim(1), "shape: axis 1 out of range for [2] (need -1..0)");
        refused(() -> Shape.SCALAR.axis("sum", 0), "sum: axis 0 out of range for [] (need rank >= 1)");
    }

    @Test
    void layoutsKnowWhenTheyAreDense() {
        assertThat(Layout.contiguous(Shape.of(2, 3)).isContiguous()).isTrue();
        assertThat(new Layout(Shape.of(1, 3), new long[] {77, 1}, 5).isContiguous()).isTrue();
        assertThat(new Layout(Shape.of(2, 3), new long[] {1, 2}, 0).isContiguous()).isFalse();
        assertThat(new Layout(Shape.of(0, 3), new long[] {0, 9}, 0).isContiguous()).isTrue();
        assertThat(new Layout(Shape.of(3), new long[] {-1}, 2).isContiguous()).isFalse();
    }

    @Test
    void axesComeAndGo() {
        Tensor x = Tensor.of(Shape.of(2, 3), 0f, 1, 2, 3, 4, 5);
        assertThat(x.unsqueeze(-1).shape()).isEqualTo(Shape.of(2, 3, 1));
        assertThat(x.unsqueeze(0).squeeze(0).shape()).isEqualTo(Shape.of(2, 3));
        assertThat(x.unsqueeze(1).flatten(0, 1).shape()).isEqualTo(Shape.of(2, 3));
        assertThat(x.flatten(0, -1).toDoubles()).containsExactly(0, 1, 2, 3, 4, 5);
        refused(() -> x.squeeze(0), "squeeze: axis 0 of [2, 3] (need size 1)");
        refused(() -> x.flatten(1, 0), "flatten: axes 1..0 of [2, 3] (need first <= last)");
        refused(() -> x.unsqueeze(3), "unsqueeze: axis 3 out of range for [2, 3] (need -3..2)");
    }

    @Test
    void tilesAndRepeats() {
        Tensor x = Tensor.of(Shape.of(2, 2), 1f, 2, 3, 4);
        assertThat(x.tile(1, 2).toDoubles()).containsExactly(1, 2, 1, 2, 3, 4, 3, 4);
        assertThat(x.tile(2, 1).toDoubles()).containsExactly(1, 2, 3, 4, 1, 2, 3, 4);
        assertThat(x.repeat(1, 2).toDoubles()).containsExactly(1, 1, 2, 2, 3, 3, 4, 4);
        assertThat(x.repeat(0, 2).toDoubles()).containsExactly(1, 2, 1, 2, 3, 4, 3, 4);
        refused(() -> x.tile(2), "tile: counts [2] for [2, 2] (need one for each axis)");
    }

    @Test
    void elementsAreReadByIndex() {
        Tensor x = Tensor.of(Shape.of(2, 3), 0f, 1, 2, 3, 4, 5);
        assertThat(x.at(1, 2)).isEqualTo(5);
        refused(() -> x.at(2, 0), "at: index [2, 0] out of range for [2, 3] (need one number in range for each axis)");
        refused(() -> x.at(1), "at: index [1] out of range for [2, 3] (need one number in range for each axis)");
        refused(x::item, "item: tensor of shape [2, 3] (need one element)");
        refused(() -> Tensor.of(Shape.of(3), 1f, 2), "tensor: 2 values for shape [3] (need 3)");
        assertThat(Tensor.scalar(2.5).item()).isEqualTo(2.5);
    }

    private static void refused(org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String message) {
        assertThatThrownBy(call).isInstanceOf(ShapeException.class).hasMessage(message);
    }
}
