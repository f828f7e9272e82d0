package dev.panacea.tests.nn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.panacea.nn.CheckpointException;
import dev.panacea.nn.Initial;
import dev.panacea.nn.Parameters;
import dev.panacea.nn.checkpoint.Checkpoint;
import dev.panacea.nn.checkpoint.Position;
import dev.panacea.nn.checkpoint.Progress;
import dev.panacea.nn.checkpoint.RunState;
import dev.panacea.nn.optim.Optimizer;
import dev.panacea.nn.optim.ParameterGroup;
import dev.panacea.nn.optim.Sgd;
import dev.panacea.tensor.MemoryScope;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

/** Whatever bytes it is given, a checkpoint is restored or refused in one line, and a refusal changes nothing. */
class CheckpointFuzzTest {
    private static final int TRIES = 25_000;
    private static final Pattern LINE = Pattern.compile("checkpoint fuzz: [^\\p{Cntrl}]{1,600} \\([^\\p{Cntrl}]+\\)");
    private static final Pattern DETAILS = Pattern.compile("\"[^\"]*\"|\\[[^]]*]|\\S*\\d\\S*|\\S+\\.\\S+");
    private static final String[] WORDS = {"format", "version", "\"1\"", "\"2\"", "\"-1\"", "seed", "step", "metric",
        "history", "NaN", "1e999", "student", "optimizer", "m.", "\\n", "F64", "I32", "U8", "[3,2]", "[]", "crc32c",
        "9223372036854775808", "\u0000", "é"};

    @TempDir
    private Path folder;

    @Test
    void mutatedCheckpointsAreRestoredOrRefused(TestReporter reporter) throws IOException {
        try (MemoryScope _ = MemoryScope.open("fuzz")) {
            Parameters all = Parameters.of(1);
            all.make("weight", Initial.TRANSFORMER, 2, 3);
            all.make("bias", Initial.TRANSFORMER, 2);
            Optimizer optimizer = new Sgd(ParameterGroup.one(all.trainable()), 0.9, false);
            RunState state = new RunState().model("student", all.all()).optimizer("optimizer", optimizer);
            Path path = folder.resolve("seed.safetensors");
            Checkpoint.save(path, state, new Progress(new Position(1, 2, 3, 4), Map.of("config", "{}"),
                    List.of("{\"loss\":1}", "{\"loss\":2}"), 0.5));
            byte[] seed = Files.readAllBytes(path);
            SplittableRandom random = new SplittableRandom(3);
            Set<String> rules = new TreeSet<>();
            int restored = 0;
            for (int i = 0; i < TRIES; i++) {
                byte[] bytes = mutated(random, seed);
                String before = values(all, optimizer);
                try (MemoryScope _ = MemoryScope.open("try");
                        Checkpoint checkpoint = Checkpoint.open(MemorySegment.ofArray(bytes), "fuzz")) {
                    checkpoint.restore(state);
                    restored++;
                } catch (CheckpointException refused) {
                    Matcher line = LINE.matcher(refused.getMessage());
                    assertThat(line.matches()).as(refused.getMessage()).isTrue();
                    rules.add(DETAILS.matcher(refused.getMessage().substring(17)).replaceAll("*"));
                    assertThat(values(all, optimizer)).as("try %d", i).isEqualTo(before);
                } catch (RuntimeException | Error other) {
                    throw new AssertionError("try " + i + " " + Arrays.toString(bytes), other);
                }
            }
            reporter.publishEntry("checkpoint fuzz", "tries = " + TRIES + ", restored = " + restored + ", refused = "
                    + (TRIES - restored) + " in " + rules.size() + " ways");
            assertThat(restored).as("mutations that leave a valid checkpoint").isBetween(TRIES / 100, TRIES / 2);
            assertThat(rules).anyMatch(rule -> rule.startsWith("bytes differ from their checksum"))
                    .anyMatch(rule -> rule.contains("is missing, model needs"))
                    .anyMatch(rule -> rule.startsWith("texts are not those of a run"))
                    .anyMatch(rule -> rule.startsWith("text is missing"))
                    .anyMatch(rule -> rule.startsWith("another version of the format"))
                    .anyMatch(rule -> rule.startsWith("optimizer state: step is"));
        }
    }

    private static String values(Parameters all, Optimizer optimizer) {
        StringBuilder values = new StringBuilder();
        all.all().forEach(p -> values.append(Arrays.toString(p.value().toDoubles())));
        try (MemoryScope _ = MemoryScope.open("values")) {
            optimizer.state().values().forEach(tensor -> values.append(Arrays.toString(tensor.toDoubles())));
        }
        return values.toString();
    }

    /** Mostly with the length of the header and the checksum made right again, to reach the rules behind them. */
    private static byte[] mutated(SplittableRandom random, byte[] seed) {
        ByteBuffer whole = ByteBuffer.wrap(seed).order(ByteOrder.LITTLE_ENDIAN);
        int dataSize = seed.length - 8 - (int) whole.getLong(0);
        byte[] bytes = seed;
        for (int n = 1 + random.nextInt(2); n > 0; n--) {
            bytes = mutatedOnce(random, bytes);
        }
        if (random.nextInt(8) != 0 && bytes.length > dataSize + 8) {
            ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(0, bytes.length - 8 - dataSize);
        }
        if (random.nextInt(8) != 0 && bytes.length > 4) {
            CRC32C sum = new CRC32C();
            sum.update(bytes, 0, bytes.length - 4);
            ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(bytes.length - 4, (int) sum.getValue());
        }
        return bytes;
    }

    private static byte[] mutatedOnce(SplittableRandom random, byte[] bytes) {
        if (bytes.length == 0) {
            return new byte[] {1};
        }
        int at = random.nextInt(bytes.length);
        int length = Math.min(bytes.length - at, 1 + random.nextInt(12));
        byte[] word = WORDS[random.nextInt(WORDS.length)].getBytes(StandardCharsets.UTF_8);
        return switch (random.nextInt(8)) {
            case 0 -> splice(bytes, at, 1, new byte[] {(byte) (bytes[at] ^ 1 << random.nextInt(8))});
            case 1 -> splice(bytes, at, length, new byte[0]);
            case 2 -> splice(bytes, at, 0, word);
            case 3 -> splice(bytes, at, Math.min(word.length, bytes.length - at), word);
            case 4 -> Arrays.copyOf(bytes, random.nextInt(bytes.length + 16));
            case 5 -> splice(bytes, at, 0, Arrays.copyOfRange(bytes, at, at + length));
            case 6 -> { // in the data: a number of steps, say
                byte[] flipped = bytes.clone();
                flipped[bytes.length - 1 - random.nextInt(Math.min(72, bytes.length))] = (byte) random.nextInt(256);
                yield flipped;
            }
            default -> {
                byte[] digit = bytes.clone();
                while (at < digit.length && !Character.isDigit(digit[at])) {
                    at++;
                }
                if (at < digit.length) {
                    digit[at] = (byte) ('0' + random.nextInt(10));
                }
                yield digit;
            }
        };
    }

    private static byte[] splice(byte[] bytes, int at, int removed, byte[] inserted) {
        byte[] result = Arrays.copyOf(bytes, bytes.length - removed + inserted.length);
        System.arraycopy(inserted, 0, result, at, inserted.length);
        System.arraycopy(bytes, at + removed, result, at + inserted.length, bytes.length - at - removed);
        return result;
    }
}
