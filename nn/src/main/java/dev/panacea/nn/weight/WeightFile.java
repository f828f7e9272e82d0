package dev.panacea.nn.weight;

import dev.panacea.tensor.DataException;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.io.ElementSource;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.SequencedMap;

/**
 * A file of named tensors, whatever its format. It is mapped, not read: its tensors stay on disk until they are loaded.
 * Nothing in it can run code, and what it claims is compared with its size before it takes memory.
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
     * Reads a file that is in memory already. Closing the result does not free the bytes.
     *
     * @param bytes the whole file
     * @param path  what {@link #path} and errors call it
     * @return the open file
     * @throws DataException if the bytes break a rule of their format
     */
    static WeightFile open(MemorySegment bytes, Path path) {
        return new MappedWeights(bytes, null, path);
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
     * The elements of one tensor as they are stored. Reading them throws {@link DataException} if the file is closed or
     * shrank.
     *
     * @param name a name of {@link #weights}
     * @return where they can be read from while the file is open
     * @throws DataException if there is no such tensor
     */
    ElementSource source(String name);

    /** Lets the file go; loaded tensors stay. Closing twice does nothing. */
    @Override
    void close();
}
