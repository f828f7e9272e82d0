package dev.panacea.tensor.io;

import dev.panacea.tensor.Backends;
import dev.panacea.tensor.DataException;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.memory.Memory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Writes the bytes of one file: everything that can be refused is refused before the first of them. */
final class SafetensorsWriter {
    private static final long LARGEST_PIECE = 1 << 30;

    private final List<Map.Entry<String, Tensor>> tensors;
    private final ByteBuffer header;

    SafetensorsWriter(Map<String, Tensor> tensors, Map<String, String> metadata, String where) {
        // Wide elements first: each tensor of the mapped file is then aligned to its own element size.
        this.tensors = tensors.entrySet().stream()
                .sorted(Comparator.comparing((Map.Entry<String, Tensor> e) -> -e.getValue().type().byteSize())
                        .thenComparing(Map.Entry::getKey))
                .toList();
        this.header = header(metadata, where);
    }

    /** Fills the partial file, makes it durable, and puts it in the target's place; leaves no partial file behind. */
    static void replace(Path partial, Path target, SafetensorsWriter writer) throws IOException {
        try {
            try (FileChannel channel = FileChannel.open(partial, StandardOpenOption.CREATE_NEW,
                    StandardOpenOption.WRITE)) {
                writer.write(channel);
                channel.force(true);
            }
            Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(partial);
        }
        try (FileChannel folder = FileChannel.open(target.getParent(), StandardOpenOption.READ)) {
            folder.force(true); // the new name is durable only when the folder is
        }
    }

    private void write(FileChannel channel) throws IOException {
        writeFully(channel, header);
        for (Map.Entry<String, Tensor> entry : tensors) {
            try (MemoryScope _ = MemoryScope.open("save")) {
                Tensor dense = entry.getValue().to(Backends.cpu()).contiguous();
                long byteSize = dense.size() * dense.type().byteSize();
                for (long at = 0; at < byteSize; at += LARGEST_PIECE) {
                    long piece = Math.min(LARGEST_PIECE, byteSize - at);
                    writeFully(channel, Memory.ALL.asSlice(dense.address() + at, piece).asByteBuffer());
                }
            }
        }
    }

    private static void writeFully(FileChannel channel, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    private ByteBuffer header(Map<String, String> metadata, String where) {
        StringBuilder text = new StringBuilder("{");
        if (!metadata.isEmpty()) {
            quote(text, SafetensorsHeader.METADATA).append(":{");
            new TreeMap<>(metadata).forEach((key, value) -> quote(quote(text, key).append(':'), value).append(','));
            text.setCharAt(text.length() - 1, '}');
            text.append(',');
        }
        long offset = 0;
        for (Map.Entry<String, Tensor> entry : tensors) {
            Tensor tensor = entry.getValue();
            if (entry.getKey().equals(SafetensorsHeader.METADATA)) {
                throw refused(where, "name is taken by the format", DataException.shown(entry.getKey()), "rename it");
            }
            if (tensor.shape().rank() > SafetensorsHeader.HIGHEST_RANK) {
                throw refused(where, "too many axes", DataException.shown(entry.getKey()) + " " + tensor.shape(),
                        "at most " + SafetensorsHeader.HIGHEST_RANK);
            }
            long end = offset + tensor.size() * tensor.type().byteSize();
            quote(text, entry.getKey()).append(":{\"dtype\":\"").append(StoredType.of(tensor.type()))
                    .append("\",\"shape\":").append(Arrays.toString(tensor.shape().dims()).replace(" ", ""))
                    .append(",\"data_offsets\":[").append(offset).append(',').append(end).append("]},");
            offset = end;
        }
        if (text.length() > 1) {
            text.setLength(text.length() - 1);
        }
        return encoded(text.append('}'), where);
    }

    /** The length field and the header in UTF-8, padded with spaces so that the data begins at a multiple of 8. */
    private static ByteBuffer encoded(StringBuilder text, String where) {
        ByteBuffer utf8;
        try {
            utf8 = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
        } catch (CharacterCodingException e) {
            throw refused(where, "name or text is not Unicode", "half a surrogate pair", "use whole characters");
        }
        int length = utf8.remaining() + 7 & -8;
        if (length > SafetensorsHeader.LARGEST_HEADER) {
            throw refused(where, "header too long", length + " bytes", "at most " + SafetensorsHeader.LARGEST_HEADER);
        }
        ByteBuffer all = ByteBuffer.allocate(Long.BYTES + length).order(ByteOrder.LITTLE_ENDIAN);
        all.putLong(length).put(utf8);
        while (all.hasRemaining()) {
            all.put((byte) ' ');
        }
        return all.flip();
    }

    private static StringBuilder quote(StringBuilder text, String value) {
        text.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                text.append('\\').append(c);
            } else if (c < ' ') {
                text.append(String.format("\\u%04x", (int) c));
            } else {
                text.append(c);
            }
        }
        return text.append('"');
    }

    private static DataException refused(String where, String rule, String values, String cure) {
        return new DataException("safetensors " + where + ": " + rule + ": " + values + " (" + cure + ")");
    }
}
