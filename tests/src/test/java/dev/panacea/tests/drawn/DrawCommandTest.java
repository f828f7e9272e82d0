package dev.panacea.tests.drawn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.panacea.ace.data.ImageDecoder;
import dev.panacea.ace.data.Picture;
import dev.panacea.ace.drawn.DrawnXray;
import dev.panacea.ace.drawn.Drawing;
import dev.panacea.ace.drawn.Landmark;
import dev.panacea.ace.drawn.Organ;
import dev.panacea.tools.Main;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code panacea draw} writes what was drawn, and nothing that was there is touched. */
class DrawCommandTest {
    @TempDir
    private Path folder;

    @Test
    void theSetHoldsPicturesMasksAndTables() throws IOException {
        Path out = folder.resolve("set");
        Path sheet = folder.resolve("sheet.png");
        assertThat(Main.execute("draw", "--count", "3", "--films", "2", "--size", "64", "--seed", "5", "--bits", "16",
                "--finding", "EFFUSION", "--truth", "--out", out.toString(), "--sheet", sheet.toString())).isZero();
        assertThat(names(out)).containsExactly("boxes.csv", "findings.csv", "images", "landmark_names.csv",
                "landmarks.csv", "masks", "truth");
        assertThat(names(out.resolve("images"))).hasSize(6).contains("00000005_000.png", "00000007_001.png");
        assertThat(names(out.resolve("truth"))).hasSize(6);
        assertThat(names(out.resolve("masks"))).hasSize(6 * Organ.values().length).contains("00000006_001_heart.png");
        List<String> landmarks = Files.readAllLines(out.resolve("landmarks.csv"));
        assertThat(landmarks).hasSize(6).allMatch(line -> line.matches(
                "\\d{8}_\\d{3}\\.png(#\\d+\\.\\d\\d,\\d+\\.\\d\\d,\\d+){" + Landmark.values().length + "}"));
        assertThat(Files.readAllLines(out.resolve("findings.csv"))).hasSize(7)
                .first().asString().startsWith("Image Index,Finding Labels,");
        assertThat(Files.readAllLines(out.resolve("boxes.csv"))).hasSize(7).element(1).asString()
                .startsWith("00000005_000.png,Effusion,");
        assertThat(new ImageDecoder().decode(sheet).width()).isEqualTo(3 * 64);
    }

    @Test
    void filesHoldThePictureAsDrawn() {
        Path out = folder.resolve("set");
        assertThat(Main.execute("draw", "--count", "1", "--size", "80", "--bits", "16", "--out", out.toString()))
                .isZero();
        Picture read = new ImageDecoder().decode(out.resolve("images/00000001_000.png"));
        Drawing drawn = DrawnXray.draw(1, 80);
        Picture heart = new ImageDecoder().decode(out.resolve("masks/00000001_000_heart.png"));
        for (int i = 0; i < read.values().length; i++) {
            assertThat(Math.abs(read.values()[i] - drawn.picture().values()[i])).isLessThan(1.1f / 65535);
            assertThat(heart.values()[i]).isEqualTo(drawn.mask(Organ.HEART)[i] ? 1 : 0);
        }
    }

    @Test
    void foldersThatHoldSomethingAreLeftAlone() throws IOException {
        Files.writeString(folder.resolve("mine.txt"), "mine");
        assertThat(Main.execute("draw", "--count", "1", "--size", "64", "--out", folder.toString())).isEqualTo(1);
        assertThat(names(folder)).containsExactly("mine.txt");
    }

    @Test
    void wrongCallsAreRefused() {
        assertThat(Main.execute("draw")).isEqualTo(2);
        assertThat(Main.execute("draw", "--size", "63", "--out", folder.resolve("a").toString())).isEqualTo(2);
        assertThat(Main.execute("draw", "--bits", "12", "--out", folder.resolve("a").toString())).isEqualTo(2);
        assertThat(Main.execute("draw", "--healthy", "--finding", "NODULE", "--out", folder.resolve("a").toString()))
                .isEqualTo(2);
        assertThat(folder.resolve("a")).doesNotExist();
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> content = Files.list(folder)) {
            return content.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
