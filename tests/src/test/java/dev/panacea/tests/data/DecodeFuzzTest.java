package dev.panacea.tests.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.panacea.ace.data.DecodeLimits;
import dev.panacea.ace.data.ImageDecoder;
import dev.panacea.ace.data.Picture;
import dev.panacea.tensor.DataException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/** Whatever bytes it is given, the decoder answers with a picture or one DataException, in bounded time and memory. */
class DecodeFuzzTest {
    private static final int TRIES = 24_000;
    private static final double MOST_SECONDS = 20; // even where the machine stands still for a while
    /** 20 bytes for each of the pixels that the limit below lets pass, and what readers of the JDK take at once. */
    private static final long MOST_ALLOCATED = 20 * (1 << 20) + (64 << 20);
    private static final byte[] INTERESTING = {0, 1, 2, 3, 4, 8, 12, 16, 32, 64, 127, -128, -1};

    @Test
    void mutatedFilesAreDecodedOrRefused(TestReporter reporter) {
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        ImageDecoder decoder = new ImageDecoder(new DecodeLimits(1 << 20, 1 << 20));
        List<byte[]> seeds = seeds();
        SplittableRandom random = new SplittableRandom(20_260_101);
        Map<String, Integer> rules = new TreeMap<>();
        int decoded = 0;
        double slowest = 0;
        long most = 0;
        for (int i = 0; i < TRIES; i++) {
            byte[] bytes = mutated(random, seeds.get(i % seeds.size()));
            long allocated = threads.getCurrentThreadAllocatedBytes();
            long begun = threads.getCurrentThreadCpuTime();
            try {
                Picture picture = random.nextBoolean() ? decoder.decode(bytes, "fuzz")
                        : decoder.decodeColour(bytes, "fuzz");
                for (float value : picture.values()) {
                    if (!(value >= 0 && value <= 1)) {
                        throw new AssertionError("try " + i + ": intensity " + value);
                    }
                }
                decoded++;
            } catch (DataException refused) {
                if (!refused.getMessage().matches("fuzz: [^\\p{Cntrl}]{1,400} \\([^\\p{Cntrl}]+\\)")) {
                    throw new AssertionError("not one clear line: " + refused.getMessage(), refused);
                }
                rules.merge(refused.getMessage().replaceAll("[0-9]+", "#"), 1, Integer::sum);
            } catch (RuntimeException | Error other) {
                throw new AssertionError("try " + i + " of " + bytes.length + " bytes", other);
            }
            slowest = Math.max(slowest, (threads.getCurrentThreadCpuTime() - begun) / 1e9);
            most = Math.max(most, threads.getCurrentThreadAllocatedBytes() - allocated);
        }
        reporter.publishEntry("decode fuzz", "tries = " + TRIES + ", decoded = " + decoded + ", refused by "
                + rules.size() + " rules, slowest = " + slowest + " s, most = " + most / (1 << 20) + " MiB");
        assertThat(slowest).isLessThan(MOST_SECONDS);
        assertThat(most).isLessThan(MOST_ALLOCATED);
        assertThat(decoded).isBetween(TRIES / 20, TRIES * 19 / 20);
        assertThat(rules.size()).as("rules that refused something").isGreaterThan(50);
    }

    private static List<byte[]> seeds() {
        List<byte[]> seeds = new ArrayList<>();
        try (Stream<Path> files = Files.list(Path.of("src", "test", "resources", "golden", "pictures"))) {
            for (Path file : files.filter(name -> !name.toString().endsWith(".safetensors")).sorted().toList()) {
                seeds.add(Files.readAllBytes(file));
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        assertThat(seeds).hasSizeGreaterThan(90);
        for (int bits = 8; bits <= 16; bits++) {
            int[] words = new int[30];
            Arrays.setAll(words, word -> word * 50);
            seeds.add(DicomFile.grey(DicomFile.EXPLICIT, 6, 5, bits, words).text(0x00281050, "DS", "500")
                    .text(0x00281051, "DS", "900\\2").sequence(0x00283010, new DicomFile(DicomFile.EXPLICIT)
                            .words(0x00283002, 3, 599, 8).words(0x00283006, 0, 51, 255), bits % 2 == 0).end());
        }
        return seeds;
    }

    private static byte[] mutated(SplittableRandom random, byte[] seed) {
        byte[] bytes = seed.clone();
        int header = Math.min(bytes.length, 200 + random.nextInt(bytes.length)); // most rules look at what comes first
        for (int n = 1 + random.nextInt(4); n > 0; n--) {
            int at = random.nextInt(random.nextBoolean() ? header : bytes.length);
            switch (random.nextInt(6)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes[at] = (byte) random.nextInt(256);
                case 2 -> bytes[at] = INTERESTING[random.nextInt(INTERESTING.length)];
                case 3 -> {
                    int length = Math.min(bytes.length - at, 1 + random.nextInt(8));
                    int from = random.nextInt(bytes.length - length + 1);
                    System.arraycopy(bytes, from, bytes, at, length);
                }
                case 4 -> Arrays.fill(bytes, at, Math.min(bytes.length, at + 1 + random.nextInt(4)), (byte) -1);
                default -> {
                    if (random.nextInt(4) == 0) {
                        bytes = Arrays.copyOf(bytes, 1 + random.nextInt(bytes.length));
                        header = Math.min(header, bytes.length);
                    }
                }
            }
        }
        return random.nextBoolean() ? bytes : repaired(bytes);
    }

    /** Makes the checksums of a PNG file right again, so that deeper rules are reached. */
    private static byte[] repaired(byte[] bytes) {
        java.nio.ByteBuffer file = java.nio.ByteBuffer.wrap(bytes);
        for (int at = 8; bytes[0] == (byte) 0x89 && at + 12 <= bytes.length;) {
            int length = file.getInt(at);
            if (length < 0 || length > bytes.length - at - 12) {
                break;
            }
            java.util.zip.CRC32 crc = new java.util.zip.CRC32();
            crc.update(bytes, at + 4, length + 4);
            file.putInt(at + 8 + length, (int) crc.getValue());
            at += 12 + length;
        }
        return bytes;
    }
}
