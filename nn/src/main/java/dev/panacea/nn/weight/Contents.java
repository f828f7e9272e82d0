package dev.panacea.nn.weight;

import dev.panacea.tensor.DataException;
import dev.panacea.tensor.io.Safetensors;
import dev.panacea.tensor.io.SafetensorsFile;
import dev.panacea.tensor.io.StoredTensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/** What a file of weights was found to hold: its directory, checked, and none of its elements. */
record Contents(String format, SequencedMap<String, StridedElements> tensors, SequencedMap<String, String> texts) {
    private static final ValueLayout.OfInt FIRST = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int ZIP = 0x04034b50;

    /** Reads the directory of a whole file, whose format is told by its first bytes. */
    static Contents read(MemorySegment bytes, String where) {
        int start = bytes.byteSize() < 16 ? 0 : bytes.get(FIRST, 0);
        boolean pickle = (start & 0xff) == 0x80 && (start >>> 8 & 0xff) <= 5
                && bytes.get(ValueLayout.JAVA_BYTE, 8) != '{'; // else it may be the length of a header
        if (start == ZIP) {
            return TorchFile.readZip(bytes, where);
        }
        if (pickle) {
            return TorchFile.readLegacy(bytes, where);
        }
        if (start != 0 && bytes.get(ValueLayout.JAVA_BYTE, 8) != '{') {
            throw new DataException("weights " + where + ": format not known: it begins with "
                    + HexFormat.ofDelimiter(" ").formatHex(bytes.asSlice(0, 8).toArray(ValueLayout.JAVA_BYTE))
                    + " (need a safetensors file, or one of torch.save)");
        }
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
