package dev.panacea.tools.transfer;

import dev.panacea.ace.drawn.Point;
import dev.panacea.ace.transfer.FineTuned;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Key points, {@code points.csv}: places in pixels of each picture, from its upper left corner, and the height of the
 * heat map there. {@code overlays/NAME.png} shows them.
 */
final class PointAnswers implements Answers {
    private static final int NUMBERS = 3; // of an answer: column, row, height

    private final Path out;
    private final FineTuned tuned;
    private final List<String> labels;
    private final List<List<String>> rows = new ArrayList<>();

    PointAnswers(Path out, FineTuned tuned) {
        this.out = out;
        this.tuned = tuned;
        labels = tuned.task().labels();
        rows.add(List.of("image", "label", "x", "y", "height"));
    }

    @Override
    public String add(Seen picture, float[] answer) {
        int pixels = tuned.config().view().pixels();
        FilmOverlay overlay = new FilmOverlay(picture.shown());
        for (int label = 0; label < labels.size(); label++) {
            int at = label * NUMBERS;
            Point share = tuned.config().view().whole().share(new Point(answer[at], answer[at + 1]), pixels);
            rows.add(List.of(picture.file().toString(), labels.get(label), shown(share.x() * picture.width()),
                    shown(share.y() * picture.height()), Float.toString(answer[at + 2])));
            overlay.point(share, labels.get(label), FilmOverlay.colour(label));
        }
        overlay.write(OutFolder.made(out.resolve("overlays")).resolve(picture.name() + ".png"));
        return labels.size() + " points";
    }

    private static String shown(double pixels) {
        return String.format(Locale.ROOT, "%.2f", pixels);
    }

    @Override
    public Path finish() {
        return Answers.table(out.resolve("points.csv"), rows);
    }
}
