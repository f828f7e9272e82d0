package dev.panacea.tools.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.panacea.ace.example.Examples;
import dev.panacea.ace.run.PictureSource;
import dev.panacea.tensor.Backends;
import dev.panacea.tensor.DataException;
import dev.panacea.tensor.HostFacts;
import dev.panacea.tools.bench.Machine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/**
 * Where and of what a process ran a part of a run: one line of {@code starts.jsonl}.
 *
 * @param facts texts by name, in the order in which they are shown
 */
public record RunStart(Map<String, String> facts) {
    /** The hash of the data's list among the facts. */
    static final String DATA_HASH = "data list";
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final String FILE = "starts.jsonl";

    /**
     * This process.
     *
     * @param version of the program
     * @param step the first one it will do
     */
    public static RunStart now(String version, long step, PictureSource source) {
        return now(version, step, source.size(), hash(source));
    }

    /**
     * This process, where pictures have labels.
     *
     * @param version of the program
     * @param step the first one it will do
     * @param train what it learns from
     */
    public static RunStart now(String version, long step, Examples train) {
        return now(version, step, train.size(), hash(train));
    }

    private static RunStart now(String version, long step, int pictures, String hash) {
        Map<String, String> facts = new LinkedHashMap<>();
        HostFacts host = HostFacts.now();
        facts.put("from step", Long.toString(step));
        facts.put("started", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        facts.put("version", version);
        facts.put("machine", Machine.name());
        facts.put("threads", host.threads() + " of " + host.processors() + " processors, vectors of "
                + host.vectorBits() + " bits");
        facts.put("device", Backends.current().name());
        facts.put("java", Runtime.version() + ", " + System.getProperty("java.vendor"));
        facts.put("pictures", Integer.toString(pictures));
        facts.put(DATA_HASH, hash);
        return new RunStart(facts);
    }

    /** The same with one more fact. */
    public RunStart with(String name, String text) {
        Map<String, String> more = new LinkedHashMap<>(facts);
        more.put(name, text);
        return new RunStart(more);
    }

    /** A hash of the names of all pictures in their order. */
    static String hash(PictureSource source) {
        return hash(source.size(), source::name);
    }

    /** The same of examples. */
    static String hash(Examples examples) {
        return hash(examples.size(), examples::name);
    }

    private static String hash(int size, IntFunction<String> name) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (int number = 0; number < size; number++) {
                digest.update((name.apply(number) + "\n").getBytes(StandardCharsets.UTF_8));
            }
            return "sha256 " + HexFormat.of().formatHex(digest.digest(), 0, 8);
        } catch (NoSuchAlgorithmException never) {
            throw new IllegalStateException(never); // every JDK has it
        }
    }

    /** Adds this to those of a run. */
    public void write(Path run) {
        Path path = run.resolve(FILE);
        try {
            Files.writeString(path, MAPPER.writeValueAsString(facts) + "\n", StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new DataException("starts " + path + ": cannot be written: " + e.getClass().getSimpleName()
                    + " (check the folder, its permissions and the space left)", e);
        }
    }

    /** All those of a run; lines that cannot be read are left out, since nothing depends on them. */
    static List<RunStart> read(Path run) {
        List<RunStart> starts = new ArrayList<>();
        try {
            for (String line : Files.isRegularFile(run.resolve(FILE)) ? Files.readAllLines(run.resolve(FILE))
                    : List.<String>of()) {
                Map<String, String> facts = new LinkedHashMap<>();
                parsed(line).properties().forEach(field -> facts.put(field.getKey(), field.getValue().asText()));
                if (!facts.isEmpty()) {
                    starts.add(new RunStart(facts));
                }
            }
        } catch (IOException e) {
            throw new DataException("starts " + run.resolve(FILE) + ": cannot be read: "
                    + e.getClass().getSimpleName() + " (check that it is text, and its permissions)", e);
        }
        return starts;
    }

    private static JsonNode parsed(String line) {
        try {
            return MAPPER.readTree(line);
        } catch (JsonProcessingException e) {
            return MAPPER.createObjectNode();
        }
    }
}
