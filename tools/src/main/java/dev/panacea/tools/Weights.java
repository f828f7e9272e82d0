package dev.panacea.tools;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.panacea.nn.weight.StoredWeight;
import dev.panacea.nn.weight.WeightConversion;
import dev.panacea.nn.weight.WeightFile;
import dev.panacea.tensor.DataException;
import dev.panacea.tensor.io.StoredType;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code panacea weights}: says what a file of weights holds, and writes it in another format. */
@Command(name = "weights", mixinStandardHelpOptions = true, synopsisSubcommandLabel = "COMMAND",
        description = "Look into files of weights (safetensors, PyTorch's .pth and .pt) and convert them.")
final class Weights implements Runnable {
    private static final int LONGEST = 100;

    /** The types of floats that convert can write. */
    enum Floats { F32, F16, BF16 }

    @Spec
    private CommandSpec spec;

    /** Called without a command: says what there is. */
    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }

    @Command(name = "show", mixinStandardHelpOptions = true,
            description = "List the tensors of a file with types, shapes and sizes, and the settings beside them.")
    void show(@Parameters(paramLabel = "FILE", description = "A file of weights.") Path path,
            @Option(names = "--json", description = "Print one JSON object.") boolean json) {
        PrintWriter out = spec.commandLine().getOut();
        try (WeightFile file = WeightFile.open(path)) {
            if (json) {
                out.println(json(file));
            } else {
                print(file, out);
            }
        }
        out.flush();
    }

    @Command(name = "convert", mixinStandardHelpOptions = true,
            description = {"Write the tensors and settings of a file in another format.",
                "A .pth is written so that torch.load(path, weights_only=True) opens it."})
    void convert(@Parameters(paramLabel = "IN", description = "A file of weights.") Path from,
            @Parameters(paramLabel = "OUT", description = "Ends in .safetensors, .pth or .pt.") Path to,
            @Option(names = "--to", paramLabel = "TYPE",
                    description = "Round all floats: ${COMPLETION-CANDIDATES} (default: types are kept).")
            Floats floats,
            @Option(names = "--force", description = "Replace OUT where it exists.") boolean force) {
        if (!force && Files.exists(to, LinkOption.NOFOLLOW_LINKS)) {
            throw new DataException("weights " + to + ": exists already: nothing was written (name another file, or say"
                    + " --force)");
        }
        try (WeightFile file = WeightFile.open(from)) {
            WeightConversion.write(file, to, floats == null ? null : StoredType.valueOf(floats.name()));
            PrintWriter out = spec.commandLine().getOut();
            out.println(to + ": " + totals(file.weights().values()));
            out.flush();
        }
    }

    private static void print(WeightFile file, PrintWriter out) {
        Collection<StoredWeight> weights = file.weights().values();
        int width = weights.stream().mapToInt(weight -> shown(weight.name()).length()).max().orElse(0);
        int shapes = weights.stream().mapToInt(weight -> weight.shape().toString().length()).max().orElse(0);
        for (StoredWeight weight : weights) {
            out.printf(Locale.ROOT, "%-" + (width + 1) + "s %-5s %-" + (shapes + 1) + "s %,13d%n",
                    shown(weight.name()), weight.type(), weight.shape(), weight.byteSize());
        }
        out.println((weights.isEmpty() ? "" : System.lineSeparator()) + file.format() + ": " + totals(weights));
        int keys = file.texts().keySet().stream().mapToInt(key -> shown(key).length()).max().orElse(0);
        if (!file.texts().isEmpty()) {
            out.println();
        }
        file.texts().forEach((key, text) -> out.printf("%-" + (keys + 1) + "s %s%n", shown(key), shown(text)));
    }

    private static String totals(Collection<StoredWeight> weights) {
        return String.format(Locale.ROOT, "%,d tensors of %,d elements, %,d bytes", weights.size(),
                weights.stream().mapToLong(StoredWeight::elements).sum(),
                weights.stream().mapToLong(StoredWeight::byteSize).sum());
    }

    /** A text from the file, fit for a line of a terminal: not endless, and nothing in it that steers one. */
    private static String shown(String text) {
        String printable = text.replaceAll("\\p{C}", "?");
        return printable.length() <= LONGEST ? printable : printable.substring(0, LONGEST) + "…";
    }

    private static String json(WeightFile file) {
        List<Map<String, Object>> tensors = file.weights().values().stream().map(weight -> {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("name", weight.name());
            fields.put("type", weight.type().name());
            fields.put("shape", weight.shape());
            fields.put("bytes", weight.byteSize());
            return fields;
        }).toList();
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("format", file.format());
        all.put("elements", file.weights().values().stream().mapToLong(StoredWeight::elements).sum());
        all.put("bytes", file.weights().values().stream().mapToLong(StoredWeight::byteSize).sum());
        all.put("tensors", tensors);
        all.put("texts", file.texts());
        try {
            return new ObjectMapper().writeValueAsString(all);
        } catch (JsonProcessingException never) {
            throw new IllegalStateException(never); // strings and numbers can always be written
        }
    }
}
