package dev.panacea.tools.drawn;

import dev.panacea.ace.drawn.Box;
import dev.panacea.ace.drawn.Drawing;
import dev.panacea.ace.drawn.DrawnFacts;
import dev.panacea.ace.drawn.Finding;
import dev.panacea.ace.drawn.Landmark;
import dev.panacea.ace.drawn.Organ;
import dev.panacea.ace.drawn.Point;
import dev.panacea.tensor.DataException;
import dev.panacea.tensor.io.AtomicFile;
import dev.panacea.tools.Png;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A folder of drawn pictures and tables of their truth, in the layouts of the public data sets. */
final class DrawnSet implements AutoCloseable {
    private final Path folder;
    private final int bits;
    private final boolean truth;
    private final StringBuilder landmarks = new StringBuilder();
    private final StringBuilder findings = new StringBuilder("Image Index,Finding Labels,Follow-up #,Patient ID,"
            + "Patient Age,Patient Gender,View Position,OriginalImageWidth,OriginalImageHeight\n");
    private final StringBuilder boxes = new StringBuilder("Image Index,Finding Label,x,y,w,h,severity\n");

    /**
     * Makes the folders.
     *
     * @throws DataException if the folder holds something, or cannot be made
     */
    DrawnSet(Path folder, int bits, boolean truth) {
        this.folder = folder;
        this.bits = bits;
        this.truth = truth;
        try {
            if (Files.isDirectory(folder)) {
                try (Stream<Path> content = Files.list(folder)) {
                    if (content.findAny().isPresent()) {
                        throw new DataException(folder + ": is not empty (choose a new folder)");
                    }
                }
            }
            for (String part : truth ? new String[] {"images", "masks", "truth"} : new String[] {"images", "masks"}) {
                Files.createDirectories(folder.resolve(part));
            }
        } catch (IOException failed) {
            throw new DataException(folder + ": cannot be made: " + failed.getMessage() + " (check its permissions)",
                    failed);
        }
    }

    /** Writes one picture with its masks, and remembers its rows. */
    void add(Drawing drawing) {
        DrawnFacts facts = drawing.facts();
        String stem = "%08d_%03d".formatted(facts.seed(), facts.film());
        String name = stem + ".png";
        Png.write(folder.resolve("images").resolve(name), "file", Pngs.grey(drawing, bits));
        for (Organ organ : Organ.values()) {
            Png.write(folder.resolve("masks").resolve(stem + "_" + organ.name().toLowerCase(Locale.ROOT) + ".png"),
                    "file", Pngs.mask(drawing.mask(organ), drawing.pixels()));
        }
        if (truth) {
            Png.write(folder.resolve("truth").resolve(name), "file", Overlay.of(drawing));
        }
        landmarks.append(name);
        for (Map.Entry<Landmark, Point> entry : drawing.landmarks().entrySet()) {
            landmarks.append(String.format(Locale.ROOT, "#%.2f,%.2f,%d", entry.getValue().x(), entry.getValue().y(),
                    entry.getKey().ordinal() + 1));
        }
        landmarks.append('\n');
        String labels = drawing.findings().stream().map(found -> found.kind().label())
                .collect(Collectors.joining("|"));
        findings.append(String.join(",", name, labels.isEmpty() ? "No Finding" : labels, "" + facts.film(),
                "" + facts.seed(), "" + facts.age(), facts.male() ? "M" : "F", facts.position(),
                "" + drawing.pixels(), "" + drawing.pixels())).append('\n');
        for (Finding found : drawing.findings()) {
            Box box = found.box();
            boxes.append(String.format(Locale.ROOT, "%s,%s,%.2f,%.2f,%.2f,%.2f,%.3f%n", name, found.kind().label(),
                    box.x(), box.y(), box.width(), box.height(), found.severity()));
        }
    }

    /** Writes the tables. */
    @Override
    public void close() {
        StringBuilder names = new StringBuilder("index,name\n");
        for (Landmark landmark : Landmark.values()) {
            names.append(landmark.ordinal() + 1).append(',').append(landmark.name().toLowerCase(Locale.ROOT))
                    .append('\n');
        }
        write("landmarks.csv", landmarks);
        write("landmark_names.csv", names);
        write("findings.csv", findings);
        write("boxes.csv", boxes);
    }

    private void write(String name, StringBuilder content) {
        AtomicFile.write(folder.resolve(name), "file", content.toString().getBytes(StandardCharsets.UTF_8));
    }
}
