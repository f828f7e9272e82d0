package dev.panacea.nn.weight;

import dev.panacea.tensor.io.Safetensors;
import dev.panacea.tensor.io.SafetensorsFile;
import dev.panacea.tensor.io.StoredTensor;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/** What a file of weights was found to hold: its directory, checked, and none of its elements. */
record Contents(String format, SequencedMap<String, StridedElements> tensors, SequencedMap<String, String> texts) {

    /** Reads the directory of a whole file, whose format is told by its first bytes. */
    static Contents read(MemorySegment bytes, String where) {
        return safetensors(Safetensors.open(bytes, where));
    }

    private static Contents safetensors(SafetensorsFile file) {
        SequencedMap<String, StridedElements> tensors = new LinkedHashMap<>();
        for (String name : file.names()) {
            StoredTensor entry = file.entry(name);
            tensors.put(name, StridedElements.dense(entry.type(), entry.shape(), file.bytes(name)));
        }
        return new Contents("safetensors", tensors, new LinkedHashMap<>(file.metadata()));
    }
}
