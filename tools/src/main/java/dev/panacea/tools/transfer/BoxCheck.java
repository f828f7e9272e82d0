package dev.panacea.tools.transfer;

import dev.panacea.ace.drawn.Box;
import dev.panacea.ace.example.Example;
import dev.panacea.ace.example.Examples;
import dev.panacea.ace.example.Placement;
import dev.panacea.ace.metric.HeatMap;
import dev.panacea.ace.run.LoadLimits;
import dev.panacea.ace.transfer.FineTuned;
import dev.panacea.ace.transfer.Inference;
import dev.panacea.ace.transfer.LabelHeat;
import dev.panacea.ace.transfer.Localisation;
import dev.panacea.tensor.DataException;
import dev.panacea.tools.Progress;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Whether a classifier looks where boxes say that its labels are: numbers, and pictures of the first maps. */
final class BoxCheck {
    private static final int DRAWN = 16;
    private static final int BOX = 0x39FF14;

    private final FineTuned tuned;
    private final LabelHeat heat;
    private final Inference inference;
    private final Path out; // null for no pictures
    private final List<String> folders;

    BoxCheck(FineTuned tuned, Path out) {
        this.tuned = tuned;
        this.out = out;
        heat = new LabelHeat(tuned.config(), tuned.network());
        inference = tuned.inference(false, LoadLimits.usual());
        folders = AnswerNames.ofLabels(tuned.task().labels());
    }

    /**
     * Looks at all examples with boxes.
     *
     * @throws DataException if there are none
     */
    Localisation run(Examples examples, PrintWriter err) {
        List<String> labels = tuned.task().labels();
        List<Localisation.Found> found = new ArrayList<>();
        List<String> names = AnswerNames.ofFiles(IntStream.range(0, examples.size())
                .mapToObj(number -> Path.of(examples.name(number))).toList());
        try (Progress progress = Progress.open("boxes", examples.size(), err)) {
            for (int number = 0; number < examples.size(); number++) {
                float[] view = null;
                Example example = null;
                for (int label = 0; label < labels.size(); label++) {
                    List<Box> boxes = examples.boxes(number, label);
                    if (boxes.isEmpty()) {
                        continue;
                    }
                    example = example == null ? examples.read(number) : example;
                    view = view == null ? inference.views(example.picture()).getFirst() : view;
                    HeatMap map = heat.of(view, label);
                    found.add(measured(example.name(), label, map, boxes));
                    if (out != null && found.size() <= DRAWN) {
                        draw(example, map, boxes, folders.get(label) + "/" + names.get(number));
                    }
                }
                progress.step();
            }
        }
        if (found.isEmpty()) {
            throw new DataException("--boxes: none of the " + examples.size() + " pictures has a box (need a data set"
                    + " with boxes of labels, such as chestxray14 with BBox_List_2017.csv)");
        }
        return new Localisation(labels, found);
    }

    /** In pixels of the view. */
    private Localisation.Found measured(String name, int label, HeatMap map, List<Box> boxes) {
        int pixels = tuned.config().view().pixels();
        Placement whole = tuned.config().view().whole();
        HeatMap fine = new HeatMap(pixels, whole.back(map.values(), map.width(), pixels, pixels));
        return Localisation.Found.of(name, label, fine, boxes.stream().map(box -> box.times(pixels)).toList());
    }

    private void draw(Example example, HeatMap map, List<Box> boxes, String name) {
        FilmOverlay overlay = new FilmOverlay(FilmOverlay.shown(example.picture())).heat(map);
        boxes.forEach(box -> overlay.box(box, BOX));
        Path file = out.resolve("boxes").resolve(name + ".png");
        OutFolder.made(file.getParent());
        overlay.write(file);
    }
}
