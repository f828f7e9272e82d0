package dev.panacea.tensor.io;

import dev.panacea.tensor.Backends;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.memory.Memory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A message in the wire format of protocol buffers: fields, each a tag of its number and kind, then its content. What a
 * message holds is complete before it is put into another, for its size stands before it.
 */
public final class ProtoMessage {
    private static final int VARINT = 0;
    private static final int EIGHT_BYTES = 1;
    private static final int SIZED = 2;
    private static final int FOUR_BYTES = 5;
    private static final int PIECE = 1 << 20; // bytes of a tensor copied at once

    /** Bytes of a known number. */
    private interface Part {
        long size();

        void write(OutputStream out) throws IOException;
    }

    private record Literal(byte[] bytes) implements Part {
        @Override
        public long size() {
            return bytes.length;
        }

        @Override
        public void write(OutputStream out) throws IOException {
            out.write(bytes);
        }
    }

    /** The elements of a tensor, little-endian; read when they are written. */
    private record Elements(Tensor tensor) implements Part {
        @Override
        public long size() {
            return tensor.size() * tensor.type().byteSize();
        }

        @Override
        public void write(OutputStream out) throws IOException {
            try (MemoryScope _ = MemoryScope.open("save")) {
                Tensor dense = tensor.to(Backends.cpu()).contiguous();
                byte[] piece = new byte[(int) Math.min(PIECE, size())];
                for (long at = 0; at < size(); at += PIECE) {
                    int length = (int) Math.min(PIECE, size() - at);
                    MemorySegment.copy(Memory.ALL, dense.address() + at, MemorySegment.ofArray(piece), 0, length);
                    out.write(piece, 0, length);
                }
            }
        }
    }

    private final List<Part> parts = new ArrayList<>();
    private long size;

    /** An empty one. */
    public ProtoMessage() {}

    /** Its bytes, which may be more than an array can hold. */
    public long size() {
        return size;
    }

    /**
     * Writes it.
     *
     * @throws IOException as the stream does
     */
    public void write(OutputStream out) throws IOException {
        for (Part part : parts) {
            part.write(out);
        }
    }

    /** Its bytes; for small ones. */
    public byte[] bytes() {
        ByteArrayOutputStream out = new ByteArrayOutputStream(Math.toIntExact(size));
        try {
            write(out);
        } catch (IOException never) {
            throw new IllegalStateException(never); // memory takes all
        }
        return out.toByteArray();
    }

    /** Adds a whole number. */
    public ProtoMessage number(int field, long value) {
        return tag(field, VARINT).varint(value);
    }

    /** Adds a double. */
    public ProtoMessage real64(int field, double value) {
        return tag(field, EIGHT_BYTES).literal(ByteBuffer.allocate(Double.BYTES).order(ByteOrder.LITTLE_ENDIAN)
                .putDouble(value).array());
    }

    /** Adds a float. */
    public ProtoMessage real(int field, float value) {
        return tag(field, FOUR_BYTES).literal(ByteBuffer.allocate(Float.BYTES).order(ByteOrder.LITTLE_ENDIAN)
                .putFloat(value).array());
    }

    /** Adds a text. */
    public ProtoMessage text(int field, String value) {
        return bytes(field, value.getBytes(StandardCharsets.UTF_8));
    }

    /** Adds bytes. */
    public ProtoMessage bytes(int field, byte[] value) {
        return tag(field, SIZED).varint(value.length).literal(value);
    }

    /** Adds the elements of a tensor, little-endian, which are read when they are written. */
    public ProtoMessage elements(int field, Tensor tensor) {
        Elements elements = new Elements(tensor);
        return tag(field, SIZED).varint(elements.size()).add(elements);
    }

    /** Adds another, which must be complete. */
    public ProtoMessage message(int field, ProtoMessage inner) {
        tag(field, SIZED).varint(inner.size);
        parts.addAll(inner.parts);
        size += inner.size;
        return this;
    }

    private ProtoMessage tag(int field, int kind) {
        return varint((long) field << 3 | kind);
    }

    /** Seven bits a byte, the lowest first; the highest bit says that more follow. */
    private ProtoMessage varint(long value) {
        byte[] bytes = new byte[10];
        int length = 0;
        long rest = value;
        do {
            bytes[length++] = (byte) (rest & 0x7f | (rest >>> 7 != 0 ? 0x80 : 0));
            rest >>>= 7;
        } while (rest != 0);
        return literal(Arrays.copyOf(bytes, length));
    }

    private ProtoMessage literal(byte[] bytes) {
        return add(new Literal(bytes));
    }

    private ProtoMessage add(Part part) {
        parts.add(part);
        size += part.size();
        return this;
    }
}
