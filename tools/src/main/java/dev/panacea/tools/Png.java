package dev.panacea.tools;

import dev.panacea.tensor.io.AtomicFile;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Pictures on their way into files. */
public final class Png {
    private Png() {}

    /**
     * Writes a picture, atomically.
     *
     * @param kind what errors call it
     * @throws dev.panacea.tensor.DataException if the file cannot be written
     */
    public static void write(Path file, String kind, BufferedImage image) {
        AtomicFile.write(file, kind, encoded(image, "png"));
    }

    /**
     * A picture as the bytes of a file.
     *
     * @param format {@code png} or {@code jpeg}
     */
    public static byte[] encoded(BufferedImage image, String format) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ImageOutputStream memory = new MemoryCacheImageOutputStream(out)) { // others need a JVM that is not ending
            ImageIO.write(image, format, memory);
        } catch (IOException never) {
            throw new IllegalStateException(never); // memory does not refuse
        }
        return out.toByteArray();
    }
}
