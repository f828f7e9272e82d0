package dev.panacea.tests.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.panacea.ace.data.DecodeLimits;
import dev.panacea.ace.data.ImageDecoder;
import dev.panacea.ace.data.Picture;
import dev.panacea.nn.ConfigException;
import dev.panacea.tensor.DataException;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What holds for files of all formats: recognised by content, refused in one line. */
class DecodingTest {
    private static final ImageDecoder DECODER = new ImageDecoder();
    private static final String NEED = " (need PNG, JPEG, TIFF, BMP, DICOM, JPEG 2000 or a JSRT film: convert it)";

    private static byte[] png(int width, int height, int... samples) throws IOException {
        PngFile file = new PngFile(width, height, 8, 0, false);
        return file.chunk("IDAT", file.rows(samples, false)).end();
    }

    @Test
    void namesSayNothing(@TempDir Path folder) throws IOException {
        Path file = Files.write(folder.resolve("film.jpg.dcm"), png(2, 1, 0, 255));
        Picture picture = DECODER.decode(file);
        assertThat(picture.facts()).hasToString("PNG, 8 bits");
        assertThat(picture.values()).containsExactly(0, 1);
    }

    @Test
    void jsrtFilmsAreInverted() {
        byte[] film = new byte[2048 * 2048 * 2];
        film[0] = 0x0F;
        film[1] = (byte) 0xFF;
        film[2] = 0x01;
        Picture picture = DECODER.decode(film, "JPCLN001.IMG");
        assertThat(picture.value(0, 0, 0)).isZero();
        assertThat(picture.value(0, 1, 0)).isEqualTo((4095 - 256) / 4095f);
        assertThat(picture.value(2047, 2047, 0)).isEqualTo(1);
        assertThat(picture.facts()).hasToString("JSRT, 12 bits: inverted (JSRT film)");
        film[4] = 0x10;
        assertThatThrownBy(() -> DECODER.decode(film, "noise"))
                .hasMessage("noise: unknown format: 8388608 bytes" + NEED);
    }

    @Test
    void otherFilesAreNamed(@TempDir Path folder) throws IOException {
        refused("", "empty file: 0 bytes" + NEED);
        refused("file,label\n", "unknown format: 11 bytes" + NEED);
        refused("RIFF....WEBPVP8 ", "WebP is not readable: 16 bytes" + NEED);
        refused("GIF89a", "a GIF that ends in its header: 6 bytes" + NEED);
        refused("PK\u0003\u0004", "a zip archive: 4 bytes" + NEED);
        assertThatThrownBy(() -> DECODER.decode(folder)).isInstanceOf(DataException.class)
                .hasMessage(folder + ": no regular file (check the path)");
        assertThatThrownBy(() -> DECODER.decode(folder.resolve("none"))).isInstanceOf(DataException.class)
                .hasMessage(folder.resolve("none") + ": no such file (check the path)");
    }

    @Test
    void gifsAreReadAndNotTrusted() throws IOException {
        BufferedImage mask = new BufferedImage(60, 40, BufferedImage.TYPE_BYTE_GRAY);
        for (int i = 0; i < 2400; i++) {
            mask.getRaster().setSample(i % 60, i / 60, 0, i * i % 7 < 3 ? 255 : i % 256);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ImageIO.write(mask, "gif", out);
        byte[] gif = out.toByteArray();
        Picture picture = DECODER.decode(gif, "JPCLN001.gif");
        assertThat(picture.facts().format()).isEqualTo("GIF");
        for (int i = 0; i < 2400; i++) {
            assertThat(picture.values()[i]).isEqualTo(mask.getRaster().getSample(i % 60, i / 60, 0) / 255f);
        }
        for (int end : new int[] {13, 200, 780, 800, gif.length / 2, gif.length - 20}) {
            assertThatThrownBy(() -> DECODER.decode(Arrays.copyOf(gif, end), "cut")).as("%d of %d", end, gif.length)
                    .isInstanceOf(DataException.class);
        }
        Random random = new Random(4);
        for (int round = 0; round < 2000; round++) {
            byte[] damaged = gif.clone();
            for (int change = 0; change < 3; change++) {
                damaged[random.nextInt(round % 2 == 0 ? 830 : gif.length)] = (byte) random.nextInt();
            }
            try {
                assertThat(DECODER.decode(damaged, "x").values()).isNotEmpty();
            } catch (DataException refused) {
                assertThat(refused.getMessage()).doesNotContain("\n");
            }
        }
    }

    private static void refused(String content, String message) {
        assertThatThrownBy(() -> DECODER.decode(content.getBytes(StandardCharsets.ISO_8859_1), "x"))
                .isInstanceOf(DataException.class).hasMessage("x: " + message);
    }

    @Test
    void limitsAreTheCallers(@TempDir Path folder) throws IOException {
        byte[] png = png(3, 2, 1, 2, 3, 4, 5, 6);
        Path file = Files.write(folder.resolve("x.png"), png);
        assertThat(new ImageDecoder(new DecodeLimits(png.length, 6)).decode(file).width()).isEqualTo(3);
        assertThatThrownBy(() -> new ImageDecoder(new DecodeLimits(png.length, 5)).decode(file)).hasMessage(file
                + ": picture too large: 3 x 2 pixels (allowed: 5; shrink it, or raise the limit)");
        assertThatThrownBy(() -> new ImageDecoder(new DecodeLimits(png.length - 1, 6)).decode(file)).hasMessage(file
                + ": file too large: " + png.length + " bytes (allowed: " + (png.length - 1) + "; raise the limit)");
        assertThatThrownBy(() -> new DecodeLimits(0, 1)).isInstanceOf(ConfigException.class);
    }
}
