package dev.panacea.tools.pretrain;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.panacea.ace.data.ImageList;
import dev.panacea.ace.run.PictureSource;
import dev.panacea.ace.train.PretrainConfig;
import dev.panacea.ace.train.Recipe;
import dev.panacea.nn.ConfigException;
import dev.panacea.tensor.DataException;
import dev.panacea.tensor.io.AtomicFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * All that a run follows from, as {@code run.json} holds it beside the checkpoints.
 *
 * @param data folders, lists and files of pictures; empty for drawn ones
 * @param column what names the pictures in tables
 * @param drawn how many pictures are drawn where there are no others
 * @param pretrain the choices of the method
 */
public record RunConfig(List<String> data, String column, int drawn, PretrainConfig pretrain) {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final String COLUMN = "image";
    private static final int DRAWN = 256;

    /** What a nano Swin on two cores does in some minutes: pictures of 224 pixels, views of 96. */
    private static final Map<String, String> SMALL = Map.ofEntries(Map.entry("model.name", "swin_nano"),
            Map.entry("grid.imagePixels", "224"), Map.entry("grid.cellPixels", "16"),
            Map.entry("grid.viewCells", "6"), Map.entry("globalHead.hidden", "256"),
            Map.entry("globalHead.bottleneck", "64"), Map.entry("globalHead.outputs", "1024"),
            Map.entry("optimizer.batch", "8"), Map.entry("optimizer.epochs", "12"),
            Map.entry("optimizer.rate", "0.001"), Map.entry("optimizer.rateBatch", "8"),
            Map.entry("optimizer.warmUpEpochs", "0.5"));

    /**
     * Checks the number.
     *
     * @throws ConfigException if nothing would be drawn
     */
    public RunConfig {
        data = List.copyOf(data);
        if (drawn < 1) {
            throw new ConfigException("run: " + drawn + " drawn pictures (need 1 or more)");
        }
    }

    /** Small enough for two cores and a few minutes. */
    public static RunConfig small() {
        return new RunConfig(List.of(), COLUMN, DRAWN, Recipe.PANACEA.config().with(SMALL));
    }

    /** A recipe, on drawn pictures. */
    public static RunConfig of(Recipe recipe) {
        return new RunConfig(List.of(), COLUMN, DRAWN, recipe.config());
    }

    /** The same on these folders, lists and files of pictures; none for drawn ones. */
    public RunConfig withData(List<String> given) {
        return new RunConfig(given, column, drawn, pretrain);
    }

    RunConfig withColumn(String name) {
        return new RunConfig(data, name, drawn, pretrain);
    }

    RunConfig withDrawn(int count) {
        return new RunConfig(data, column, count, pretrain);
    }

    /** The same with some choices of the method changed, by their names. */
    public RunConfig with(Map<String, String> changes) {
        return changes.isEmpty() ? this : new RunConfig(data, column, drawn, pretrain.with(changes));
    }

    /**
     * The pictures, each decoded when it is asked for.
     *
     * @param err told what lists name and is not there
     */
    public PictureSource source(PrintWriter err) {
        return data.isEmpty() ? PictureSource.drawn(drawn, pretrain.grid().imagePixels(), pretrain.seed())
                : PictureSource.files(files(err));
    }

    /** The files that the data names, in their order. */
    List<Path> files(PrintWriter err) {
        List<Path> files = new ArrayList<>();
        for (String name : data) {
            Path path = Path.of(name);
            if (!Files.exists(path)) {
                throw new DataException("pretrain: " + path + ": no such file or folder (check the name)");
            }
            ImageList found = ImageList.named(path, null, column);
            found.missing().forEach(line -> err.println(path + ": left out: " + line));
            found.entries().forEach(entry -> files.add(entry.file()));
        }
        err.flush();
        if (files.isEmpty()) {
            throw new DataException("pretrain: no pictures in " + data + " (name folders, lists or files)");
        }
        return files;
    }

    /** A run's own file, or one that holds nothing but choices of the method. */
    static RunConfig read(Path path) {
        String where = "config " + path;
        try {
            if (Files.size(path) > 1 << 20) {
                throw new ConfigException(where + ": too large for a configuration (need JSON of at most 1 MiB)");
            }
            JsonNode tree = MAPPER.readTree(Files.readString(path));
            if (!tree.has("pretrain")) {
                return new RunConfig(List.of(), COLUMN, DRAWN, PretrainConfig.parse(tree.toString()));
            }
            for (Iterator<String> names = tree.fieldNames(); names.hasNext();) {
                String name = names.next();
                if (!List.of("data", "column", "drawn", "pretrain").contains(name)) {
                    throw new ConfigException("config: unknown key " + DataException.shown(name)
                            + " (need data, column, drawn, pretrain)");
                }
            }
            List<String> data = new ArrayList<>();
            tree.path("data").forEach(item -> data.add(item.asText()));
            return new RunConfig(data, tree.path("column").asText(COLUMN), tree.path("drawn").asInt(DRAWN),
                    PretrainConfig.parse(tree.get("pretrain").toString()));
        } catch (JsonProcessingException e) {
            throw new ConfigException(where + ": not JSON: line " + (e.getLocation() == null ? "unknown"
                    : e.getLocation().getLineNr()) + " (compare it with the run.json of another run)");
        } catch (IOException e) {
            throw new DataException(where + ": cannot be read: " + e.getClass().getSimpleName() + " (check the path)",
                    e);
        } catch (ConfigException e) {
            throw e.getMessage().startsWith(where) ? e : new ConfigException(where + ": " + e.getMessage());
        }
    }

    void write(Path path) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("data", data);
        fields.put("column", column);
        fields.put("drawn", drawn);
        try {
            ObjectNode tree = MAPPER.valueToTree(fields);
            tree.set("pretrain", MAPPER.readTree(pretrain.json()));
            String text = MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(tree) + "\n";
            AtomicFile.write(path, "config", text.getBytes(StandardCharsets.UTF_8));
        } catch (JsonProcessingException never) {
            throw new IllegalStateException(never); // texts and numbers can always be written
        }
    }
}
