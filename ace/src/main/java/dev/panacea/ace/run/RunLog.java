package dev.panacea.ace.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.panacea.tensor.DataException;
import dev.panacea.tensor.io.AtomicFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The numbers of each step, one JSON object a line in {@code log.jsonl}, and those among them that are finite for
 * TensorBoard in {@code events.out.tfevents…}. A run that goes on from an earlier step than it had logged drops the
 * lines from there on, and they are written again.
 */
public final class RunLog implements AutoCloseable {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final Path path;
    private final FileChannel channel;
    private final EventFile events;

    /**
     * Opens the log of a folder, which is made where it does not exist, to go on at a step.
     *
     * @throws DataException if it cannot be written
     */
    public RunLog(Path folder, long step) {
        path = folder.resolve("log.jsonl");
        try {
            Files.createDirectories(folder);
            if (Files.exists(path)) {
                List<String> kept;
                try (Stream<String> lines = Files.lines(path)) {
                    kept = lines.filter(line -> stepOf(line) < step).toList();
                }
                AtomicFile.write(path, "log", String.join("", kept.stream().map(line -> line + "\n").toList())
                        .getBytes(StandardCharsets.UTF_8));
            }
            channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            events = new EventFile(folder, System.currentTimeMillis() / 1000);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /** The step that a line tells of; beyond all where it was cut short. */
    private static long stepOf(String line) {
        try {
            JsonNode step = MAPPER.readTree(line).path("step");
            return step.isIntegralNumber() ? step.longValue() : Long.MAX_VALUE;
        } catch (JsonProcessingException e) {
            return Long.MAX_VALUE;
        }
    }

    /**
     * Adds a line.
     *
     * @param fields a {@code step} among them
     * @throws DataException if it cannot be written
     */
    public void add(Map<String, Object> fields) {
        Map<String, Double> scalars = new LinkedHashMap<>();
        fields.forEach((name, value) -> {
            if (value instanceof Double number && Double.isFinite(number)) {
                scalars.put(name, number);
            }
        });
        try {
            ByteBuffer line = ByteBuffer.wrap((MAPPER.writeValueAsString(fields) + "\n")
                    .getBytes(StandardCharsets.UTF_8));
            while (line.hasRemaining()) {
                channel.write(line);
            }
        } catch (IOException e) {
            throw failed(e);
        }
        events.add(System.currentTimeMillis() * 1e-3, ((Number) fields.get("step")).longValue(), scalars);
    }

    private DataException failed(IOException e) {
        return new DataException("log " + path + ": cannot be written: " + e.getMessage()
                + " (check the folder, its permissions and the space left)", e);
    }

    @Override
    public void close() {
        try (events) {
            channel.close();
        } catch (IOException e) {
            throw failed(e);
        }
    }
}
