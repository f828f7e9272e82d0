package dev.panacea.tests.weight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.panacea.nn.weight.StoredWeight;
import dev.panacea.nn.weight.WeightFile;
import dev.panacea.tensor.DataException;
import dev.panacea.tensor.MemoryScope;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/** Whatever becomes of a PyTorch file, it is read within bounds, or refused with one DataException of one line. */
class WeightFuzzTest {
    private static final int TRIES = 150_000;
    /** Heap allowed for one try: a constant, and so much for each byte; a size believed unchecked exceeds it. */
    private static final long PER_TRY = 8 << 20;
    private static final long PER_BYTE = 512;
    private static final long MOST_NANOSECONDS = 2_000_000_000L; // of the processor, for one try
    private static final int RULES = 36;

    private static final Path WHERE = Path.of("fuzz");
    private static final Pattern LINE = Pattern.compile(
            "(?:weights|safetensors) fuzz: ([^:\\p{Cntrl}]+): [^\\p{Cntrl}]{1,600} \\([^\\p{Cntrl}]+\\)");

    private static final String[] WORDS = {"(", ")", "}", "]", ".", "0", "1", "2", "N", "\u0088", "t", "\u0085",
        "\u0086", "\u0087", "a", "e", "s", "u", "R", "b", "Q", "\u0081", "\u0092", "\u0093", "\u0094", "q\u0001",
        "h\u0000", "h\u0001", "h\u0002", "h\u0005", "r\u0001\u0000\u0000\u0080", "j\u0003\u0000\u0000\u0000", "K\u0000",
        "K\u0003", "M\u00ff\u00ff", "J\u00ff\u00ff\u00ff\u00ff", "J\u00ff\u00ff\u00ff\u007f",
        PickleText.number(1L << 60), PickleText.number(Long.MIN_VALUE), "\u008b\u0000\u0000\u0000\u0080", "X",
        "X\u00ff\u00ff\u00ff\u00ff", "\u008d", "\u0096", "\u0095\u0010\u0000\u0000\u0000\u0000\u0000\u0000\u0000",
        "cposix\nsystem\n", "ccollections\nOrderedDict\n", "ctorch\nDoubleStorage\n", "ctorch\nSize\n",
        "ctorch._utils\n_rebuild_tensor_v2\n", "ctorch._utils\n_rebuild_parameter\n", PickleText.TENSOR,
        PickleText.storage(PickleText.number(2)), "}}}", "]q\u0000h\u0000a", "h\u0000\u0086", "PK\u0001\u0002",
        "PK\u0003\u0004", "PK\u0005\u0006", "\u0000\u0000\u0000\u0000", "\u00ff\u00ff\u00ff\u00ff", "../", "/data.pkl"};

    private record Seed(byte[] file, String pickle, Map<String, byte[]> entries) {}

    private int read;
    private final Set<String> rules = new TreeSet<>();

    @Test
    void mutatedFilesAreReadOrRefused(TestReporter reporter) throws IOException {
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        List<Seed> seeds = new ArrayList<>();
        for (String name : WeightFileTest.cases()) {
            seeds.add(seed(name));
        }
        SplittableRandom random = new SplittableRandom(20_250_102);
        long began = threads.getCurrentThreadCpuTime();
        long slowest = 0;
        for (int i = 0; i < TRIES; i++) {
            byte[] bytes = mutated(random, seeds.get(i % seeds.size()));
            long allocated = threads.getCurrentThreadAllocatedBytes();
            long time = threads.getCurrentThreadCpuTime();
            try {
                look(bytes);
            } catch (RuntimeException | Error other) {
                throw new AssertionError("try " + i + " " + Arrays.toString(bytes), other);
            }
            allocated = threads.getCurrentThreadAllocatedBytes() - allocated;
            slowest = Math.max(slowest, threads.getCurrentThreadCpuTime() - time);
            if (allocated > PER_TRY + PER_BYTE * bytes.length) {
                throw new AssertionError("try " + i + " allocated " + allocated + " for " + bytes.length + " bytes");
            }
        }
        reporter.publishEntry("weights fuzz", "tries = " + TRIES + ", read = " + read + ", refused = "
                + (TRIES - read) + " by " + rules.size() + " rules, seconds = "
                + (threads.getCurrentThreadCpuTime() - began) / 1_000_000_000 + ", slowest try = " + slowest / 1000
                + " µs");
        assertThat(slowest).as("nanoseconds of the slowest try").isLessThan(MOST_NANOSECONDS);
        assertThat(read).as("mutations that leave a file with tensors").isBetween(TRIES / 100, TRIES / 2);
        assertThat(rules).as("rules that refused something").hasSizeGreaterThanOrEqualTo(RULES);
    }

    private void look(byte[] bytes) {
        try (MemoryScope _ = MemoryScope.open("fuzz");
                WeightFile file = WeightFile.open(MemorySegment.ofArray(bytes), WHERE)) {
            read++;
            for (StoredWeight weight : file.weights().values()) {
                try {
                    assertThat(file.load(weight.name()).size()).isEqualTo(weight.elements());
                } catch (DataException refused) {
                    refused(refused);
                }
            }
        } catch (DataException refused) {
            refused(refused);
        }
    }

    private void refused(DataException refused) {
        Matcher line = LINE.matcher(refused.getMessage());
        if (!line.matches()) {
            throw new AssertionError("not one clear line: " + refused.getMessage(), refused);
        }
        if (!line.group(1).startsWith("\"")) {
            rules.add(line.group(1));
        }
    }

    /** A file, and where it is a zip file its pickle and entries, so that a pickle of another size can be packed. */
    private static Seed seed(String name) throws IOException {
        Path path = WeightFileTest.GOLDEN.resolve(name + ".pth");
        Map<String, byte[]> entries = new LinkedHashMap<>();
        String pickle = null;
        if (!name.endsWith("legacy")) {
            try (ZipFile zip = new ZipFile(path.toFile())) {
                for (ZipEntry entry : Collections.list(zip.entries())) {
                    entries.put(entry.getName(), zip.getInputStream(entry).readAllBytes());
                    pickle = entry.getName().endsWith("data.pkl") ? entry.getName() : pickle;
                }
            }
        }
        byte[] file = Files.readAllBytes(path);
        return new Seed(file, pickle, entries);
    }

    private static byte[] mutated(SplittableRandom random, Seed seed) {
        boolean packed = seed.pickle != null && random.nextInt(3) != 0;
        byte[] bytes = packed ? seed.entries.get(seed.pickle) : seed.file;
        for (int n = 1 + random.nextInt(3); n > 0; n--) {
            bytes = bytes.length == 0 ? new byte[] {0} : mutatedOnce(random, bytes);
        }
        if (!packed) {
            return bytes;
        }
        Map<String, byte[]> entries = new LinkedHashMap<>(seed.entries);
        entries.put(seed.pickle, bytes);
        return PickleText.zip(entries);
    }

    private static byte[] mutatedOnce(SplittableRandom random, byte[] bytes) {
        int at = random.nextInt(bytes.length);
        int length = Math.min(bytes.length - at, 1 + random.nextInt(16));
        byte[] word = PickleText.bytes(WORDS[random.nextInt(WORDS.length)]);
        return switch (random.nextInt(8)) {
            case 0 -> splice(bytes, at, 1, new byte[] {(byte) (bytes[at] ^ 1 << random.nextInt(8))});
            case 1 -> splice(bytes, at, 1, new byte[] {(byte) random.nextInt(256)});
            case 2 -> splice(bytes, at, length, new byte[0]);
            case 3 -> splice(bytes, at, 0, Arrays.copyOfRange(bytes, at, at + length));
            case 4 -> splice(bytes, at, 0, word);
            case 5 -> splice(bytes, at, Math.min(word.length, bytes.length - at), word);
            case 6 -> moved(random, bytes, at, length);
            default -> Arrays.copyOf(bytes, random.nextInt(bytes.length + 16));
        };
    }

    /** Puts a part of the file elsewhere: an argument, a whole call, an entry. */
    private static byte[] moved(SplittableRandom random, byte[] bytes, int at, int length) {
        int to = random.nextInt(bytes.length);
        return splice(bytes, to, Math.min(length, bytes.length - to), Arrays.copyOfRange(bytes, at, at + length));
    }

    private static byte[] splice(byte[] bytes, int at, int removed, byte[] inserted) {
        byte[] result = Arrays.copyOf(bytes, bytes.length - removed + inserted.length);
        System.arraycopy(inserted, 0, result, at, inserted.length);
        System.arraycopy(bytes, at + removed, result, at + inserted.length, bytes.length - at - removed);
        return result;
    }
}
