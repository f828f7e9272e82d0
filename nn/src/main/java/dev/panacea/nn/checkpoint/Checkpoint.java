package dev.panacea.nn.checkpoint;

import dev.panacea.nn.CheckpointException;
import dev.panacea.nn.ConfigException;
import dev.panacea.tensor.DataException;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.io.Safetensors;
import dev.panacea.tensor.io.SafetensorsFile;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * A saved run, open for reading, its checksum found right.
 *
 * <pre>{@code
 * Checkpoint.save(path, state, progress);
 * try (Checkpoint saved = Checkpoint.open(path)) {
 *     saved.restore(state);
 *     Progress progress = saved.progress();
 * }
 * }</pre>
 */
public final class Checkpoint implements AutoCloseable {
    private static final String FORMAT = "panacea checkpoint";
    private static final int VERSION = 1;

    private final SafetensorsFile file;
    private final String where;
    private final Progress progress;

    private Checkpoint(SafetensorsFile file, String where) {
        this.file = file;
        this.where = where;
        try {
            told(where, () -> {
                file.verify();
                return null;
            });
            checkVersion();
            progress = Progress.of(file.metadata(), where);
        } catch (RuntimeException | Error e) {
            file.close();
            throw e;
        }
    }

    /**
     * Opens a checkpoint and compares its bytes with their checksum.
     *
     * @throws CheckpointException if it cannot be read, any bit of it has changed, or it is of another format
     */
    public static Checkpoint open(Path path) {
        return new Checkpoint(told(path.toString(), () -> Safetensors.open(path)), path.toString());
    }

    /**
     * Opens a checkpoint that is in memory already.
     *
     * @param where what errors call it
     * @throws CheckpointException as {@link #open(Path)}
     */
    public static Checkpoint open(MemorySegment bytes, String where) {
        return new Checkpoint(told(where, () -> Safetensors.open(bytes, where)), where);
    }

    /**
     * Writes a checkpoint, atomically: at every moment the path holds the old file or the complete new one, and a save
     * that fails leaves nothing behind.
     *
     * @throws CheckpointException if it cannot be written
     */
    public static void save(Path path, RunState state, Progress progress) {
        Map<String, String> metadata = progress.metadata();
        metadata.put("format", FORMAT);
        metadata.put("version", Integer.toString(VERSION));
        try (MemoryScope _ = MemoryScope.open("save")) {
            told(path.toString(), () -> {
                Safetensors.saveSealed(path, state.tensors(), metadata);
                return null;
            });
        }
    }

    /** The metric of a checkpoint, by a look at its header alone; NaN where it has none or cannot be read. */
    static double metric(Path path) {
        try (SafetensorsFile file = Safetensors.open(path)) {
            return Double.parseDouble(file.metadata().getOrDefault("metric", "NaN"));
        } catch (DataException | NumberFormatException e) {
            return Double.NaN;
        }
    }

    /** Where the run stood, and what it said of itself. */
    public Progress progress() {
        return progress;
    }

    /**
     * Puts models and optimisers where they were. Every tensor must be there, in its shape and type, and no other.
     *
     * @throws CheckpointException if the checkpoint does not fit, is closed or cannot be read; nothing is changed then
     */
    public void restore(RunState state) {
        restore(state, true);
    }

    /**
     * Puts some of the saved models and optimisers where they were, as a network that answers needs no optimiser. Of
     * each, every tensor must be there, in its shape and type, and no other.
     *
     * @throws CheckpointException as {@link #restore}
     */
    public void restorePart(RunState state) {
        restore(state, false);
    }

    /**
     * Says whether {@link #restorePart} could, of models that may have shapes alone.
     *
     * @throws CheckpointException if not
     */
    public void checkPart(RunState state) {
        new Fit(file, where).check(state.tensors(), false);
    }

    private void restore(RunState state, boolean whole) {
        try (MemoryScope _ = MemoryScope.open("restore")) {
            Map<String, Tensor> wanted = state.tensors();
            new Fit(file, where).check(wanted, whole);
            Map<String, Tensor> loaded = new HashMap<>();
            told(where, () -> {
                wanted.keySet().forEach(name -> loaded.put(name, file.load(name)));
                return null;
            });
            try {
                state.load(loaded);
            } catch (ConfigException e) {
                throw new CheckpointException("checkpoint " + where + ": " + e.getMessage(), e);
            }
        }
    }

    private void checkVersion() {
        String version = file.metadata().getOrDefault("version", "");
        if (!FORMAT.equals(file.metadata().get("format"))) {
            throw refused("not a checkpoint of a run: safetensors of another kind", "load it as weights");
        }
        if (!version.equals(Integer.toString(VERSION))) {
            throw refused("another version of the format: " + (version.matches("\\d{1,9}") ? version : "unknown")
                    + ", this program reads " + VERSION, "use the program that wrote it");
        }
    }

    private CheckpointException refused(String rule, String cure) {
        return new CheckpointException("checkpoint " + where + ": " + rule + " (" + cure + ")");
    }

    /** What the file says is wrong with it, told of a checkpoint. */
    private static <T> T told(String where, Supplier<T> read) {
        try {
            return read.get();
        } catch (DataException e) {
            String prefix = "safetensors " + where + ": ";
            String reason = e.getMessage().startsWith(prefix) ? e.getMessage().substring(prefix.length())
                    : e.getMessage();
            throw new CheckpointException("checkpoint " + where + ": " + reason, e);
        }
    }

    /** Ends reading; what was restored stays. Closing twice does nothing. */
    @Override
    public void close() {
        file.close();
    }
}
