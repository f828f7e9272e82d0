package dev.panacea.tests.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.panacea.tensor.DataException;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.io.Safetensors;
import dev.panacea.tensor.io.SafetensorsFile;
import dev.panacea.tensor.io.SafetensorsHeader;
import dev.panacea.tensor.io.StoredTensor;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/** Whatever bytes it is given, the reader answers with a header that keeps the rules or with one DataException. */
class SafetensorsFuzzTest {
    private static final int TRIES = 200_000;
    /** Allocation allowed for one try: a constant, and so much for each byte; a size believed unchecked exceeds it. */
    private static final long PER_BYTE = 32;
    private static final long PER_TRY = 1 << 20; // an exception, and the first use of each message's concatenation

    /** All rules of the reader but the one on headers above 100 MB. */
    private static final int RULES = 19;
    private static final Pattern LINE = Pattern.compile(
            "safetensors fuzz: ([^:\\p{Cntrl}]+): [^\\p{Cntrl}]{1,400} \\([^\\p{Cntrl}]+\\)");

    private static final String[] WORDS = {"{", "}", "[", "]", ",", ":", "\"", "\\", "\\u0000", "\\ud800", "\"dtype\"",
        "\"shape\"", "\"data_offsets\"", "\"__metadata__\"", "F32", "F64", "BF16", "I64", "U8", "BOOL", "null", "true",
        "0", "1", "-1", "00", "1e9", "0.5", "2147483648", "4294967297", "9223372036854775807", "9223372036854775808",
        "18446744073709551616", "[0,0]", "[0,8]", "{}", " ", "\n", "\u0000", "é", "\ud83e\udde0"};

    private static final List<byte[]> SEEDS = List.of(
            file("{}", 0),
            file("{\"a\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,24]}}", 24),
            file("{\"__metadata__\":{\"format\":\"pt\",\"é\":\"\\u00e9\\n\"},"
                    + "\"layers.0.weight\":{\"dtype\":\"F64\",\"shape\":[1,2],\"data_offsets\":[0,16]},"
                    + "\"layers.0.bias\":{\"dtype\":\"I64\",\"shape\":[2],\"data_offsets\":[16,32]},"
                    + "\"none\":{\"dtype\":\"BF16\",\"shape\":[4,0],\"data_offsets\":[32,32]},"
                    + "\"step\":{\"dtype\":\"I32\",\"shape\":[],\"data_offsets\":[32,36]},"
                    + "\"mask\":{\"dtype\":\"BOOL\",\"shape\":[5],\"data_offsets\":[36,41]}}   ", 41),
            file("{ \"x\" : { \"shape\" : [ 1, 1, 2 ] , \"data_offsets\" : [ 3, 7 ], \"dtype\" : \"F16\" } ,\n"
                    + " \"y\" : { \"dtype\" : \"U8\", \"data_offsets\" : [ 0, 3 ], \"shape\" : [ 3 ] } }", 7),
            file("{\"gap\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]},"
                    + "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[3,7]}}", 7),
            file("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[2,6]},"
                    + "\"overlap\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]}}", 7));

    @Test
    void mutatedFilesAreReadOrRefused(TestReporter reporter) {
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        SplittableRandom random = new SplittableRandom(20_250_101);
        Set<String> rules = new TreeSet<>();
        int read = 0;
        for (int i = 0; i < TRIES; i++) {
            byte[] bytes = mutated(random, SEEDS.get(i % SEEDS.size()));
            MemorySegment segment = MemorySegment.ofArray(bytes);
            SafetensorsHeader header = null;
            DataException refused = null;
            long before = threads.getCurrentThreadAllocatedBytes();
            try {
                header = SafetensorsHeader.parse(segment, "fuzz");
            } catch (DataException expected) {
                refused = expected;
            } catch (RuntimeException | Error other) {
                throw new AssertionError("try " + i + " " + Arrays.toString(bytes), other);
            }
            long allocated = threads.getCurrentThreadAllocatedBytes() - before;
            if (allocated > PER_TRY + PER_BYTE * bytes.length) {
                throw new AssertionError("try " + i + " allocated " + allocated + " for " + bytes.length + " bytes");
            }
            if (header != null) {
                checkRules(header, bytes.length);
                loadAll(segment);
                read++;
            } else {
                Matcher line = LINE.matcher(refused.getMessage());
                if (!line.matches()) {
                    throw new AssertionError("not one clear line: " + refused.getMessage(), refused);
                }
                rules.add(line.group(1));
            }
        }
        reporter.publishEntry("safetensors fuzz", "tries = " + TRIES + ", read = " + read + ", refused = "
                + (TRIES - read) + " by " + rules.size() + " rules");
        assertThat(read).as("mutations that leave a valid file").isBetween(TRIES / 1000, TRIES / 2);
        assertThat(rules).as("rules that refused something").hasSize(RULES);
    }

    @Test
    void everyTruncationIsRefused() {
        for (byte[] seed : SEEDS) {
            for (int length = 0; length < seed.length; length++) {
                MemorySegment part = MemorySegment.ofArray(Arrays.copyOf(seed, length));
                assertThatThrownBy(() -> SafetensorsHeader.parse(part, "part"))
                        .isInstanceOf(DataException.class);
            }
        }
    }

    /** The rules again, in other words than the reader's: each byte of the data belongs to one tensor. */
    private static void checkRules(SafetensorsHeader header, int fileSize) {
        int[] owners = new int[Math.toIntExact(fileSize - header.dataStart())];
        for (StoredTensor tensor : header.tensors().values()) {
            long elements = 1;
            for (long axis : tensor.shape()) {
                elements = Math.multiplyExact(elements, axis);
            }
            assertThat(tensor.elements()).isEqualTo(elements);
            assertThat(tensor.end() - tensor.begin()).isEqualTo(elements * tensor.type().byteSize());
            for (long at = tensor.begin(); at < tensor.end(); at++) {
                owners[(int) at]++;
            }
        }
        assertThat(owners).containsOnly(owners.length == 0 ? new int[0] : new int[] {1});
    }

    /** Loading may refuse a type or a value, in one line too. */
    private static void loadAll(MemorySegment segment) {
        try (MemoryScope _ = MemoryScope.open("fuzz"); SafetensorsFile file = Safetensors.open(segment, "fuzz")) {
            for (String name : file.names()) {
                try {
                    assertThat(file.load(name).size()).isEqualTo(file.entry(name).elements());
                } catch (DataException refused) {
                    assertThat(refused.getMessage()).matches(LINE);
                }
            }
        }
    }

    private static byte[] mutated(SplittableRandom random, byte[] seed) {
        byte[] bytes = seed;
        for (int n = 1 + random.nextInt(3); n > 0; n--) {
            bytes = bytes.length == 0 ? new byte[] {0} : mutatedOnce(random, bytes);
        }
        if (bytes.length >= 8 && random.nextInt(4) != 0) { // often let the length field agree, to reach deeper rules
            int data = Math.min(bytes.length - 8, new int[] {0, 24, 41, 7}[random.nextInt(4)]);
            ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(0, bytes.length - 8 - data);
        }
        return bytes;
    }

    private static byte[] mutatedOnce(SplittableRandom random, byte[] bytes) {
        int at = random.nextInt(bytes.length);
        int length = Math.min(bytes.length - at, 1 + random.nextInt(12));
        byte[] word = WORDS[random.nextInt(WORDS.length)].getBytes(StandardCharsets.UTF_8);
        return switch (random.nextInt(9)) {
            case 0 -> splice(bytes, at, 1, new byte[] {(byte) (bytes[at] ^ 1 << random.nextInt(8))});
            case 1 -> splice(bytes, at, 1, new byte[] {(byte) random.nextInt(256)});
            case 2 -> splice(bytes, at, length, new byte[0]);
            case 3 -> splice(bytes, at, 0, Arrays.copyOfRange(bytes, at, at + length));
            case 4 -> splice(bytes, at, 0, word);
            case 5 -> splice(bytes, at, Math.min(word.length, bytes.length - at), word);
            case 6 -> Arrays.copyOf(bytes, random.nextInt(bytes.length + 16));
            case 7 -> splice(bytes, random.nextInt(Math.min(8, bytes.length)), 1,
                    new byte[] {(byte) random.nextInt(256)});
            default -> digitReplaced(random, bytes, at, word);
        };
    }

    /** Replaces the next number behind a place: the mutation that plain byte flips seldom make. */
    private static byte[] digitReplaced(SplittableRandom random, byte[] bytes, int at, byte[] word) {
        for (int i = at; i < bytes.length; i++) {
            if (bytes[i] >= '0' && bytes[i] <= '9') {
                byte[] digit = {(byte) ('0' + random.nextInt(10))};
                return splice(bytes, i, 1, random.nextBoolean() ? word : digit);
            }
        }
        return bytes;
    }

    private static byte[] splice(byte[] bytes, int at, int removed, byte[] inserted) {
        byte[] result = Arrays.copyOf(bytes, bytes.length - removed + inserted.length);
        System.arraycopy(inserted, 0, result, at, inserted.length);
        System.arraycopy(bytes, at + removed, result, at + inserted.length, bytes.length - at - removed);
        return result;
    }

    private static byte[] file(String header, int dataSize) {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + text.length + dataSize).order(ByteOrder.LITTLE_ENDIAN)
                .putLong(text.length).put(text).array();
    }
}
