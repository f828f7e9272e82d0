package dev.panacea.tests.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.panacea.tests.data.DicomFile;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;

/** Small folders in the layouts of the public data sets, with real pictures of few pixels in them. */
final class SetFolder {
    private static final int SIDE = 40;
    private static final int RAW = 2048; // side of a film of JSRT

    private final Path root;
    private int pictures;
    private Path raw;

    SetFolder(Path root) {
        this.root = root;
    }

    private Path place(String name) throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        return file;
    }

    SetFolder list(String name, String... lines) throws IOException {
        Files.writeString(place(name), String.join("\n", lines) + "\n");
        return this;
    }

    /** Pictures of sides that differ, in the format that each name ends in. */
    SetFolder films(String... names) throws IOException {
        for (String name : names) {
            pictures++;
            picture(name, SIDE + pictures, SIDE, pictures);
        }
        return this;
    }

    private void picture(String name, int width, int height, int number) throws IOException {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY);
        for (int i = 0; i < width * height; i++) {
            image.getRaster().setSample(i % width, i / width, 0, level(i % width, i / width, number));
        }
        assertThat(ImageIO.write(image, name.substring(name.lastIndexOf('.') + 1), place(name).toFile())).isTrue();
    }

    private static int level(int x, int y, int number) {
        return (x * (number + 3) + y * 5 + 31 * number) % 256;
    }

    /** A photograph as of a fundus camera, three wide and two high. */
    SetFolder photographs(String... names) throws IOException {
        for (String name : names) {
            pictures++;
            picture(name, 3 * SIDE / 2, SIDE, pictures);
        }
        return this;
    }

    /** Masks whose left part is inside; wide ones are three wide and two high. */
    SetFolder masks(boolean wide, String... names) throws IOException {
        for (String name : names) {
            int width = wide ? 3 * SIDE / 2 : SIDE;
            BufferedImage image = new BufferedImage(width, SIDE, BufferedImage.TYPE_BYTE_GRAY);
            for (int i = 0; i < width * SIDE; i++) {
                image.getRaster().setSample(i % width, i / width, 0, 3 * (i % width) < width ? 255 : 0);
            }
            assertThat(ImageIO.write(image, name.substring(name.lastIndexOf('.') + 1), place(name).toFile())).isTrue();
        }
        return this;
    }

    /** Square pictures, as masks are. */
    SetFolder squares(String... names) throws IOException {
        for (String name : names) {
            pictures++;
            picture(name, SIDE, SIDE, pictures);
        }
        return this;
    }

    SetFolder dicom(String... names) throws IOException {
        for (String name : names) {
            pictures++;
            int number = pictures;
            int[] words = IntStream.range(0, SIDE * SIDE).map(i -> 16 * level(i % SIDE, i / SIDE, number)).toArray();
            Files.write(place(name), DicomFile.grey(DicomFile.EXPLICIT, SIDE, SIDE, 12, words).end());
        }
        return this;
    }

    /** Raw films as JSRT has them: 2048 × 2048 words of 12 bits, the high byte first. All have the same bytes. */
    SetFolder raw(String... names) throws IOException {
        for (String name : names) {
            if (raw == null) {
                byte[] bytes = new byte[2 * RAW * RAW];
                for (int i = 0; i < RAW * RAW; i++) {
                    int value = (i % RAW + i / RAW) & 0xFFF;
                    bytes[2 * i] = (byte) (value >> 8);
                    bytes[2 * i + 1] = (byte) value;
                }
                raw = Files.write(place(name), bytes);
            } else {
                Files.createLink(place(name), raw);
            }
        }
        return this;
    }
}
