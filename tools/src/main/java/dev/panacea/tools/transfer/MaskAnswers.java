package dev.panacea.tools.transfer;

import dev.panacea.ace.transfer.FineTuned;
import dev.panacea.tools.Png;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Masks in the size of each picture, {@code masks/LABEL/NAME.png}, white inside; {@code overlays/NAME.png} shows them
 * on the picture, and {@code masks.csv} tells them.
 */
final class MaskAnswers implements Answers {
    private static final float INSIDE = 0.5f;

    private final Path out;
    private final FineTuned tuned;
    private final boolean grey;
    private final List<String> labels;
    private final List<String> folders;
    private final List<List<String>> rows = new ArrayList<>();

    /**
     * Answers of a network.
     *
     * @param grey whether masks are probabilities, black 0 and white 1
     */
    MaskAnswers(Path out, FineTuned tuned, boolean grey) {
        this.out = out;
        this.tuned = tuned;
        this.grey = grey;
        labels = tuned.task().labels();
        folders = AnswerNames.ofLabels(labels);
        rows.add(List.of("image", "label", "pixels", "share", "mask"));
    }

    @Override
    public String add(Seen picture, float[] answer) {
        int pixels = tuned.config().view().pixels();
        int size = pixels * pixels;
        FilmOverlay overlay = new FilmOverlay(picture.shown());
        List<String> told = new ArrayList<>();
        for (int label = 0; label < labels.size(); label++) {
            float[] map = Arrays.copyOfRange(answer, label * size, (label + 1) * size);
            float[] inside = tuned.config().view().whole().back(map, pixels, picture.width(), picture.height());
            int count = (int) IntStream.range(0, inside.length).filter(i -> inside[i] > INSIDE).count();
            double share = (double) count / inside.length;
            Path file = OutFolder.made(out.resolve("masks").resolve(folders.get(label)))
                    .resolve(picture.name() + ".png");
            Png.write(file, "mask", image(inside, picture.width()));
            overlay.mask(map, pixels, FilmOverlay.colour(label));
            rows.add(List.of(picture.file().toString(), labels.get(label), Integer.toString(count),
                    Float.toString((float) share), file.toString()));
            told.add(String.format(Locale.ROOT, "%s %.1f %%", labels.get(label), 100 * share));
        }
        overlay.legend(labels).write(OutFolder.made(out.resolve("overlays")).resolve(picture.name() + ".png"));
        return told.stream().collect(Collectors.joining(", ", "", " of the picture"));
    }

    private BufferedImage image(float[] inside, int width) {
        BufferedImage image = new BufferedImage(width, inside.length / width, BufferedImage.TYPE_BYTE_GRAY);
        byte[] row = new byte[width];
        for (int from = 0; from < inside.length; from += width) {
            for (int column = 0; column < width; column++) {
                float value = inside[from + column];
                row[column] = (byte) (grey ? Math.round(255 * value) : value > INSIDE ? 255 : 0);
            }
            image.getRaster().setDataElements(0, from / width, width, 1, row);
        }
        return image;
    }

    @Override
    public Path finish() {
        return Answers.table(out.resolve("masks.csv"), rows);
    }
}
