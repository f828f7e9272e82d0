package dev.panacea.tests.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.panacea.tensor.ElementType;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.op.AdaptiveAvgPool2d;
import dev.panacea.tensor.op.Bilinear;
import dev.panacea.tensor.op.Input;
import dev.panacea.tensor.op.Op;
import dev.panacea.tensor.op.ResamplingBackward;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The kernel of pooling and resizing loads more than it uses. */
class ResamplingTest {
    /** One element that is no number spoils what the reference says it spoils, and no neighbour. */
    @Test
    void elementsOutOfReachDoNotCount() {
        Bilinear grows = new Bilinear(5, 50, false);
        Bilinear shrinks = new Bilinear(2, 9, true);
        for (Op op : List.of(grows, shrinks, new AdaptiveAvgPool2d(2, 7),
                new ResamplingBackward(shrinks, Shape.of(1, 2, 3, 40)))) {
            try (MemoryScope _ = MemoryScope.open("resampling")) {
                Tensor x = Input.real(1, 2, op instanceof ResamplingBackward ? 2 : 3,
                        op instanceof ResamplingBackward ? 9 : 40).make(ElementType.F32, 1);
                for (long i = 0; i < x.size(); i++) {
                    double before = x.flat(i);
                    x.flat(i, Double.NaN);
                    Tensor actual = x.apply(op, List.of(x)).getFirst();
                    Tensor expected = Tensor.zeros(actual.shape().dims());
                    op.reference(new Tensor[] {x}, new Tensor[] {expected});
                    for (long j = 0; j < actual.size(); j++) {
                        assertThat(Double.isNaN(actual.flat(j))).as("%s: element %d of input %d", op, j, i)
                                .isEqualTo(Double.isNaN(expected.flat(j)));
                    }
                    x.flat(i, before);
                }
            }
        }
    }
}
