package dev.panacea.tools.transfer;

import dev.panacea.nn.ConfigException;
import dev.panacea.tensor.DataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** Where results go: nothing is written over unasked. */
public final class OutFolder {
    @Option(names = "--out", paramLabel = "DIR", description = "The folder of the results: a new or an empty one.")
    private Path out;

    @Option(names = "--replace", description = "Write into a folder that is not empty, over files of the same names.")
    private boolean replace;

    /** What picocli fills in. */
    public OutFolder() {}

    /**
     * The folder, which may have to be {@linkplain #made made}; empty where none was named.
     *
     * @throws ConfigException if it is not empty, and may not be written into
     */
    Optional<Path> path() {
        if (out == null) {
            return Optional.empty();
        }
        try (Stream<Path> inside = Files.isDirectory(out) ? Files.list(out) : Stream.empty()) {
            if (!replace && inside.findAny().isPresent()) {
                throw new ConfigException("--out " + out + ": is not empty (name a new folder, or --replace files in"
                        + " it)");
            }
        } catch (IOException e) {
            throw new DataException("--out " + out + ": cannot be listed: " + e.getClass().getSimpleName()
                    + " (check its permissions)", e);
        }
        return Optional.of(out);
    }

    /**
     * A folder, made if it is not there.
     *
     * @throws DataException if it cannot be
     */
    static Path made(Path folder) {
        try {
            return Files.createDirectories(folder);
        } catch (IOException e) {
            throw new DataException("--out " + folder + ": cannot be made: " + e.getClass().getSimpleName()
                    + " (check the path and its permissions)", e);
        }
    }
}
