package dev.panacea.ace.example;

import dev.panacea.ace.drawn.Box;
import dev.panacea.ace.drawn.DrawnFilm;
import dev.panacea.ace.drawn.DrawnXray;
import dev.panacea.ace.drawn.Finding;
import dev.panacea.ace.drawn.FindingKind;
import dev.panacea.ace.drawn.Landmark;
import dev.panacea.ace.drawn.Organ;
import dev.panacea.ace.drawn.Point;
import dev.panacea.ace.label.Frame;
import dev.panacea.ace.label.LabelSet;
import dev.panacea.ace.label.Mark;
import java.lang.ref.SoftReference;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Drawn X-rays, each of another patient. Drawing takes longer than a step of training, so those that were drawn are
 * kept as long as the memory has room for them.
 */
final class DrawnExamples implements Examples {
    private final DrawnTask task;
    private final int pixels;
    private final long seed;
    private final AtomicReferenceArray<SoftReference<Example>> drawn;

    DrawnExamples(DrawnTask task, int count, int pixels, long seed) {
        this.task = task;
        this.pixels = pixels;
        this.seed = seed;
        drawn = new AtomicReferenceArray<>(count);
    }

    @Override
    public int size() {
        return drawn.length();
    }

    @Override
    public String name(int number) {
        return "drawn X-ray " + (seed + number);
    }

    @Override
    public float[] targets(int number) {
        float[] targets = new float[task.labels().size()];
        if (task.kind() == LabelSet.Kind.MARKS) {
            Arrays.fill(targets, 1);
            return targets;
        }
        Set<FindingKind> found = DrawnXray.findings(seed + number, task.options());
        for (FindingKind kind : FindingKind.values()) {
            targets[kind.ordinal()] = found.contains(kind) ? 1 : 0;
        }
        return targets;
    }

    /** Two threads that ask at once may both draw it: it is the same. */
    @Override
    public Example read(int number) {
        SoftReference<Example> before = drawn.get(number);
        Example example = before == null ? null : before.get();
        if (example == null) {
            example = draw(number);
            drawn.set(number, new SoftReference<>(example));
        }
        return example;
    }

    private Example draw(int number) {
        DrawnFilm film = DrawnXray.film(seed + number, 0, task.options());
        Map<Landmark, Point> places = task.landmarks().isEmpty() ? Map.of() : film.landmarks(pixels);
        List<Mask> masks = task == DrawnTask.LESIONS ? boxes(film)
                : task.organs().stream().map(organs -> mask(film, organs)).toList();
        return new Example(name(number), film.draw(pixels).picture(), targets(number), masks,
                task.landmarks().stream().map(place -> Optional.of(places.get(place).times(1.0 / pixels))).toList());
    }

    @Override
    public List<Box> boxes(int number, int label) {
        if (task != DrawnTask.FINDINGS) {
            return List.of();
        }
        return DrawnXray.film(seed + number, 0, task.options()).findings(pixels).stream()
                .filter(finding -> finding.kind().ordinal() == label)
                .map(finding -> finding.box().times(1.0 / pixels)).toList();
    }

    private List<Mask> boxes(DrawnFilm film) {
        List<Finding> findings = film.findings(pixels);
        return Arrays.stream(FindingKind.values()).map(kind -> {
            boolean[] inside = new boolean[pixels * pixels];
            findings.stream().filter(finding -> finding.kind() == kind).forEach(finding ->
                    new Mark.Rectangle(kind.ordinal(), finding.box()).paint(inside, Frame.square(pixels)));
            return Mask.of(pixels, pixels, inside);
        }).toList();
    }

    private Mask mask(DrawnFilm film, List<Organ> organs) {
        return organs.stream().map(organ -> Mask.of(pixels, pixels, film.mask(organ, pixels))).reduce(Mask::or)
                .orElseThrow();
    }
}
