package dev.panacea.tensor.io;

import dev.panacea.tensor.Backends;
import dev.panacea.tensor.DataException;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.memory.Memory;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Writes the bytes of one file: everything that can be refused is refused before the first of them. */
final class SafetensorsWriter {
    private static final long PIECE = 1 << 20; // bytes

    private final List<? extends Map.Entry<String, ? extends ElementSource>> sources;
    private final Seal seal; // or null
    private final ByteBuffer header;

    SafetensorsWriter(Map<String, ? extends ElementSource> sources, Map<String, String> metadata, Seal seal,
            String where) {
        // Wide elements first: each tensor of the mapped file is then aligned to its own element size.
        Stream<? extends Map.Entry<String, ? extends ElementSource>> sorted = sources.entrySet().stream()
                .sorted(Comparator.comparing((Map.Entry<String, ? extends ElementSource> e) ->
                        -e.getValue().type().byteSize()).thenComparing(Map.Entry::getKey));
        Stream<Map.Entry<String, Seal>> last = Stream.ofNullable(seal).map(s -> Map.entry(Seal.NAME, s));
        this.sources = Stream.concat(sorted, last).toList();
        this.seal = seal;
        this.header = header(metadata, where);
    }

    /** The elements of tensors; each is to be read inside a memory scope, once. */
    static Map<String, ElementSource> sources(Map<String, Tensor> tensors) {
        Map<String, ElementSource> sources = new HashMap<>();
        tensors.forEach((name, tensor) -> sources.put(name, new TensorSource(tensor)));
        return sources;
    }

    void write(FileChannel channel) throws IOException {
        writeFully(channel, header);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(PIECE);
            for (Map.Entry<String, ? extends ElementSource> entry : sources) {
                ElementSource source = entry.getValue();
                long byteSize = source.byteSize();
                try (MemoryScope _ = MemoryScope.open("save")) {
                    for (long at = 0; at < byteSize; at += PIECE) {
                        MemorySegment piece = buffer.asSlice(0, Math.min(PIECE, byteSize - at));
                        source.read(at / source.type().byteSize(), piece);
                        writeFully(channel, piece.asByteBuffer());
                    }
                }
            }
        }
    }

    private static final class TensorSource implements ElementSource {
        private final Tensor tensor;
        private Tensor dense;

        TensorSource(Tensor tensor) {
            this.tensor = tensor;
        }

        @Override
        public StoredType type() {
            return StoredType.of(tensor.type());
        }

        @Override
        public List<Long> shape() {
            return Arrays.stream(tensor.shape().dims()).asLongStream().boxed().toList();
        }

        @Override
        public void read(long from, MemorySegment into) {
            if (dense == null) {
                dense = tensor.to(Backends.cpu()).contiguous();
            }
            MemorySegment.copy(Memory.ALL, dense.address() + from * dense.type().byteSize(), into, 0, into.byteSize());
        }
    }

    private void writeFully(FileChannel channel, ByteBuffer buffer) throws IOException {
        if (seal != null) {
            seal.update(buffer);
        }
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
        for (Map.Entry<String, ? extends ElementSource> entry : sources) {
            ElementSource source = entry.getValue();
            boolean taken = seal != null && source != seal && entry.getKey().equals(Seal.NAME);
            if (taken || entry.getKey().equals(SafetensorsHeader.METADATA)) {
                throw refused(where, "name is taken by the format", DataException.shown(entry.getKey()), "rename it");
            }
            if (source.shape().size() > SafetensorsHeader.HIGHEST_RANK) {
                throw refused(where, "too many axes", DataException.shown(entry.getKey()) + " " + source.shape(),
                        "at most " + SafetensorsHeader.HIGHEST_RANK);
            }
            long end = offset + source.byteSize();
            quote(text, entry.getKey()).append(":{\"dtype\":\"").append(source.type())
                    .append("\",\"shape\":").append(source.shape().toString().replace(" ", ""))
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
