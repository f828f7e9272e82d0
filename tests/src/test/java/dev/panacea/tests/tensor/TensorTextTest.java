package dev.panacea.tests.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.panacea.tensor.ElementType;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** How tensors print. */
class TensorTextTest {
    @Test
    void scalarsAndVectors() {
        assertThat(Tensor.scalar(2.5)).hasToString("tensor(2.5000, F32 [])");
        assertThat(Tensor.of(Shape.of(3), 1f, -2, 30)).hasToString("tensor([ 1., -2., 30.], F32 [3])");
        assertThat(Tensor.of(Shape.of(2), 7, 12)).hasToString("tensor([ 7, 12], I32 [2])");
        assertThat(Tensor.zeros(0)).hasToString("tensor([], F32 [0])");
    }

    @Test
    void columnsLineUp() {
        assertThat(Tensor.of(Shape.of(2, 2), 1.5f, -10.25f, 100, 0)).hasToString("""
                tensor([[  1.5000, -10.2500],
                        [100.0000,   0.0000]], F32 [2, 2])""");
        assertThat(Tensor.of(Shape.of(1, 2, 1), 1f, 2)).hasToString("""
                tensor([[[1.],
                         [2.]]], F32 [1, 2, 1])""");
    }

    @Test
    void notFiniteAndExtremeValues() {
        assertThat(Tensor.of(Shape.of(3), Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY))
                .hasToString("tensor([ nan,  inf, -inf], F32 [3])");
        assertThat(Tensor.of(Shape.of(2), 1e-9f, 1)).hasToString("tensor([1.0000e-09, 1.0000e+00], F32 [2])");
    }

    @Test
    void longAxesAreShortened() {
        Tensor x = Tensor.zeros(ElementType.I32, 2000);
        for (int i = 0; i < 2000; i++) {
            x.flat(i, i);
        }
        assertThat(x).hasToString("tensor([   0,    1,    2, ..., 1997, 1998, 1999], I32 [2000])");
    }

    /** Elements that are not shown do not decide how the others look. */
    @Test
    void formatFollowsWhatIsShown() {
        Tensor x = Tensor.zeros(4000);
        x.flat(2, 0.5);
        assertThat(x.toString()).startsWith("tensor([0.0000, 0.0000, 0.5000, ...");
    }

    @Test
    void viewsAndFreedTensors() {
        Tensor x = Tensor.of(Shape.of(2, 2), 1f, 2, 3, 4);
        assertThat(x.transpose(0, 1)).hasToString("""
                tensor([[1., 3.],
                        [2., 4.]], F32 [2, 2])""");
        Tensor freed;
        try (MemoryScope _ = MemoryScope.open("short")) {
            freed = Tensor.zeros(2);
        }
        assertThat(freed).hasToString("tensor(freed, F32 [2])");
    }
}
