package dev.panacea.tests.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.panacea.ace.data.ImageDecoder;
import dev.panacea.ace.data.Picture;
import dev.panacea.tensor.DataException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every kind of PNG that there is, and what is wrong with those that are none. */
class PngTest {
    private static final ImageDecoder DECODER = new ImageDecoder();

    record Kind(int bits, int colour, boolean interlaced, int width, int height) {}

    static Stream<Kind> kinds() {
        List<Kind> kinds = new ArrayList<>();
        for (int[] kind : new int[][] {{1, 0}, {2, 0}, {4, 0}, {8, 0}, {16, 0}, {8, 2}, {16, 2}, {1, 3}, {2, 3}, {4, 3},
            {8, 3}, {8, 4}, {16, 4}, {8, 6}, {16, 6}}) {
            for (boolean interlaced : new boolean[] {false, true}) {
                for (int[] size : new int[][] {{1, 1}, {3, 2}, {13, 11}, {32, 9}}) {
                    kinds.add(new Kind(kind[0], kind[1], interlaced, size[0], size[1]));
                }
            }
        }
        return kinds.stream();
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void isDecodedExactly(Kind kind) throws IOException {
        SplittableRandom random = new SplittableRandom(kind.hashCode());
        int channels = PngFile.channels(kind.colour());
        int[] samples = new int[kind.width() * kind.height() * channels];
        Arrays.setAll(samples, i -> random.nextInt(1 << kind.bits()));
        samples[0] = (1 << kind.bits()) - 1; // so that 16 bits stay 16
        PngFile file = new PngFile(kind.width(), kind.height(), kind.bits(), kind.colour(), kind.interlaced());
        byte[] palette = new byte[3 << kind.bits()];
        if (kind.colour() == 3) {
            random.nextBytes(palette);
            file.chunk("PLTE", palette);
        }
        byte[] bytes = file.chunk("gAMA", new byte[] {0, 0, 1, 0}).chunk("tRNS", new byte[] {0, 7})
                .chunk("IDAT", file.rows(samples, kind.interlaced())).end();

        Picture picture = DECODER.decodeColour(bytes, "x.png");
        double largest = (1 << kind.bits()) - 1;
        for (int i = 0; i < kind.width() * kind.height(); i++) {
            for (int c = 0; c < 3; c++) {
                int sample = samples[i * channels + (channels < 3 ? 0 : c)];
                double expected = kind.colour() == 3 ? (palette[3 * sample + c] & 0xFF) / 255.0 : sample / largest;
                assertThat(picture.values()[3 * i + c]).isEqualTo((float) expected,
                        org.assertj.core.data.Offset.offset(1e-6f));
            }
        }
        assertThat(picture.facts().applied()).contains("gamma not applied");
        assertThat(picture.facts().applied().contains("alpha ignored")).isEqualTo(kind.colour() >= 4);
    }

    private static byte[] grey(int width, int height, byte[] data) {
        return new PngFile(width, height, 8, 0, false).chunk("IDAT", data).end();
    }

    @Test
    void damageIsNamed() throws IOException {
        byte[] rows = new PngFile(9, 7, 8, 0, false).rows(new int[63], false);
        byte[] good = grey(9, 7, rows);
        assertThat(DECODER.decode(good, "good").mean()).isZero();
        byte[] flipped = good.clone();
        flipped[good.length - 20] ^= 1;
        refused(flipped, "x: PNG damaged: checksum of chunk IDAT at byte 33 is wrong (copy or convert the file again)");
        refused(Arrays.copyOf(good, good.length - 12),
                "x: PNG cut off: after " + (good.length - 12)
                        + " bytes, in or before chunk 2 of pixels (copy the file again)");
        refused(grey(9, 7, Arrays.copyOf(rows, rows.length - 6)),
                "x: PNG cut off: its pixels end early (copy the file again)");
        refused(grey(9, 8, rows), "x: PNG cut off: its pixels end early (copy the file again)");
        refused(new PngFile(9, 7, 8, 3, false).chunk("IDAT", rows).end(),
                "x: PNG damaged: no palette (need 3 for each colour)");
        int[] ones = new int[63];
        Arrays.fill(ones, 1);
        PngFile few = new PngFile(9, 7, 8, 3, false);
        refused(few.chunk("PLTE", new byte[3]).chunk("IDAT", few.rows(ones, false)).end(),
                "x: PNG damaged: colour 1 of a palette of 1 (convert the file again)");
        refused(grey(0, 7, rows), "x: empty picture: 0 x 7 pixels (need 1 x 1 or more)");
        refused(grey(-1, -1, rows),
                "x: PNG damaged: size 4294967295 x 4294967295 (convert the file again)");
        refused(new PngFile(9, 7, 3, 0, false).end(), "x: PNG damaged: no such kind: 3 bits, colour 0, compression 0, "
                + "filter 0, interlacing 0 (convert the file again)");
    }

    @Test
    void sizesAreCheckedBeforeAnythingIsAllocated() {
        refused(grey(20_000, 20_000, new byte[100]), "x: picture too large: 20000 x 20000 pixels (allowed: 67108864; "
                + "shrink it, or raise the limit)");
        refused(grey(8_000, 8_000, new byte[100]), "x: picture too large for its file: 8000 x 8000 pixels of "
                + "8 bits in 157 bytes (convert it to PNG)");
        refused(grey(4_000, 4_000, new byte[100]),
                "x: PNG cut off or forged: 4000 x 4000 pixels in 100 bytes (copy the file again)");
    }

    private static void refused(byte[] file, String message) {
        assertThatThrownBy(() -> DECODER.decode(file, "x")).isInstanceOf(DataException.class).hasMessage(message);
    }

    @Test
    void shallowFilmsInDeepFilesAreScaled() throws IOException {
        for (int bits = 8; bits <= 16; bits++) {
            PngFile file = new PngFile(2, 1, 16, 0, false);
            int largest = (1 << bits) - 1;
            byte[] bytes = file.chunk("IDAT", file.rows(new int[] {largest, largest / 2}, false)).end();
            Picture picture = DECODER.decode(bytes, "deep");
            assertThat(picture.facts().bits()).isEqualTo(bits);
            assertThat(picture.values()).containsExactly(1f, (float) (largest / 2) / largest);
            assertThat(picture.facts().applied()).hasSize(bits == 16 ? 0 : 1);
        }
    }
}
