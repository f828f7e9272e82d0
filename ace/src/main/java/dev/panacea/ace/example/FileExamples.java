package dev.panacea.ace.example;

import dev.panacea.ace.data.ImageDecoder;
import dev.panacea.ace.data.Picture;
import dev.panacea.ace.drawn.Box;
import dev.panacea.ace.drawn.Point;
import dev.panacea.ace.label.Frame;
import dev.panacea.ace.label.LabelSet;
import dev.panacea.ace.label.Labelled;
import dev.panacea.ace.label.Mark;
import dev.panacea.ace.run.PictureSource;
import dev.panacea.tensor.DataException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.IntStream;

/** All pictures of a label set, in its order. */
final class FileExamples implements Examples {
    private static final double STRETCH = 0.02; // by so much, and a pixel of rounding, a mask may be too wide

    private final LabelSet set;
    private final List<Integer> labels;
    private final boolean masked;
    private final boolean pointed;
    private final PictureSource pictures;
    private final MaskFiles masks = new MaskFiles();
    private final ImageDecoder decoder = new ImageDecoder();
    private final Map<Path, Frame> sizes = new ConcurrentHashMap<>();

    FileExamples(LabelSet set, Function<List<Path>, PictureSource> open) {
        this.set = set;
        List<Mark> marks = set.pictures().stream().flatMap(one -> one.marks().stream()).toList();
        masked = set.hasMasks();
        pointed = set.hasPoints();
        boolean files = !marks.isEmpty() && marks.stream().allMatch(Mark.MaskFile.class::isInstance);
        labels = IntStream.range(0, set.labels().size())
                .filter(label -> !files || marks.stream().anyMatch(mark -> mark.label() == label)).boxed().toList();
        pictures = open.apply(set.pictures().stream().map(Labelled::file).toList());
    }

    /** The names of the labels: those of the set; where masks are files, those of which there is one. */
    List<String> labels() {
        return labels.stream().map(set.labels()::get).toList();
    }

    @Override
    public int size() {
        return set.pictures().size();
    }

    @Override
    public String name(int number) {
        return pictures.name(number);
    }

    @Override
    public float[] targets(int number) {
        Labelled one = set.pictures().get(number);
        float[] targets = new float[labels.size()];
        for (int i = 0; i < targets.length; i++) {
            int label = labels.get(i);
            targets[i] = set.kind() != LabelSet.Kind.MARKS ? one.targets()[label]
                    : one.marks().stream().anyMatch(mark -> mark.label() == label) ? 1 : 0;
        }
        return targets;
    }

    @Override
    public Example read(int number) {
        Labelled one = set.pictures().get(number);
        Picture picture = pictures.picture(number);
        return new Example(name(number), picture, targets(number), masked ? masks(one, picture) : List.of(),
                pointed ? points(one) : List.of());
    }

    @Override
    public List<Box> boxes(int number, int label) {
        Labelled one = set.pictures().get(number);
        return one.marks().stream().filter(mark -> mark.label() == labels.get(label)
                && mark instanceof Mark.Rectangle).map(mark -> share(((Mark.Rectangle) mark).box(), frame(one)))
                .toList();
    }

    private static Box share(Box box, Frame frame) {
        return new Box(box.x() / frame.width(), box.y() / frame.height(), box.width() / frame.width(),
                box.height() / frame.height());
    }

    private List<Optional<Point>> points(Labelled one) {
        List<Optional<Point>> points = new ArrayList<>();
        for (int label : labels) {
            points.add(one.marks().stream().filter(mark -> mark.label() == label && mark instanceof Mark.Spot)
                    .findFirst().map(mark -> share(((Mark.Spot) mark).at(), frame(one))));
        }
        return points;
    }

    private static Point share(Point at, Frame frame) {
        return new Point(at.x() / frame.width(), at.y() / frame.height());
    }

    /** The size that marks are measured in: the file's own, not the picture's, which may have been reduced. */
    private Frame frame(Labelled one) {
        Frame known = set.frame().orElse(sizes.get(one.file()));
        if (known == null) {
            Picture whole = decoder.decode(one.file());
            known = new Frame(whole.width(), whole.height());
            sizes.put(one.file(), known);
        }
        return known;
    }

    private List<Mask> masks(Labelled one, Picture picture) {
        List<Mask> all = new ArrayList<>();
        for (int label : labels) {
            all.add(mask(one, label, picture));
        }
        Mask some = all.stream().filter(mask -> mask != null).findFirst().orElse(null);
        Mask empty = some != null ? Mask.empty(some.width(), some.height())
                : Mask.empty(picture.width(), picture.height());
        all.replaceAll(mask -> mask == null ? empty : mask);
        return all;
    }

    /** Null where nothing is marked. */
    private Mask mask(Labelled one, int label, Picture picture) {
        Mask mask = null;
        if (one.marks().stream().anyMatch(mark -> mark.label() == label && mark instanceof Mark.Area)) {
            Frame frame = frame(one);
            mask = Mask.of(frame.width(), frame.height(), one.mask(label, frame));
        }
        for (Mark mark : one.marks()) {
            if (mark.label() == label && mark instanceof Mark.MaskFile file) {
                Mask read = fitting(file.file(), one, picture);
                if (mask != null && (mask.width() != read.width() || mask.height() != read.height())) {
                    throw new DataException(file.file() + ": mask of " + read.width() + " x " + read.height()
                            + " pixels, and another of the same for " + one.file() + " of " + mask.width() + " x "
                            + mask.height() + " (need one size)");
                }
                mask = mask == null ? read : mask.or(read);
            }
        }
        return mask;
    }

    private Mask fitting(Path file, Labelled one, Picture picture) {
        Mask mask = masks.mask(file);
        double width = (double) mask.width() * picture.height() / mask.height();
        if (Math.abs(width - picture.width()) > 1 + STRETCH * picture.width()) {
            throw new DataException(file + ": mask of " + mask.width() + " x " + mask.height() + " pixels for "
                    + one.file() + " of " + picture.width() + " x " + picture.height()
                    + " pixels (need the same ratio of sides: is it the mask of another picture?)");
        }
        return mask;
    }
}
