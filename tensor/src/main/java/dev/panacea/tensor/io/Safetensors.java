package dev.panacea.tensor.io;

import dev.panacea.tensor.DataException;
import dev.panacea.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Map;

/**
 * Files of named tensors: an 8-byte length, a JSON header with types, shapes and places, and the plain little-endian
 * data. Nothing in such a file can be executed.
 *
 * <pre>{@code
 * Safetensors.save(path, Map.of("weight", weight), Map.of("model", "swin_tiny"));
 * try (SafetensorsFile file = Safetensors.open(path)) {
 *     Tensor weight = file.load("weight");
 * }
 * }</pre>
 */
public final class Safetensors {
    private Safetensors() {}

    /**
     * Opens a file for reading. Its header is read and checked; its tensors stay on disk until they are loaded.
     *
     * @param path the file, of any size
     * @return the open file, to be closed
     * @throws DataException if the file cannot be opened, or breaks a rule of the format
     */
    public static SafetensorsFile open(Path path) {
        MappedFile file = MappedFile.open(path, "safetensors");
        try {
            return new SafetensorsFile(file.bytes(), path.toString(), file);
        } catch (RuntimeException | Error e) {
            file.close();
            throw e;
        }
    }

    /**
     * Reads a file that is in memory already. Closing the result does not free the bytes.
     *
     * @param bytes the whole file
     * @param where what errors call it
     * @return the open file
     * @throws DataException if the bytes break a rule of the format
     */
    public static SafetensorsFile open(MemorySegment bytes, String where) {
        return new SafetensorsFile(bytes, where, null);
    }

    /**
     * Writes a file, atomically: at every moment, even if the machine fails, the path holds the old file or the
     * complete new one. The bytes depend on names, values and texts alone, not on the order of the maps.
     *
     * @param path     the file to write or replace; its folder must exist
     * @param tensors  the tensors by name, from any device, contiguous or not, of at most 8 axes
     * @param metadata free texts
     * @throws DataException if a name or text cannot be stored, or the file cannot be written
     */
    public static void save(Path path, Map<String, Tensor> tensors, Map<String, String> metadata) {
        copy(path, SafetensorsWriter.sources(tensors), metadata);
    }

    /**
     * Writes a file as {@link #save} does, from elements that need not be in memory.
     *
     * @param path     the file to write or replace; its folder must exist
     * @param sources  the elements by name, of at most 8 axes
     * @param metadata free texts
     * @throws DataException if a name or text cannot be stored, or the file cannot be written
     */
    public static void copy(Path path, Map<String, ? extends ElementSource> sources, Map<String, String> metadata) {
        write(path, new SafetensorsWriter(sources, metadata, null, path.toString()));
    }

    /**
     * Writes a file as {@link #save} does, with a checksum of all its other bytes at its end: a tensor named
     * {@code crc32c} to other readers, for {@link SafetensorsFile#verify} to compare.
     *
     * @param path     the file to write or replace; its folder must exist
     * @param tensors  the tensors by name, none named {@code crc32c}
     * @param metadata free texts
     * @throws DataException if a name or text cannot be stored, or the file cannot be written
     */
    public static void saveSealed(Path path, Map<String, Tensor> tensors, Map<String, String> metadata) {
        write(path, new SafetensorsWriter(SafetensorsWriter.sources(tensors), metadata, new Seal(), path.toString()));
    }

    private static void write(Path path, SafetensorsWriter writer) {
        AtomicFile.write(path, "safetensors", writer::write);
    }
}
