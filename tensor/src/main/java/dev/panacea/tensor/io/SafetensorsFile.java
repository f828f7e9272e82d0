package dev.panacea.tensor.io;

import dev.panacea.tensor.Backends;
import dev.panacea.tensor.DataException;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.memory.Memory;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.Set;

/**
 * A safetensors file open for reading. The data is mapped, not read: looking at a header costs the same for a file of
 * any size, and a tensor is copied when it is loaded. Any thread may read; closing ends all reading.
 */
public final class SafetensorsFile implements AutoCloseable {
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final MemorySegment bytes;
    private final String where;
    private final MappedFile mapping;
    private final SafetensorsHeader header;

    /** Takes over the mapping, which may be null. */
    SafetensorsFile(MemorySegment bytes, String where, MappedFile mapping) {
        this.bytes = bytes;
        this.where = where;
        this.mapping = mapping;
        this.header = SafetensorsHeader.parse(bytes, where);
    }

    /**
     * The names of all tensors.
     *
     * @return the names, in the order of the header
     */
    public Set<String> names() {
        return header.tensors().keySet();
    }

    /**
     * The free texts.
     *
     * @return texts by key, empty where there are none
     */
    public Map<String, String> metadata() {
        return header.metadata();
    }

    /**
     * What the header says of one tensor.
     *
     * @param name the tensor's name
     * @return its type, shape and place
     * @throws DataException if there is no tensor of that name
     */
    public StoredTensor entry(String name) {
        StoredTensor entry = header.tensors().get(name);
        if (entry == null) {
            String some = names().stream().limit(3).map(DataException::shown)
                    .reduce((a, b) -> a + ", " + b).orElse("none");
            throw broken("no such tensor", DataException.shown(name),
                    "it holds " + names().size() + ", such as " + some);
        }
        return entry;
    }

    /**
     * The bytes of one tensor as they lie in the file, without a copy; valid until the file is closed.
     *
     * @param name the tensor's name
     * @return little-endian elements in row-major order, read-only, perhaps unaligned
     * @throws DataException if there is no tensor of that name, or the file is closed
     */
    public MemorySegment bytes(String name) {
        StoredTensor entry = entry(name);
        checkOpen(name);
        return bytes.asSlice(header.dataStart() + entry.begin(), entry.end() - entry.begin()).asReadOnly();
    }

    /**
     * Copies one tensor to the current backend, its type converted as {@link StoredType#loaded} says.
     *
     * @param name the tensor's name
     * @return a tensor of the stored shape
     * @throws DataException if there is no tensor of that name, its type or a value of it does not fit a tensor, the
     *     file is closed, or it shrank since it was opened
     */
    public Tensor load(String name) {
        StoredTensor entry = entry(name);
        Spec spec = spec(entry);
        MemorySegment stored = bytes(name);
        if (Backends.current() == Backends.cpu()) {
            return copied(entry, stored, spec);
        }
        try (MemoryScope scope = MemoryScope.open("load")) {
            return scope.keep(copied(entry, stored, spec).to(Backends.current()));
        }
    }

    /**
     * Reads the whole file once and compares it with the checksum that {@link Safetensors#saveSealed} put at its end.
     *
     * @throws DataException if there is no checksum, any bit of the file is not as it was written, or it is closed
     */
    public void verify() {
        StoredTensor seal = header.tensors().get(Seal.NAME);
        long sealed = bytes.byteSize() - Seal.BYTES;
        if (seal == null || seal.end() - seal.begin() != Seal.BYTES || header.dataStart() + seal.begin() != sealed) {
            throw broken("no checksum", "the last of " + names().size() + " tensors is not " + Seal.NAME + ", 4 bytes",
                    "was it written by another program?");
        }
        checkOpen(Seal.NAME);
        int found;
        try {
            found = Seal.of(bytes, sealed);
        } catch (InternalError gone) {
            throw shrunk(seal, gone);
        }
        int wanted = bytes.get(Seal.LAYOUT, sealed);
        if (found != wanted) {
            throw broken("bytes differ from their checksum", String.format("%08x, checksum %08x", found, wanted),
                    "damaged: take another copy");
        }
    }

    private Spec spec(StoredTensor entry) {
        if (entry.type().loaded() == null) {
            throw broken("type has no tensor", DataException.shown(entry.name()) + " is " + entry.type(),
                    "convert it to F32, BF16, I32 or U8");
        }
        int[] dims = new int[entry.shape().size()];
        for (int axis = 0; axis < dims.length; axis++) {
            long size = entry.shape().get(axis);
            if (size > Integer.MAX_VALUE) {
                throw broken("axis too long", DataException.shown(entry.name()) + " " + entry.shape(),
                        "at most 2^31 - 1");
            }
            dims[axis] = (int) size;
        }
        return new Spec(Shape.of(dims), entry.type().loaded());
    }

    private Tensor copied(StoredTensor entry, MemorySegment stored, Spec spec) {
        Tensor tensor = Tensor.allocate(Backends.cpu(), spec);
        try {
            fill(entry, stored, tensor.address());
        } catch (InternalError gone) {
            throw shrunk(entry, gone);
        }
        return tensor;
    }

    private void checkOpen(String name) {
        if (!bytes.scope().isAlive()) {
            throw broken("file is closed", DataException.shown(name), "load tensors before closing");
        }
    }

    /** For the error by which the JVM reports a page of a mapping that is gone. */
    private DataException shrunk(StoredTensor entry, InternalError gone) {
        return new DataException("safetensors " + where + ": file shrank while open: "
                + DataException.shown(entry.name()) + " at " + entry.begin()
                + " (write files anew beside the old, then rename)", gone);
    }

    private void fill(StoredTensor entry, MemorySegment stored, long to) {
        long elements = entry.elements();
        switch (entry.type()) {
            case F16 -> {
                for (long i = 0; i < elements; i++) {
                    Memory.f32(to + 4 * i, Float.float16ToFloat(stored.get(SHORT, 2 * i)));
                }
            }
            case I64 -> {
                for (long i = 0; i < elements; i++) {
                    long value = stored.get(LONG, 8 * i);
                    if (value != (int) value) {
                        throw misfit(entry, i, value, "I32 holds -2^31 to 2^31 - 1");
                    }
                    Memory.i32(to + 4 * i, (int) value);
                }
            }
            case I16 -> {
                for (long i = 0; i < elements; i++) {
                    Memory.i32(to + 4 * i, stored.get(SHORT, 2 * i));
                }
            }
            case I8 -> {
                for (long i = 0; i < elements; i++) {
                    Memory.i32(to + 4 * i, stored.get(ValueLayout.JAVA_BYTE, i));
                }
            }
            case BOOL -> {
                for (long i = 0; i < elements; i++) {
                    byte value = stored.get(ValueLayout.JAVA_BYTE, i);
                    if ((value & ~1) != 0) {
                        throw misfit(entry, i, value & 0xff, "a BOOL is 0 or 1");
                    }
                    Memory.u8(to + i, value);
                }
            }
            default -> MemorySegment.copy(stored, 0, Memory.ALL, to, stored.byteSize());
        }
    }

    private DataException misfit(StoredTensor entry, long index, long value, String cure) {
        return broken("value does not fit " + entry.type().loaded(),
                DataException.shown(entry.name()) + " element " + index + " is " + value, cure);
    }

    private DataException broken(String rule, String values, String cure) {
        return new DataException("safetensors " + where + ": " + rule + ": " + values + " (" + cure + ")");
    }

    /** Ends reading and lets the mapping go; loaded tensors stay. Closing twice does nothing. */
    @Override
    public void close() {
        if (mapping != null) {
            mapping.close();
        }
    }
}
