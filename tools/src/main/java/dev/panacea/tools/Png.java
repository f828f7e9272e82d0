package dev.panacea.tools;

import dev.panacea.tensor.io.AtomicFile;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;

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
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            ImageIO.write(image, "png", out);
        } catch (IOException never) {
            throw new IllegalStateException(never); // memory does not refuse
        }
        AtomicFile.write(file, kind, out.toByteArray());
    }
}
