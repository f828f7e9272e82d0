package dev.panacea.tools.transfer;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Names of files that tell pictures, or labels, apart, on file systems too to which capitals are the same. */
final class AnswerNames {
    private AnswerNames() {}

    /**
     * For each file its own name without the end; those that share one are called {@code FOLDER_NAME}, and by number
     * where that does not help.
     */
    static List<String> ofFiles(List<Path> files) {
        Map<String, Integer> counts = new HashMap<>();
        files.forEach(file -> counts.merge(folded(stem(file)), 1, Integer::sum));
        return unique(files.stream().map(file -> {
            Path folder = file.toAbsolutePath().normalize().getParent().getFileName();
            return counts.get(folded(stem(file))) == 1 || folder == null ? stem(file) : folder + "_" + stem(file);
        }).toList());
    }

    /** For each label its own name, but for what should not stand in that of a file. */
    static List<String> ofLabels(List<String> labels) {
        return unique(labels.stream().map(label -> {
            String plain = label.replaceAll("[^\\p{L}\\p{N}._ -]", "_").replaceFirst("^\\.+", "_");
            return plain.isBlank() ? "_" : plain;
        }).toList());
    }

    /** Ends such as those of UIDs, which are numbers, belong to the name. */
    private static String stem(Path file) {
        String name = file.getFileName().toString();
        String stem = name.replaceFirst("\\.[A-Za-z][A-Za-z0-9]{1,4}$", "");
        return stem.isEmpty() ? name : stem;
    }

    private static List<String> unique(List<String> names) {
        Set<String> taken = new HashSet<>();
        List<String> unique = new ArrayList<>();
        for (String name : names) {
            String free = name;
            for (int number = 2; !taken.add(folded(free)); number++) {
                free = name + "-" + number;
            }
            unique.add(free);
        }
        return unique;
    }

    private static String folded(String name) {
        return name.toLowerCase(Locale.ROOT);
    }
}
