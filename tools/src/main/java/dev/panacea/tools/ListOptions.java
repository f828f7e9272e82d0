package dev.panacea.tools;

import dev.panacea.ace.data.ImageList;
import dev.panacea.tensor.DataException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** How pictures are found in lists. */
public final class ListOptions {
    @Option(names = "--root", paramLabel = "DIR",
            description = "What names in a list are relative to (default: the list's folder).")
    private Path root;

    @Option(names = "--column", defaultValue = "image", paramLabel = "NAME",
            description = "The column of a .csv that names the pictures (default: ${DEFAULT-VALUE}).")
    private String column;

    /** What picocli fills in. */
    public ListOptions() {}

    /**
     * The files of folders, lists and single pictures, in their order.
     *
     * @param command what errors begin with
     * @param err told which of those in lists are not there
     * @throws DataException if there are none, or a list cannot be read
     */
    public List<Path> files(List<Path> sources, String command, PrintWriter err) {
        List<Path> files = new ArrayList<>();
        for (Path source : sources) {
            ImageList found = ImageList.named(source, root, column);
            found.missing().forEach(line -> err.println(source + ": left out: " + line));
            found.entries().forEach(entry -> files.add(entry.file()));
        }
        err.flush();
        if (files.isEmpty()) {
            throw new DataException(command + ": no pictures in " + sources + " (name files, folders or lists)");
        }
        return files;
    }
}
