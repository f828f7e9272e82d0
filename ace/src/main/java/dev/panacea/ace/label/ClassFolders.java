package dev.panacea.ace.label;

import dev.panacea.ace.label.SetBuilder.Entry;
import dev.panacea.tensor.DataException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * A folder for each class, with its pictures in it or below. Above them may be folders {@code train}, {@code val} and
 * {@code test}. Each picture counts as a patient; where patients have several, a table can tell them.
 */
final class ClassFolders {
    private static final Map<String, Split> SPLITS = Map.of("train", Split.TRAIN, "training", Split.TRAIN, "val",
            Split.VALIDATION, "valid", Split.VALIDATION, "validation", Split.VALIDATION, "test", Split.TEST);

    private ClassFolders() {}

    static LabelSet read(PictureIndex index, long seed) {
        List<Path> files = index.pictures().stream().filter(file -> index.root().relativize(file).getNameCount() > 1)
                .toList();
        boolean split = !files.isEmpty() && files.stream().allMatch(file -> SPLITS.containsKey(part(index, file, 0)));
        TreeSet<String> classes = new TreeSet<>();
        for (Path file : files) {
            if (split && index.root().relativize(file).getNameCount() < 3) {
                throw new DataException(file + ": not in the folder of a class (move it into one)");
            }
            classes.add(part(index, file, split ? 1 : 0));
        }
        if (classes.size() < 2) {
            throw new DataException(index.root() + ": " + classes.size() + " folders of classes (need two or more)");
        }
        List<String> labels = List.copyOf(classes);
        SetBuilder set = new SetBuilder("folder", LabelSet.Kind.ONE, labels, index);
        for (Path file : files) {
            String name = index.root().relativize(file).toString();
            set.add(new Place(index.root(), 0), new Entry(name, name,
                    split ? SPLITS.get(part(index, file, 0)) : null,
                    set.one(labels.indexOf(part(index, file, split ? 1 : 0))), List.of()), file);
        }
        return set.build(null, seed);
    }

    private static String part(PictureIndex index, Path file, int number) {
        return index.root().relativize(file).getName(number).toString();
    }
}
