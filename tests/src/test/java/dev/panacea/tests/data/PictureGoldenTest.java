package dev.panacea.tests.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.panacea.ace.data.ImageDecoder;
import dev.panacea.ace.data.Picture;
import dev.panacea.ace.data.PictureFacts;
import dev.panacea.ace.data.Resize;
import dev.panacea.tensor.DataException;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.io.Safetensors;
import dev.panacea.tensor.io.SafetensorsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Small files by other programs, against what other decoders see in them; tests/golden/pictures.py made both. */
class PictureGoldenTest {
    private static final Path FOLDER = Path.of("src", "test", "resources", "golden", "pictures");
    private static final Path EXPECTED = FOLDER.resolve("expected.safetensors");

    static Stream<String> files() {
        try (SafetensorsFile file = Safetensors.open(EXPECTED)) {
            return file.names().stream().filter(name -> !name.startsWith("resize/")).sorted().toList().stream();
        }
    }

    static Stream<String> sizes() {
        try (SafetensorsFile file = Safetensors.open(EXPECTED)) {
            return file.names().stream().filter(name -> name.startsWith("resize/b")).sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void isWhatOthersSee(String name) {
        try (MemoryScope _ = MemoryScope.open("golden"); SafetensorsFile file = Safetensors.open(EXPECTED)) {
            Tensor expected = file.load(name);
            boolean colour = expected.shape().rank() == 3;
            ImageDecoder decoder = new ImageDecoder();
            Path path = FOLDER.resolve(name);
            Picture picture = colour ? decoder.decodeColour(path) : decoder.decode(path);
            assertThat(List.of(picture.height(), picture.width(), picture.channels()))
                    .isEqualTo(List.of(expected.dim(0), expected.dim(1), colour ? 3 : 1));
            assertThat(difference(picture, expected)).isLessThanOrEqualTo(
                    Double.parseDouble(file.metadata().get(name)));
            if (colour) {
                greyIsLuma(decoder.decode(FOLDER.resolve(name)), picture);
            } else {
                Picture three = decoder.decodeColour(FOLDER.resolve(name));
                assertThat(three.value(3, 5, 1)).isEqualTo(picture.value(3, 5, 0)).isEqualTo(three.value(3, 5, 2));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void isRefusedWhereItsEndIsMissing(String name) throws IOException {
        byte[] whole = Files.readAllBytes(FOLDER.resolve(name));
        if (name.equals("tiff_pages.tif")) {
            return; // what is missing belongs to pages that nobody asks for
        }
        for (double share : new double[] {0.5, 0.75, 0.97}) {
            byte[] cut = Arrays.copyOf(whole, (int) (whole.length * share));
            assertThatThrownBy(() -> new ImageDecoder().decode(cut, name)).isInstanceOf(DataException.class)
                    .hasMessageMatching(Pattern.quote(name) + ": [^\\n]+\\([^\\n]+\\)");
        }
    }

    @Test
    void factsTellWhatWasDone() {
        ImageDecoder decoder = new ImageDecoder();
        assertThat(decoder.decode(FOLDER.resolve("tiff_pages.tif")).facts())
                .hasToString("TIFF, 8 bits: first of 3 pages");
        assertThat(decoder.decode(FOLDER.resolve("jpeg_turned_6.jpg")).facts())
                .hasToString("JPEG, 8 bits: turned upright (EXIF 6)");
        assertThat(decoder.decode(FOLDER.resolve("jpeg_ycck.jpg")).facts()).hasToString("JPEG, 8 bits: YCCK");
        assertThat(decoder.decode(FOLDER.resolve("dicom_grey12_jls.dcm")).facts()).hasToString("DICOM, 12 bits");
    }

    private static void greyIsLuma(Picture grey, Picture colour) {
        for (int i = 0; i < grey.values().length; i++) {
            float[] rgb = colour.values();
            assertThat(grey.values()[i]).isCloseTo(0.299f * rgb[3 * i] + 0.587f * rgb[3 * i + 1]
                    + 0.114f * rgb[3 * i + 2], org.assertj.core.data.Offset.offset(0.02f)); // luma of clipped colours
        }
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void resizesAsTorchvision(String name) {
        try (MemoryScope _ = MemoryScope.open("golden"); SafetensorsFile file = Safetensors.open(EXPECTED)) {
            Tensor input = file.load("resize/input");
            Tensor expected = file.load(name);
            Resize.Filter filter = Resize.Filter.valueOf(name.split("/")[1].toUpperCase(Locale.ROOT));
            Picture resized = new Resize(expected.dim(0), expected.dim(1), filter).apply(picture(input));
            assertThat(difference(resized, expected)).isLessThan(1e-6);
        }
    }

    @Test
    void resizesChannelsAlike() {
        try (MemoryScope _ = MemoryScope.open("golden"); SafetensorsFile file = Safetensors.open(EXPECTED)) {
            Picture grey = picture(file.load("resize/input"));
            float[] three = new float[grey.values().length * 3];
            for (int i = 0; i < three.length; i++) {
                three[i] = grey.values()[i / 3] * (i % 3) / 2;
            }
            Resize resize = new Resize(19, 81, Resize.Filter.BILINEAR);
            Picture colour = resize.apply(new Picture(grey.width(), grey.height(), 3, three, grey.facts()));
            Picture alone = resize.apply(grey);
            assertThat(colour.value(11, 40, 0)).isZero();
            assertThat(colour.value(11, 40, 1)).isEqualTo(alone.value(11, 40, 0) / 2);
            assertThat(colour.value(11, 40, 2)).isEqualTo(alone.value(11, 40, 0));
            assertThat(new Resize(grey.height(), grey.width(), Resize.Filter.BICUBIC).apply(grey)).isSameAs(grey);
        }
    }

    private static Picture picture(Tensor values) {
        double[] all = values.toDoubles();
        float[] floats = new float[all.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) all[i];
        }
        return new Picture(values.dim(1), values.dim(0), 1, floats, new PictureFacts("drawn", 8, List.of()));
    }

    private static double difference(Picture picture, Tensor expected) {
        double[] all = expected.toDoubles();
        double largest = 0;
        for (int i = 0; i < all.length; i++) {
            largest = Math.max(largest, Math.abs(all[i] - picture.values()[i]));
        }
        return largest;
    }
}
