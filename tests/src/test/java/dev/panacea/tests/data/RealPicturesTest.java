package dev.panacea.tests.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.panacea.ace.data.ImageDecoder;
import dev.panacea.ace.data.ImageList;
import dev.panacea.ace.data.Picture;
import dev.panacea.tensor.DataException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every row of the manifests of odd files, in the folder that PANACEA_DATA names. */
class RealPicturesTest {
    private static final ImageDecoder DECODER = new ImageDecoder();
    private static final Offset<Double> TENTH = Offset.offset(0.1 / 255);

    /** A row of a manifest, its fields by name. */
    record Row(List<String> header, ImageList.Entry entry) {
        String get(String name) {
            return entry.fields().get(header.indexOf(name));
        }

        double number(String name) {
            return Double.parseDouble(get(name));
        }

        @Override
        public String toString() {
            return entry.file().getFileName().toString();
        }
    }

    private static Path data() {
        String folder = System.getenv("PANACEA_DATA");
        assumeTrue(folder != null && Files.isDirectory(Path.of(folder)), "PANACEA_DATA names no folder");
        return Path.of(folder);
    }

    private static Stream<Row> rows(String manifest) {
        ImageList list = ImageList.csv(data().resolve(manifest), "file", data());
        assertThat(list.missing()).isEmpty();
        return list.entries().stream().map(entry -> new Row(list.header(), entry));
    }

    static Stream<Row> oddFiles() {
        return rows("oddfiles/manifest.csv");
    }

    static Stream<Row> dicomFiles() {
        return rows("dicom/manifest.csv");
    }

    @ParameterizedTest
    @MethodSource("oddFiles")
    void oddFilesAreDecodedOrRefused(Row row) {
        String expected = row.get("expected");
        boolean refused = expected.startsWith("error") || expected.contains("limit check")
                || row.toString().endsWith(".webp");
        if (refused) {
            assertThatThrownBy(() -> DECODER.decode(row.entry().file())).isInstanceOf(DataException.class)
                    .hasMessageMatching("[^\\n]+\\([^\\n]+\\)");
            return;
        }
        Picture picture = DECODER.decode(row.entry().file());
        double scale = (1 << picture.facts().bits()) - 1;
        if (row.toString().equals("gray1bit.png")) {
            scale = 255; // the manifest scales it
        }
        if (row.get("gray_mean_expected").isEmpty()) {
            assertThat(picture.mean()).isCloseTo(192.988 / 255, TENTH); // the same film, smaller, in other formats
        } else {
            assertThat(picture.mean() * scale).isCloseTo(row.number("gray_mean_expected"),
                    Offset.offset(scale * 0.1 / 255));
        }
        if (row.get("what").contains("upright display is 512x400")) {
            assertThat(List.of(picture.width(), picture.height())).containsExactly(512, 400);
        }
    }

    @ParameterizedTest
    @MethodSource("dicomFiles")
    void dicomFilesShowWhatTheirElementsSay(Row row) {
        boolean refused = List.of("ValueError", "AttributeError").contains(row.get("decode_error"))
                && !row.toString().contains("emri"); // of which only the last frame is damaged
        if (refused) {
            assertThatThrownBy(() -> DECODER.decode(row.entry().file())).isInstanceOf(DataException.class)
                    .hasMessageMatching("[^\\n]+\\([^\\n]+\\)");
            return;
        }
        Picture picture = DECODER.decode(row.entry().file());
        assertThat(picture.width()).isEqualTo((int) row.number("cols"));
        assertThat(picture.height()).isEqualTo((int) row.number("rows"));
        assertThat(picture.facts().format()).isEqualTo("DICOM");
        assertThat(picture.facts().bits()).isEqualTo((int) row.number("bits_stored"));
        String applied = String.join(", ", picture.facts().applied());
        assertThat(applied.contains("inverted")).isEqualTo(row.get("photometric").equals("MONOCHROME1"));
        assertThat(applied.contains("frames")).isEqualTo(row.number("frames") > 1);
        if (!row.get("stored_min").isEmpty() && !row.get("photometric").startsWith("YBR")
                && !row.get("note").contains("LUT")) {
            double[] range = range(picture);
            boolean lossy = row.get("transfer_syntax_name").matches("JPEG Extended.*|JPEG 2000 Image Compression");
            Offset<Double> tolerance = Offset.offset(lossy ? 0.004 : 2e-5);
            double low = shown(row, row.number("stored_min"));
            double high = shown(row, row.number("stored_max"));
            assertThat(range[0]).isCloseTo(Math.min(low, high), tolerance);
            assertThat(range[1]).isCloseTo(Math.max(low, high), tolerance);
            if (low > 0 && low < 1 && high > 0 && high < 1) { // nothing was clipped, so the mean went the same way
                assertThat(picture.mean()).isCloseTo(shown(row, row.number("stored_mean")), tolerance);
            }
        }
    }

    private static double[] range(Picture picture) {
        double least = 1;
        double most = 0;
        for (float value : picture.values()) {
            least = Math.min(least, value);
            most = Math.max(most, value);
        }
        return new double[] {least, most};
    }

    /** What a stored value looks like by the columns of the manifest. */
    private static double shown(Row row, double stored) {
        double slope = row.get("rescale_slope").isEmpty() ? 1 : row.number("rescale_slope");
        double value = slope * stored + (row.get("rescale_intercept").isEmpty() ? 0 : row.number("rescale_intercept"));
        double shown;
        if (row.get("window_center").isEmpty()) {
            // The manifest has the 15 signed bits as unsigned: from 2^14 on they are negative.
            shown = row.number("signed") == 1 ? stored < 16384 ? 1 : 0
                    : value / (Math.pow(2, row.number("bits_stored")) - 1);
        } else {
            double centre = Double.parseDouble(row.get("window_center").replaceAll("[\\[\\]]|,.*", ""));
            double width = Double.parseDouble(row.get("window_width").replaceAll("[\\[\\]]|,.*", ""));
            shown = Math.clamp((value - centre + 0.5) / (width - 1) + 0.5, 0, 1);
        }
        return row.get("photometric").equals("MONOCHROME1") ? 1 - shown : shown;
    }

    @Test
    void derivedFilesEqualTheirReferences() {
        Path folder = data().resolve("dicom/derived");
        Picture eight = DECODER.decode(folder.resolve("reference_8bit.png"));
        for (String name : List.of("cxr_8bit_deflated", "cxr_8bit_implicit_le")) {
            assertThat(Arrays.equals(DECODER.decode(folder.resolve(name + ".dcm")).values(), eight.values()))
                    .as(name).isTrue();
        }
        Picture crop = DECODER.decode(folder.resolve("cxr_8bit_odd_381x383.dcm"));
        for (int y = 0; y < 383; y++) {
            assertThat(Arrays.equals(crop.values(), y * 381, (y + 1) * 381, eight.values(), y * 384, y * 384 + 381))
                    .as("row " + y).isTrue();
        }
        Picture twelve = DECODER.decode(folder.resolve("reference_12bit_in16.png"));
        assertThat(twelve.facts().bits()).isEqualTo(12);
        for (String name : List.of("cxr_12bit_big_endian", "cxr_12bit_jpegls_lossless")) {
            Picture picture = DECODER.decode(folder.resolve(name + ".dcm"));
            double largest = 0;
            for (int i = 0; i < twelve.values().length; i++) { // window 2048/4096 is the whole range
                largest = Math.max(largest, Math.abs(picture.values()[i] - twelve.values()[i]));
            }
            assertThat(largest).as(name).isLessThan(1e-5);
        }
    }

    @Test
    void jpegFilmsAreTheOriginals(TestReporter reporter) {
        Path films = data().resolve("cxr");
        ImageList originals = ImageList.folder(films.resolve("nih_original_png"));
        double worst = 0;
        for (ImageList.Entry entry : originals.entries()) {
            Picture png = DECODER.decode(entry.file());
            String name = entry.file().getFileName().toString().replace(".png", ".jpg");
            Picture jpeg = DECODER.decode(films.resolve("nih").resolve(name));
            double sum = 0;
            for (int i = 0; i < png.values().length; i++) {
                sum += Math.abs(png.values()[i] - jpeg.values()[i]);
            }
            worst = Math.max(worst, sum / png.values().length);
        }
        reporter.publishEntry("originals", originals.entries().size() + " films, worst mean difference " + worst * 255
                + " of 255");
        assertThat(originals.entries()).isNotEmpty();
        assertThat(worst * 255).isLessThan(1.5);
    }
}
