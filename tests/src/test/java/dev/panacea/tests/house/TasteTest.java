package dev.panacea.tests.house;

import static org.assertj.core.api.Assertions.assertThat;

import dev.panacea.autograd.Gradients;
import dev.panacea.autograd.Tape;
import dev.panacea.autograd.Variable;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The example of the README is the code below, and prints what the README says it prints. */
class TasteTest {
    @Test
    void readmeExampleRuns() throws IOException {
        try (MemoryScope _ = MemoryScope.open("taste"); Tape tape = new Tape()) {
            Tensor x = Tensor.of(Shape.of(2, 3), 1f, 2f, 3f, 4f, 5f, 6f);
            Variable w = tape.variable(Tensor.of(Shape.of(3, 2), 0.1f, -0.2f, 0.3f, 0.4f, -0.5f, 0.6f));
            Variable loss = tape.constant(x).matmul(w).softmax(-1).log().mean(false);
            Gradients gradients = tape.backward(loss);
            String printed = gradients.of(w).toString();

            assertThat(readme()).contains("// " + printed.replace("\n", "\n    // "));
            assertThat(readme()).contains(ownSource().lines().map(String::strip)
                    .dropWhile(line -> !line.startsWith("Tensor x"))
                    .takeWhile(line -> !line.startsWith("String printed"))
                    .map(line -> "    " + line).collect(Collectors.joining("\n")));
        }
    }

    private static String readme() throws IOException {
        return Files.readString(Path.of("..", "README.md"));
    }

    private static String ownSource() throws IOException {
        return Files.readString(Path.of("src", "test", "java", "dev", "panacea", "tests", "house", "TasteTest.java"));
    }
}
