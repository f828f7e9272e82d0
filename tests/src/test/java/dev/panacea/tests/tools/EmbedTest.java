package dev.panacea.tests.tools;

import static org.assertj.core.api.Assertions.assertThat;

import dev.panacea.ace.data.ImageDecoder;
import dev.panacea.ace.data.Normalisation;
import dev.panacea.ace.data.Preparation;
import dev.panacea.nn.Parameters;
import dev.panacea.nn.Pass;
import dev.panacea.nn.model.Backbone;
import dev.panacea.nn.model.Models;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.io.Safetensors;
import dev.panacea.tensor.io.SafetensorsFile;
import dev.panacea.tests.house.Outcome;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code panacea embed}: the features it writes are those of the model. */
class EmbedTest {
    @TempDir
    private Path folder;

    private Path films;

    private Outcome embed(String model, String out, String... more) {
        List<String> args = new ArrayList<>(List.of("embed", films.toString(), "--model", model, "--weights", "random",
                "--out", folder.resolve(out).toString()));
        args.addAll(List.of(more));
        return Outcome.of(args.toArray(String[]::new));
    }

    @BeforeEach
    void drawPictures() throws IOException {
        films = Files.createDirectory(folder.resolve("films"));
        for (int number = 0; number < 5; number++) {
            BufferedImage image = new BufferedImage(40 + 9 * number, 50, BufferedImage.TYPE_BYTE_GRAY);
            for (int y = 0; y < image.getHeight(); y++) {
                for (int x = 0; x < image.getWidth(); x++) {
                    image.getRaster().setSample(x, y, 0, (x * (number + 2) + y * y) % 256);
                }
            }
            ImageIO.write(image, "png", films.resolve("film" + number + ".png").toFile());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"swin_nano_64", "vit_nano_patch16_64"})
    void featuresAreTheModels(String model) {
        Outcome outcome = embed(model, "f.safetensors", "--tokens", "--batch", "2", "--fit", "crop");
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.code()).isZero();
        assertThat(outcome.out()).contains("5 pictures");
        Preparation preparation = new Preparation(64, 3, Preparation.Fit.CROP, Normalisation.XRAY);
        try (MemoryScope _ = MemoryScope.open("test");
                SafetensorsFile file = Safetensors.open(folder.resolve("f.safetensors"))) {
            String[] files = file.metadata().get("files").split("\n");
            assertThat(files).hasSize(5);
            Backbone backbone = Models.named(model).make(Parameters.of(1));
            for (int i = 0; i < files.length; i++) {
                assertThat(files[i]).isEqualTo(films.resolve("film" + i + ".png").toString());
                float[] values = preparation.apply(new ImageDecoder().decodeColour(Path.of(files[i])));
                Backbone.Encoding<Tensor> encoding =
                        backbone.encode(Tensor.of(Shape.of(1, 3, 64, 64), values), Pass.EVALUATION);
                assertThat(file.load("pooled").slice(0, i, i + 1).toFloats()).isEqualTo(encoding.pooled().toFloats());
                assertThat(file.load("tokens").slice(0, i, i + 1).toFloats()).isEqualTo(encoding.tokens().toFloats());
            }
        }
    }

    @Test
    void tableAndTensorsSayTheSame() throws IOException {
        assertThat(embed("swin_nano_64", "f.safetensors", "--tokens").code()).isZero();
        assertThat(embed("swin_nano_64", "f.csv", "--tokens").code()).isZero();
        List<String> lines = Files.readAllLines(folder.resolve("f.csv"));
        try (MemoryScope _ = MemoryScope.open("test");
                SafetensorsFile file = Safetensors.open(folder.resolve("f.safetensors"))) {
            Tensor pooled = file.load("pooled");
            Tensor tokens = file.load("tokens"); // [5, 2, 2, K]
            int channels = pooled.dim(1);
            assertThat(lines).hasSize(1 + 5 * (1 + 4));
            assertThat(lines.getFirst()).startsWith("file,row,column,f0,f1,").endsWith(",f" + (channels - 1));
            assertThat(lines.get(1)).startsWith(films.resolve("film0.png") + ",,,");
            String[] last = lines.getLast().split(",");
            assertThat(List.of(last).subList(1, 3)).containsExactly("1", "1");
            assertThat(Float.parseFloat(last[last.length - 1]))
                    .isEqualTo((float) tokens.at(4, 1, 1, channels - 1));
        }
    }

    @Test
    void unreadablePicturesAreNamedAndLeftOut() throws IOException {
        Files.writeString(films.resolve("film2.png"), "no picture");
        Outcome outcome = embed("swin_nano_64", "f.safetensors");
        assertThat(outcome.code()).isZero();
        assertThat(outcome.err().lines()).hasSize(1);
        assertThat(outcome.err()).contains("film2.png", "left out");
        assertThat(outcome.out()).contains("4 pictures", "1 unreadable left out");
    }

    @Test
    void nothingReadableIsAnErrorAndLeavesNoFile() throws IOException {
        for (int number = 0; number < 5; number++) {
            Files.writeString(films.resolve("film" + number + ".png"), "no picture");
        }
        Outcome outcome = embed("swin_nano_64", "f.safetensors");
        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.err()).contains("no picture could be read");
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).containsExactly(films);
        }
    }

    @Test
    void mistakesAreOneLineBeforeAnyWork() {
        assertThat(embed("swin_nano_64", "f.npz").err().lines()).hasSize(1).allMatch(line -> line.contains("npz"));
        assertThat(embed("swin_mega", "f.csv").err()).contains("unknown name", "swin_base");
        assertThat(embed("swin_nano_64", "f.csv", "--normalise", "grey").err()).contains("imagenet");
        assertThat(embed("swin_nano_64", "nowhere/f.csv").err().lines()).hasSize(1);
        Outcome weights = Outcome.of("embed", films.toString(), "--model", "swin_nano_64", "--weights",
                folder.resolve("none.pth").toString(), "--out", folder.resolve("f.csv").toString());
        assertThat(weights.code()).isEqualTo(1);
        assertThat(weights.err().lines()).hasSize(1);
        assertThat(weights.err()).contains("none.pth");
    }
}
