package dev.panacea.tools.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.panacea.ace.data.Ahead;
import dev.panacea.ace.data.DecodeLimits;
import dev.panacea.ace.data.ImageDecoder;
import dev.panacea.ace.data.ImageList;
import dev.panacea.ace.label.LabelOptions;
import dev.panacea.ace.label.LabelTask;
import dev.panacea.tools.Progress;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code panacea data check}: decodes every file of a folder and says what it found. */
@Command(name = "check", mixinStandardHelpOptions = true,
        description = {"Decode every file of a folder: counts, sizes, duplicates, what cannot be read and why, and for"
                + " DICOM what was applied.",
            "With --task: read the lists of a data set, and count its labels and splits.",
            "Nothing is changed. Exit code 1 where no file could be read."})
final class DataCheck implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "DIR", description = "The folder; those below it count too, hidden files do not.")
    private Path folder;

    @Option(names = "--out", paramLabel = "PNG",
            description = "Write a contact sheet: up to 100 of the pictures, with their numbers.")
    private Path out;

    @Option(names = "--task", paramLabel = "NAME",
            description = {"Read the lists of a data set in place of decoding: chestxray14, shenzhen, rsna, eyepacs,"
                + " idrid, idrid-points, idrid-lesions, jsrt, chestxdet, siim, landmarks; folder (one for each class)"
                + " or csv (columns image, patient, split, and label, one for each label, mask_NAME, or x_NAME and"
                + " y_NAME) for pictures of your own.",
                "Lists and pictures lie anywhere in DIR. Splits that a set does not have are drawn by patient."})
    private String task;

    @Option(names = "--columns", paramLabel = "NAME", split = ",",
            description = "With --task csv: the columns that are labels (default: all others).")
    private List<String> columns = List.of();

    @Option(names = "--seed", defaultValue = "0", paramLabel = "N",
            description = "With --task: what drawn splits come from (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--json", description = "Print one JSON object a line: each file, then a summary.")
    private boolean json;

    @Option(names = "--threads", paramLabel = "N", description = "Files decoded at once (default: all processors).")
    private Integer threads;

    @Option(names = "--max-pixels", paramLabel = "N",
            description = "Refuse pictures of more pixels (default: 67108864).")
    private Long pixels;

    @Override
    public Integer call() {
        if (threads != null && (threads < 1 || threads > 1024)) {
            throw new ParameterException(spec.commandLine(), "--threads: out of range: " + threads
                    + " (need 1..1024)");
        }
        PrintWriter writer = spec.commandLine().getOut();
        if (task != null) {
            new LabelReport(LabelTask.named(task).read(folder, new LabelOptions(seed, columns))).lines()
                    .forEach(writer::println);
            writer.flush();
            return 0;
        }
        ImageList list = ImageList.folder(folder);
        ImageDecoder decoder = new ImageDecoder(pixels == null ? DecodeLimits.STANDARD
                : new DecodeLimits(DecodeLimits.STANDARD.bytes(), pixels));
        long begun = System.nanoTime();
        List<Finding.Seen> seen = look(list, decoder);
        double seconds = (System.nanoTime() - begun) / 1e9;
        List<Finding> findings = seen.stream().map(Finding.Seen::finding).toList();
        CheckReport report = new CheckReport(folder, list.missing(), findings, seconds);
        if (json) {
            findings.forEach(finding -> writer.println(line(finding)));
            writer.println(line(report.summary()));
        } else {
            report.lines().forEach(writer::println);
        }
        if (out != null) {
            writeSheet(seen, json ? spec.commandLine().getErr() : writer);
        }
        writer.flush();
        return report.readable() == 0 ? 1 : 0;
    }

    private List<Finding.Seen> look(ImageList list, ImageDecoder decoder) {
        int count = list.entries().size();
        int step = Math.max(1, Math.ceilDiv(count, ContactSheet.MOST)); // spread evenly over the list
        int workers = threads == null ? Runtime.getRuntime().availableProcessors() : threads;
        List<Finding.Seen> seen = new ArrayList<>();
        try (Progress progress = Progress.open("check", count, spec.commandLine().getErr());
                Ahead<Finding.Seen> ahead = new Ahead<>(count, i -> {
                    Finding.Seen one = Finding.of(decoder, list, list.entries().get((int) i),
                            out != null && i % step == 0);
                    progress.step();
                    return one;
                }, workers, 2 * workers)) {
            while (ahead.hasNext()) {
                seen.add(ahead.next());
            }
        }
        return seen;
    }

    private void writeSheet(List<Finding.Seen> seen, PrintWriter writer) {
        List<Finding.Seen> drawn = seen.stream().filter(one -> one.thumbnail() != null).toList();
        if (drawn.isEmpty()) {
            writer.println("no contact sheet: no picture to draw");
            return;
        }
        ContactSheet sheet = new ContactSheet(drawn.size());
        drawn.forEach(one -> sheet.add(one.thumbnail(), one.finding().number()));
        sheet.write(out);
        writer.println("contact sheet of " + drawn.size() + ": " + out);
        writer.flush();
    }

    private static String line(Object value) {
        try {
            return new ObjectMapper().writeValueAsString(value);
        } catch (JsonProcessingException never) {
            throw new IllegalStateException(never); // strings and numbers can always be written
        }
    }
}
