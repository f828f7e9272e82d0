package dev.panacea.tensor.io;

import dev.panacea.tensor.DataException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The header of a safetensors file, every rule of the format checked.
 *
 * <p>Reading costs memory in proportion to the header that is really there: no number found in it is trusted
 * before it has been compared with the file's size.
 *
 * @param tensors   the entries by name, in the order of the header
 * @param metadata  the free texts, empty where there are none
 * @param dataStart the byte of the file where offset 0 lies
 */
public record SafetensorsHeader(Map<String, StoredTensor> tensors, Map<String, String> metadata, long dataStart) {
    /** The key of the free texts, which no tensor may have as its name. */
    static final String METADATA = "__metadata__";
    /** Far above any real header (a tensor takes about 100 bytes of it), so that it can be decoded in one piece. */
    static final long LARGEST_HEADER = 100_000_000;
    static final int HIGHEST_RANK = 8;
    private static final ValueLayout.OfLong LENGTH =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /**
     * Reads and checks the header of a whole file in memory.
     *
     * @param file  the file's bytes
     * @param where what errors call it
     * @return the header
     * @throws DataException if the bytes break any rule of the format
     */
    public static SafetensorsHeader parse(MemorySegment file, String where) {
        long size = file.byteSize();
        if (size < Long.BYTES) {
            throw broken(where, "file shorter than its length field", size + " bytes", "at least 8; is it complete?");
        }
        long length = file.get(LENGTH, 0);
        if (length < 2 || length > size - Long.BYTES) {
            throw broken(where, "header length does not fit the file", Long.toUnsignedString(length) + " of " + size
                    + " bytes", "is it safetensors, and complete?");
        }
        if (length > LARGEST_HEADER) {
            throw broken(where, "header too long", length + " bytes", "at most " + LARGEST_HEADER);
        }
        CharBuffer text;
        try {
            text = StandardCharsets.UTF_8.newDecoder().decode(file.asSlice(Long.BYTES, length).asByteBuffer());
        } catch (CharacterCodingException e) {
            throw broken(where, "header is not UTF-8", e.getMessage(), "is it safetensors?");
        }
        if (text.charAt(0) != '{') {
            throw broken(where, "header does not begin with '{'",
                    DataException.shown(text.subSequence(0, 1).toString()), "is it safetensors?");
        }
        SafetensorsHeader header = read(new HeaderText(text, where), Long.BYTES + length);
        checkTiling(header, size - header.dataStart, where);
        return header;
    }

    private static SafetensorsHeader read(HeaderText text, long dataStart) {
        Map<String, StoredTensor> tensors = new LinkedHashMap<>();
        Map<String, String> metadata = null;
        text.expect('{');
        if (!text.take('}')) {
            do {
                String name = text.string();
                text.expect(':');
                if (name.equals(METADATA)) {
                    if (metadata != null) {
                        throw twice(text, name);
                    }
                    metadata = texts(text);
                } else if (tensors.put(name, tensor(text, name)) != null) {
                    throw twice(text, name);
                }
            } while (text.take(','));
            text.expect('}');
        }
        text.end();
        return new SafetensorsHeader(Collections.unmodifiableMap(tensors),
                metadata == null ? Map.of() : Collections.unmodifiableMap(metadata), dataStart);
    }

    private static Map<String, String> texts(HeaderText text) {
        Map<String, String> texts = new LinkedHashMap<>();
        text.expect('{');
        if (!text.take('}')) {
            do {
                String key = text.string();
                text.expect(':');
                if (texts.put(key, text.string()) != null) {
                    throw twice(text, key);
                }
            } while (text.take(','));
            text.expect('}');
        }
        return texts;
    }

    private static StoredTensor tensor(HeaderText text, String name) {
        String type = null;
        List<Long> shape = null;
        List<Long> offsets = null;
        text.expect('{');
        do {
            String key = text.string();
            text.expect(':');
            boolean again = switch (key) {
                case "dtype" -> type != null;
                case "shape" -> shape != null;
                case "data_offsets" -> offsets != null;
                default -> throw text.broken("unknown key in an entry",
                        DataException.shown(key) + " of " + DataException.shown(name), "dtype, shape and data_offsets");
            };
            if (again) {
                throw twice(text, key);
            }
            switch (key) {
                case "dtype" -> type = text.string();
                case "shape" -> shape = numbers(text, name, HIGHEST_RANK);
                default -> offsets = numbers(text, name, 2);
            }
        } while (text.take(','));
        text.expect('}');
        if (type == null || shape == null || offsets == null || offsets.size() != 2) {
            throw text.broken("incomplete entry", DataException.shown(name), "need dtype, shape and two data_offsets");
        }
        return checked(text, name, type, shape, offsets);
    }

    private static StoredTensor checked(HeaderText text, String name, String type, List<Long> shape,
            List<Long> offsets) {
        StoredType known = StoredType.named(type);
        if (known == null) {
            throw text.broken("unknown dtype", DataException.shown(type) + " of " + DataException.shown(name),
                    "F32, F64, BF16, F16, I32, I64, U8, …");
        }
        long bytes = known.byteSize();
        for (long axis : shape) {
            if (Math.multiplyHigh(bytes, axis) != 0 || bytes * axis < 0) {
                throw text.broken("shape too large", DataException.shown(name) + " " + shape, "at most 2^63 - 1 bytes");
            }
            bytes *= axis;
        }
        long begin = offsets.get(0);
        long end = offsets.get(1);
        if (begin > end || end - begin != bytes) {
            throw text.broken("data_offsets do not fit the shape", DataException.shown(name) + " " + known + " " + shape
                    + " at " + offsets, "need " + bytes + " bytes");
        }
        return new StoredTensor(name, known, shape, begin, end);
    }

    private static List<Long> numbers(HeaderText text, String name, int most) {
        List<Long> numbers = new ArrayList<>();
        text.expect('[');
        if (!text.take(']')) {
            do {
                if (numbers.size() == most) {
                    throw text.broken("too many numbers in a list", DataException.shown(name), "at most " + most);
                }
                numbers.add(text.wholeNumber());
            } while (text.take(','));
            text.expect(']');
        }
        return numbers;
    }

    /** The tensors must cover the data exactly: nothing shared, nothing hidden between or behind them. */
    private static void checkTiling(SafetensorsHeader header, long dataSize, String where) {
        List<StoredTensor> byPlace = new ArrayList<>(header.tensors.values());
        byPlace.sort(Comparator.comparingLong(StoredTensor::begin).thenComparingLong(StoredTensor::end));
        long covered = 0;
        for (StoredTensor tensor : byPlace) {
            String place = DataException.shown(tensor.name()) + " at [" + tensor.begin() + ", " + tensor.end() + "]";
            if (tensor.end() > dataSize) {
                throw broken(where, "tensor beyond the end", place + " of " + dataSize + " bytes", "is it complete?");
            }
            if (tensor.begin() < covered) {
                throw broken(where, "tensors overlap", place + " begins before " + covered, "write the file anew");
            }
            if (tensor.begin() > covered) {
                throw broken(where, "gap in the data", place + " begins after " + covered, "write the file anew");
            }
            covered = tensor.end();
        }
        if (covered != dataSize) {
            throw broken(where, "bytes behind the last tensor", (dataSize - covered) + " of " + dataSize,
                    "write the file anew");
        }
    }

    private static DataException twice(HeaderText text, String key) {
        return text.broken("key given twice", DataException.shown(key), "write the file anew");
    }

    private static DataException broken(String where, String rule, String values, String cure) {
        return new DataException("safetensors " + where + ": " + rule + ": " + values + " (" + cure + ")");
    }
}
