package dev.panacea.tests.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.panacea.autograd.Tape;
import dev.panacea.autograd.Variable;
import dev.panacea.nn.model.PositionEmbedding;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.ShapeException;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import dev.panacea.tensor.io.Safetensors;
import dev.panacea.tensor.io.SafetensorsFile;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Cubic interpolation of pictures and of positions gives what PyTorch gives; tests/golden/positions.py made it. */
class PositionEmbeddingTest {
    private static final double TOLERANCE = 5e-6;

    @TestFactory
    Stream<DynamicTest> asPyTorchComputesIt() throws URISyntaxException {
        try (SafetensorsFile file = open()) {
            List<String> cases = file.names().stream().filter(name -> name.endsWith("/in"))
                    .map(name -> name.substring(0, name.length() - 3)).toList();
            assertThat(cases).hasSize(16);
            return cases.stream().map(name -> dynamicTest(name, () -> check(name)));
        }
    }

    private static void check(String name) throws URISyntaxException {
        try (SafetensorsFile file = open(); MemoryScope _ = MemoryScope.open(name); Tape tape = new Tape()) {
            Tensor x = file.load(name + "/in");
            Tensor expected = file.load(name + "/out");
            assertClose(name, resized(name, x, expected), expected);
            Variable leaf = tape.variable(x);
            Variable y = resized(name, leaf, expected);
            Tensor gradient = tape.backward(y, file.load(name + "/seed")).of(leaf);
            assertClose(name + " gradient", gradient, file.load(name + "/grad"));
        }
    }

    private static <T extends TensorOps<T>> T resized(String name, T x, Tensor like) {
        if (name.startsWith("bicubic")) {
            return x.bicubic(like.dim(2), like.dim(3), name.contains("smooth"));
        }
        String[] size = name.substring(name.lastIndexOf('_') + 1).split("x");
        return PositionEmbedding.resized(x, Integer.parseInt(size[0]), Integer.parseInt(size[1]));
    }

    private static void assertClose(String what, Tensor got, Tensor expected) {
        assertThat(got.shape()).as(what).isEqualTo(expected.shape());
        double[] a = got.toDoubles();
        double[] b = expected.toDoubles();
        for (int i = 0; i < a.length; i++) {
            assertThat(a[i]).as(what + " element " + i).isCloseTo(b[i], within(TOLERANCE * (1 + Math.abs(b[i]))));
        }
    }

    @Test
    void theSameSizeChangesNothing() {
        try (MemoryScope _ = MemoryScope.open("test")) {
            Tensor positions = Tensor.ones(1, 10, 4);
            assertThat(PositionEmbedding.resized(positions, 3, 3)).isSameAs(positions);
        }
    }

    @Test
    void whatIsNoSquareIsRefused() {
        try (MemoryScope _ = MemoryScope.open("test")) {
            assertThatThrownBy(() -> PositionEmbedding.resized(Tensor.ones(1, 12, 4), 3, 3))
                    .isInstanceOf(ShapeException.class).hasMessage("position embedding: [1, 12, 4] "
                            + "(need [1, 1 + g², C]: a class token, then a square)");
        }
    }

    private static SafetensorsFile open() throws URISyntaxException {
        return Safetensors.open(Path.of(
                PositionEmbeddingTest.class.getResource("/golden/positions.safetensors").toURI()));
    }
}
