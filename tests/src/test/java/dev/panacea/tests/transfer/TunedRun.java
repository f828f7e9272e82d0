package dev.panacea.tests.transfer;

import dev.panacea.ace.data.Picture;
import dev.panacea.ace.data.Resize;
import dev.panacea.ace.drawn.DrawnXray;
import dev.panacea.ace.example.ExampleSet;
import dev.panacea.ace.run.LoadLimits;
import dev.panacea.ace.transfer.TransferConfig;
import dev.panacea.ace.transfer.TransferKind;
import dev.panacea.ace.transfer.TransferRun;
import dev.panacea.tensor.MemoryScope;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import javax.imageio.ImageIO;

/** Runs of a few steps, whose networks know next to nothing, and films to ask them about. */
final class TunedRun {
    static final int PIXELS = 64;

    private TunedRun() {}

    static TransferConfig config(TransferKind kind, String model) {
        return TransferConfig.usual(kind, model).with(Map.of("view.pixels", Integer.toString(PIXELS),
                "model.headChannels", "8", "optimizer.batch", "4", "optimizer.epochs", "1", "optimizer.rate", "0.01"));
    }

    /** Fine-tunes a network in a folder, and returns the folder. */
    static Path of(Path folder, TransferConfig config, ExampleSet set) throws IOException {
        Files.createDirectories(folder);
        try (MemoryScope _ = MemoryScope.open("run");
                TransferRun run = TransferRun.open(TransferRun.Start.random(config, set), folder,
                        LoadLimits.usual())) {
            while (!run.isDone()) {
                run.next();
            }
        }
        return folder;
    }

    /** Writes a drawn film of these sides, and returns its file. */
    static Path film(Path file, int width, int height, long seed) throws IOException {
        Picture film = new Resize(height, width, Resize.Filter.BILINEAR).apply(DrawnXray.draw(seed, 128).picture());
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY);
        for (int i = 0; i < width * height; i++) {
            image.getRaster().setSample(i % width, i / width, 0, Math.round(255 * film.values()[i]));
        }
        ImageIO.write(image, "png", file.toFile());
        return file;
    }
}
