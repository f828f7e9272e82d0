package dev.panacea.tests.nn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.panacea.autograd.Gradients;
import dev.panacea.autograd.Tape;
import dev.panacea.autograd.Variable;
import dev.panacea.nn.Parameter;
import dev.panacea.nn.Parameters;
import dev.panacea.nn.TrainingPass;
import dev.panacea.nn.layer.Linear;
import dev.panacea.nn.model.VisionTransformer;
import dev.panacea.nn.model.VitConfig;
import dev.panacea.nn.optim.GradientSum;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.RandomSource;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Tensor;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The mean of the gradients of small batches is the gradient of one large batch, within rounding. */
class GradientSumTest {
    private static final int BATCH = 6;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 6})
    void smallBatchesEqualALargeOne(int batches) {
        try (MemoryScope _ = MemoryScope.open("test")) {
            Model model = new Model();
            Map<Parameter, double[]> whole = new HashMap<>();
            model.gradients(0, BATCH, gradient -> model.all.trainable()
                    .forEach(p -> whole.put(p, gradient.apply(p).toDoubles())));
            GradientSum sum = new GradientSum(model.all.trainable());
            int size = BATCH / batches;
            for (int batch = 0; batch < batches; batch++) {
                model.gradients(batch * size, size, gradient -> sum.add(gradient, 1.0 / batches));
            }
            Function<Parameter, Tensor> taken = sum.take();
            double largest = whole.values().stream().flatMapToDouble(Arrays::stream).map(Math::abs).max().orElseThrow();
            whole.forEach((p, wanted) -> {
                double[] got = taken.apply(p).toDoubles();
                for (int i = 0; i < got.length; i++) {
                    assertThat(Math.abs(got[i] - wanted[i])).as("%s, element %d", p, i)
                            .isLessThanOrEqualTo(1e-5 * Math.abs(wanted[i]) + 4e-6 * largest);
                }
            });
        }
    }

    private static final class Model {
        private final Parameters all = Parameters.of(5);
        private final VisionTransformer vit =
                new VisionTransformer(all, new VitConfig(32, 3, 8, 32, 2, 4, 1e-6, 0, false));
        private final Linear head = new Linear(all.at("head"), 32, 3, true);
        private final Tensor pictures = RandomSource.of(6).normal(0, 1, BATCH, 3, 32, 32);
        private final Tensor labels = Tensor.of(Shape.of(BATCH), 0, 1, 2, 2, 1, 0);

        /** The gradients of the mean loss over some of the pictures. */
        void gradients(int first, int count, Consumer<Function<Parameter, Tensor>> use) {
            try (MemoryScope _ = MemoryScope.open("step"); Tape tape = new Tape()) {
                TrainingPass pass = new TrainingPass(tape, RandomSource.of(1));
                Variable x = tape.constant(pictures.slice(0, first, first + count));
                Variable loss = head.forward(vit.pooled(x, pass), pass)
                        .crossEntropy(tape.constant(labels.slice(0, first, first + count)));
                Gradients gradients = tape.backward(loss);
                use.accept(p -> pass.gradient(gradients, p));
            }
        }
    }
}
