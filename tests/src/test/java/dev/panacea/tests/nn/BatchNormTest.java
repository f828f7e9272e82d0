package dev.panacea.tests.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.panacea.autograd.Tape;
import dev.panacea.autograd.Variable;
import dev.panacea.nn.Parameter;
import dev.panacea.nn.Parameters;
import dev.panacea.nn.Pass;
import dev.panacea.nn.TrainingPass;
import dev.panacea.nn.layer.BatchNorm2d;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.RandomSource;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When running moments follow those of a batch, and when they stay. */
class BatchNormTest {
    private MemoryScope scope;
    private Parameters parameters;
    private BatchNorm2d norm;

    @BeforeEach
    void open() {
        scope = MemoryScope.open("test");
        parameters = Parameters.of(1);
        norm = new BatchNorm2d(parameters, 1);
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private double buffer(String name) {
        return parameters.find(name).orElseThrow().value().item();
    }

    /** Of 1, 2, 3, 6 the mean is 3, the variance 14 / 4, and without bias 14 / 3. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void runningMomentsFollowABatchOnce(boolean recompute) {
        Tensor x = Tensor.of(Shape.of(2, 1, 1, 2), 1f, 2f, 3f, 6f);
        try (Tape tape = new Tape()) {
            TrainingPass pass = new TrainingPass(tape, RandomSource.of(1));
            Variable y = pass.block(tape.variable(x), recompute, in -> norm.forward(in, pass));
            tape.backward(y.mul(y).sum(false));
            assertThat(y.value().at(1, 0, 0, 1)).isCloseTo(3 / Math.sqrt(3.5 + 1e-5), within(1e-6));
        }
        assertThat(buffer("running_mean")).isCloseTo(0.3, within(1e-6));
        assertThat(buffer("running_var")).isCloseTo(0.9 + 1.4 / 3, within(1e-6));
        assertThat(buffer("num_batches_tracked")).isEqualTo(1);
        assertThat(parameters.trainable()).extracting(Parameter::path).containsExactly("weight", "bias");
    }

    @Test
    void evaluationReadsThemAndChangesNothing() {
        parameters.find("running_mean").orElseThrow().value().flat(0, 1);
        parameters.find("running_var").orElseThrow().value().flat(0, 4);
        Tensor y = norm.forward(Tensor.of(Shape.of(1, 1, 1, 2), 1f, 5f), Pass.EVALUATION);
        assertThat(y.at(0, 0, 0, 0)).isZero();
        assertThat(y.at(0, 0, 0, 1)).isCloseTo(2, within(1e-5));
        assertThat(buffer("running_mean")).isEqualTo(1);
        assertThat(buffer("running_var")).isEqualTo(4);
        assertThat(buffer("num_batches_tracked")).isZero();
        Parameter mean = parameters.find("running_mean").orElseThrow();
        assertThatThrownBy(() -> Pass.EVALUATION.update(mean, 1, y, 1)).isInstanceOf(IllegalStateException.class)
                .hasMessage("pass: evaluation changes no buffer (ask training() first)");
    }

    @Test
    void oneValueIsNormedByTheRunningMoments() {
        try (Tape tape = new Tape()) {
            TrainingPass pass = new TrainingPass(tape, RandomSource.of(1));
            Variable x = tape.variable(Tensor.of(Shape.of(1, 1, 1, 1), 3f));
            Variable y = norm.forward(x, pass);
            assertThat(y.value().item()).isCloseTo(3, within(1e-4));
            assertThat(tape.backward(y.sum(false)).of(x).item()).isCloseTo(1, within(1e-4));
        }
        assertThat(buffer("running_mean")).isZero();
        assertThat(buffer("running_var")).isEqualTo(1);
    }
}
