package dev.panacea.nn.weight;

import dev.panacea.nn.ConfigException;
import dev.panacea.tensor.DataException;
import dev.panacea.tensor.io.AtomicFile;
import dev.panacea.tensor.io.ElementSource;
import dev.panacea.tensor.io.Safetensors;
import dev.panacea.tensor.io.StoredType;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/** Writes the weights of a file anew, in another format or with other floats, without having them all in memory. */
public final class WeightConversion {
    private WeightConversion() {}

    /**
     * Writes a file with the same tensors and texts, atomically. Its format is told by its name: {@code .safetensors},
     * or {@code .pth} and {@code .pt} for one that {@code torch.load(path, weights_only=True)} opens. Element types are
     * kept, or all floats changed, with the nearest value of the new type (of doubles, by way of F32).
     *
     * @param file   the open file to take from
     * @param path   the file to write or replace; its folder must exist
     * @param floats F32, F16 or BF16 for all floats, or null to keep them
     * @throws ConfigException if the name tells no format, or the type is none of these
     * @throws DataException   if the file cannot be written, or has what the format cannot hold
     */
    public static void write(WeightFile file, Path path, StoredType floats) {
        SequencedMap<String, ElementSource> sources = new LinkedHashMap<>();
        for (String name : file.weights().keySet()) {
            ElementSource source = file.source(name);
            sources.put(name, floats == null ? source : Narrowing.of(source, floats));
        }
        String name = path.getFileName() == null ? "" : path.getFileName().toString();
        if (name.endsWith(".safetensors")) {
            Safetensors.copy(path, sources, file.texts());
        } else if (name.endsWith(".pth") || name.endsWith(".pt")) {
            AtomicFile.write(path, "weights", new TorchWriter(sources, file.texts(), path.toString())::write);
        } else {
            throw new ConfigException("weights " + path + ": name tells no format: " + name
                    + " (need .safetensors, .pth or .pt)");
        }
    }
}
