package dev.panacea.tests.data;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.panacea.ace.data.ImageDecoder;
import dev.panacea.ace.data.Picture;
import dev.panacea.tests.house.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code panacea data check}: what it counts, names and draws. */
class DataCheckTest {
    @TempDir
    private Path root;

    @BeforeEach
    void fill() throws IOException {
        PngFile png = new PngFile(3, 2, 8, 0, false);
        byte[] film = png.chunk("IDAT", png.rows(new int[] {0, 50, 100, 150, 200, 255}, false)).end();
        Files.write(root.resolve("a.png"), film);
        Files.createDirectory(root.resolve("sub"));
        Files.write(root.resolve("sub/again.jpg"), film);
        Files.write(root.resolve("b.dcm"), DicomFile.grey(DicomFile.EXPLICIT, 2, 1, 12, 0, 4095)
                .text(0x00281050, "DS", "2048").text(0x00281051, "DS", "4096").text(0x00280004, "CS", "MONOCHROME1")
                .end());
        Files.writeString(root.resolve("labels.csv"), "file,label\n");
    }

    @Test
    void saysWhatLiesThere() {
        Outcome check = Outcome.of("data", "check", root.toString(), "--threads", "2");
        assertThat(check.code()).isZero();
        assertThat(check.err()).isEmpty();
        assertThat(check.out()).contains("4 files in " + root + ": 3 pictures, 1 not readable; ",
                "  " + "     2  PNG         8 bits     3 x 2\n", "     1  DICOM      12 bits     2 x 1\n",
                "\nDICOM\n  2  b.dcm: 12 bits, window 2048/4096, inverted (MONOCHROME1)\n",
                "\nthe same content\n  a.png = sub/again.jpg\n",
                "\nnot readable\n  3  labels.csv: unknown format: 11 bytes (need PNG,");
    }

    @Test
    void countsTheLabelsOfADataSet() throws IOException {
        Files.writeString(root.resolve("labels.csv"), "image,split,label\na.png,train,ill\nagain.jpg,test,well\n"
                + "b.dcm,train,well\nlost.png,train,well\n");
        Outcome check = Outcome.of("data", "check", root.toString(), "--task", "csv");
        assertThat(check.code()).as(check.err()).isZero();
        assertThat(check.out().lines()).containsExactly("csv: 3 pictures, 1 more are listed and missing", "",
                "                                  train validation     test",
                "pictures                              2          0        1",
                "patients                              2          0        1",
                "ill                                   1          0        0",
                "well                                  1          0        1", "", "missing",
                "  " + root.resolve("labels.csv") + ": row 5: no picture \"lost.png\" in " + root);
        Outcome wrong = Outcome.of("data", "check", root.toString(), "--task", "csf");
        assertThat(wrong.code()).isEqualTo(1);
        assertThat(wrong.err()).contains("task: unknown: \"csf\" (is it csv?)").hasLineCount(1);
    }

    @Test
    void printsObjectsForPrograms() throws IOException {
        Outcome check = Outcome.of("data", "check", root.toString(), "--json");
        List<String> lines = check.out().lines().toList();
        assertThat(lines).hasSize(5);
        ObjectMapper mapper = new ObjectMapper();
        JsonNode dicom = mapper.readTree(lines.get(1));
        assertThat(dicom.get("file").textValue()).isEqualTo("b.dcm");
        assertThat(dicom.get("width").intValue()).isEqualTo(2);
        assertThat(dicom.get("mean").doubleValue()).isEqualTo(0.5);
        assertThat(dicom.get("applied").size()).isEqualTo(2);
        assertThat(mapper.readTree(lines.get(2)).get("error").textValue()).startsWith("unknown format: 11 bytes");
        JsonNode summary = mapper.readTree(lines.getLast());
        assertThat(summary.get("files").intValue()).isEqualTo(4);
        assertThat(summary.get("pictures").intValue()).isEqualTo(3);
        assertThat(summary.get("duplicates").get(0).get(1).textValue()).isEqualTo("sub/again.jpg");
    }

    @Test
    void drawsAContactSheet() {
        Path sheet = root.resolveSibling(root.getFileName() + ".png");
        Outcome check = Outcome.of("data", "check", root.toString(), "--out", sheet.toString());
        assertThat(check.out()).endsWith("contact sheet of 3: " + sheet + "\n");
        Picture picture = new ImageDecoder().decodeColour(sheet);
        assertThat(List.of(picture.width(), picture.height())).containsExactly(336, 336);
        // The first film's 3 x 2 pixels in the middle of the first cell of 168.
        assertThat(picture.value(84, 83, 0)).isEqualTo(picture.value(84, 83, 2)).isEqualTo(200 / 255f);
        assertThat(picture.value(83, 82, 1)).isZero();
    }

    @Test
    void failsOnlyWhereNothingIsReadable() throws IOException {
        Path bare = Files.createDirectory(root.resolve("bare"));
        assertThat(Outcome.of("data", "check", bare.toString()).code()).isEqualTo(1);
        Files.writeString(bare.resolve("x.txt"), "x");
        assertThat(Outcome.of("data", "check", bare.toString()).code()).isEqualTo(1);
        assertThat(Outcome.of("data", "check", root.resolve("none").toString())).isEqualTo(new Outcome(1, "",
                "panacea data check: " + root.resolve("none") + ": no such folder (check the path)\n"));
        assertThat(Outcome.of("data", "check", root.toString(), "--threads", "0").code()).isEqualTo(2);
        assertThat(Outcome.of("data")).isEqualTo(new Outcome(2, "", "panacea data: no command given (need check)\n"));
        assertThat(Outcome.of("data", "check", root.toString(), "--max-pixels", "5").out()).contains(
                "a.png: picture too large: 3 x 2 pixels (allowed: 5;");
    }
}
