package dev.panacea.nn.weight;

import dev.panacea.tensor.DataException;
import dev.panacea.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.SequencedMap;

/**
 * A file of named tensors, whatever its format. It is mapped, not read: its tensors stay on disk until they are loaded.
 * Nothing in it can run code, and nothing it claims can take more memory than its own size.
 *
 * <pre>{@code
 * try (WeightFile file = WeightFile.open(Path.of("checkpoint.pth"))) {
 *     Tensor weight = file.load("student.module.backbone.norm.weight");
 * }
 * }</pre>
 */
public sealed interface WeightFile extends AutoCloseable permits MappedWeights {
    /**
     * Opens a file, whose format is told by its content.
     *
     * @param path a safetensors file, or one of {@code torch.save}
     * @return the open file, to be closed
     * @throws DataException if it cannot be read, or breaks a rule of its format
     */
    static WeightFile open(Path path) {
        return MappedWeights.open(path);
    }

    /**
     * The file's path, as it was given.
     *
     * @return the path, for messages
     */
    Path path();

    /**
     * The format that was found.
     *
     * @return {@code safetensors}, {@code pytorch zip} or {@code pytorch legacy}
     */
    String format();

    /**
     * All tensors by name, in the order of the file. Dictionaries in dictionaries are joined by dots, as in
     * {@code student.module.backbone.norm.weight}.
     *
     * @return the tensors, not to be changed
     */
    SequencedMap<String, StoredWeight> weights();

    /**
     * Everything else that is a number, a text or a truth value, as text by name: {@code epoch}, {@code args.lr}, or
     * the metadata of safetensors.
     *
     * @return the texts, not to be changed
     */
    SequencedMap<String, String> texts();

    /**
     * Copies one tensor to the current backend: F32 where its elements are floats of any kind, I32 where they are
     * integers or truth values.
     *
     * @param name a name of {@link #weights}
     * @return a tensor of the stored shape
     * @throws DataException if there is no such tensor, its type is not known to tensors, an integer does not fit I32,
     *     or the file is closed or shrank
     */
    Tensor load(String name);

    /**
     * Copies elements as they are stored, little-endian and in row-major order.
     *
     * @param name a name of {@link #weights}
     * @param from the first element to copy
     * @param into where to; its size says how many elements
     * @throws DataException if there is no such tensor, or the file is closed or shrank
     * @throws IndexOutOfBoundsException if the tensor does not have that many elements
     */
    void read(String name, long from, MemorySegment into);

    /** Lets the file go; loaded tensors stay. Closing twice does nothing. */
    @Override
    void close();
}
