package dev.panacea.tests.tools;

import static org.assertj.core.api.Assertions.assertThat;

import dev.panacea.nn.Parameter;
import dev.panacea.nn.Parameters;
import dev.panacea.nn.model.Backbone;
import dev.panacea.nn.model.Classifier;
import dev.panacea.nn.model.Models;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.io.Safetensors;
import dev.panacea.tests.house.Outcome;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InspectCommandTest {
    private static final Pattern ADDRESS = Pattern.compile("data:image/(?:png|jpeg);base64,([A-Za-z0-9+/=]+)");

    @TempDir
    private Path folder;

    private Path page;

    @BeforeEach
    void page() {
        page = folder.resolve("page.html");
    }

    private Outcome inspect(String... more) {
        String[] all = new String[more.length + 3];
        all[0] = "inspect";
        all[1] = "--out";
        all[2] = page.toString();
        System.arraycopy(more, 0, all, 3, more.length);
        return Outcome.of(all);
    }

    /** A drawn X-ray through both families: every part of the page is there, and every picture in it can be read. */
    @Test
    void onePageOfBothFamilies() throws IOException {
        Outcome outcome = inspect("--checkpoint", "vit_nano_patch16_64=random", "--checkpoint", "swin_nano_64=random");
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.out()).isEqualTo(page + "\n");
        assertThat(outcome.code()).isZero();
        String html = Files.readString(page);
        assertThat(html).contains("drawn X-ray 1000000", "<h2>random vit_nano_patch16_64</h2>",
                "<h2>random swin_nano_64</h2>", "<h3>Attention, block by block</h3>", "<h3>Attention of heads</h3>",
                "<h3>Attention of places</h3>", "<h3>Attention rollout</h3>", "<h3>Grad-CAM</h3>",
                "<h3>Main directions of tokens</h3>", "<h3>Nearest tokens</h3>", "as 4 × 4 tokens of 96",
                "as 2 × 2 tokens of 192", "layers.3.blocks.1", "blocks.5, head 2");
        assertThat(html.replaceAll("data:image/[^)\"]*", "")).doesNotContain("http", "src=\"/", "url(/");
        int pictures = 0;
        for (MatchResult address : ADDRESS.matcher(html).results().toList()) {
            BufferedImage image = ImageIO.read(new ByteArrayInputStream(Base64.getDecoder().decode(address.group(1))));
            assertThat(image.getWidth()).isEqualTo(image.getHeight());
            pictures++;
        }
        // the film; per network blocks, heads, places, rollout, Grad-CAM, directions, nearest tokens
        assertThat(pictures).isEqualTo(1 + 6 + 3 + 3 + 1 + 1 + 1 + 3 + 8 + (1 + 2 + 4 + 8) + 12 + 1 + 1 + 1 + 3);
        inspect("--checkpoint", "vit_nano_patch16_64=random", "--checkpoint", "swin_nano_64=random");
        assertThat(Files.readString(page)).isEqualTo(html);
    }

    @Test
    void aPictureAndAClassifier() throws IOException {
        Parameters parameters = Parameters.of(3);
        Backbone backbone = Models.named("vit_nano_patch16_64").make(parameters);
        new Classifier(parameters, backbone, 5);
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (Parameter parameter : parameters.all()) {
            tensors.put(parameter.path(), parameter.value());
        }
        Path file = folder.resolve("weights.safetensors");
        Safetensors.save(file, tensors, Map.of());
        Path film = folder.resolve("a <film>.png");
        ImageIO.write(new BufferedImage(70, 50, BufferedImage.TYPE_INT_RGB), "png", film.toFile());
        Outcome outcome = inspect(film.toString(), "--checkpoint", "vit_nano_patch16_64=" + file);
        assertThat(outcome.code()).as(outcome.err()).isZero();
        String html = Files.readString(page);
        assertThat(html).contains("<h1>a &lt;film&gt;.png</h1>", "70 × 50 pixels, PNG, 8 bits")
                .doesNotContain("<film>");
        assertThat(Pattern.compile("<figcaption>class \\d: ").matcher(html).results()).hasSize(3);
        assertThat(inspect("--class", "4", "--class", "0", "--pixels", "32", "--checkpoint",
                "vit_nano_patch16_64=" + file).code()).isZero();
        assertThat(Files.readString(page)).containsPattern("(?s)class 4: .*class 0: ")
                .contains("as 2 × 2 tokens of 96");
        assertThat(inspect("--class", "5", "--checkpoint", "vit_nano_patch16_64=" + file).err()).endsWith(
                "panacea inspect: inspect: class 5: the classifier has 5 (need 0..4)\n");
    }

    @Test
    void errorsAreOneLineAndLeaveNoPage() throws IOException {
        String random = "vit_nano_patch16_64=random";
        assertThat(inspect("--class", "1", "--checkpoint", random).err()).isEqualTo("panacea inspect: inspect: --class"
                + " 1: random vit_nano_patch16_64 has no classifier (need a file with head.weight and head.bias)\n");
        assertThat(inspect("--pixels", "40", "--checkpoint", random).err()).isEqualTo("panacea inspect: inspect:"
                + " --pixels 40: the model vit_nano_patch16_64 has patches of 16 (need a multiple, up to 8192)\n");
        Path broken = Files.writeString(folder.resolve("broken.png"), "no picture");
        Outcome outcome = inspect(broken.toString(), "--checkpoint", random);
        assertThat(outcome.err()).startsWith("panacea inspect: " + broken + ": ").hasLineCount(1);
        assertThat(outcome.code()).isEqualTo(1);
        assertThat(page).doesNotExist();
    }
}
