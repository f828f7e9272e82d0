package dev.panacea.tools.drawn;

import dev.panacea.ace.drawn.DrawnOptions;
import dev.panacea.ace.drawn.DrawnXray;
import dev.panacea.ace.drawn.Drawing;
import dev.panacea.ace.drawn.FindingKind;
import dev.panacea.tools.Png;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code panacea draw}: draws chest X-rays and writes them with all that is known of them. */
@Command(name = "draw", mixinStandardHelpOptions = true,
        description = {"Draw chest X-rays of patients who never lived, with landmarks, masks and findings.",
            "The folder then holds images/, masks/, landmarks.csv (image#x,y,index#…), landmark_names.csv,"
                + " findings.csv and boxes.csv (columns as in ChestX-ray14)."})
public final class Draw implements Callable<Integer> {
    private static final int MOST = 1_000_000;

    @Spec
    private CommandSpec spec;

    @Option(names = "--count", paramLabel = "N", defaultValue = "16",
            description = "How many patients (default: ${DEFAULT-VALUE}).")
    private int count;

    @Option(names = "--films", paramLabel = "N", defaultValue = "1",
            description = "How many films of each (default: ${DEFAULT-VALUE}).")
    private int films;

    @Option(names = "--size", paramLabel = "PIXELS", defaultValue = "512",
            description = "Width and height, 64..2048 (default: ${DEFAULT-VALUE}).")
    private int size;

    @Option(names = "--seed", paramLabel = "SEED", defaultValue = "1",
            description = "The first patient; the others follow (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--bits", paramLabel = "BITS", defaultValue = "8",
            description = "Bits of a pixel, 8 or 16 (default: ${DEFAULT-VALUE}).")
    private int bits;

    @Option(names = "--finding", paramLabel = "KIND",
            description = "Give every patient this one: ${COMPLETION-CANDIDATES}.")
    private FindingKind finding;

    @Option(names = "--healthy", description = "Give nobody a finding.")
    private boolean healthy;

    @Option(names = "--noise", paramLabel = "STRENGTH", defaultValue = "1",
            description = "Strength of the quantum noise, 0..10 (default: ${DEFAULT-VALUE}).")
    private double noise;

    @Option(names = "--out", paramLabel = "DIR",
            description = "Write the set into this folder, which must be new or empty.")
    private Path out;

    @Option(names = "--sheet", paramLabel = "PNG", description = "Write one picture of up to 64 of them.")
    private Path sheet;

    @Option(names = "--truth", description = "Also write pictures, and draw the sheet, with the truth on them.")
    private boolean truth;

    /** What picocli fills in. */
    public Draw() {}

    /** Draws and writes. */
    @Override
    public Integer call() {
        check("--count", count, 1, MOST);
        check("--films", films, 1, 1000);
        check("--size", size, 64, 2048);
        if (bits != 8 && bits != 16) {
            throw wrong("--bits: " + bits + " (need 8 or 16)");
        }
        if (!(noise >= 0 && noise <= 10)) {
            throw wrong("--noise: out of range: " + noise + " (need 0..10)");
        }
        if (healthy && finding != null) {
            throw wrong("--healthy and --finding exclude each other (leave one away)");
        }
        if (out == null && sheet == null) {
            throw wrong("nothing to write (need --out DIR, --sheet PNG or both)");
        }
        DrawnOptions options = (healthy ? DrawnOptions.healthy() : finding != null ? DrawnOptions.only(finding)
                : DrawnOptions.standard()).withNoise(noise);
        DrawnSet set = out == null ? null : new DrawnSet(out, bits, truth);
        List<java.awt.image.BufferedImage> shown = new ArrayList<>();
        Map<String, Integer> kinds = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            for (int film = 0; film < films; film++) {
                Drawing drawing = DrawnXray.film(seed + i, film, options).draw(size);
                drawing.findings().forEach(found -> kinds.merge(found.kind().label(), 1, Integer::sum));
                if (set != null) {
                    set.add(drawing);
                }
                if (sheet != null && shown.size() < Sheet.MOST) {
                    shown.add(truth ? Overlay.of(drawing) : Pngs.grey(drawing, 8));
                }
            }
        }
        PrintWriter writer = spec.commandLine().getOut();
        if (set != null) {
            set.close();
            writer.println("images    " + count * films + " of " + count + " patients, " + size + " x " + size + ", in "
                    + out);
        }
        if (sheet != null) {
            Png.write(sheet, "file", Sheet.of(shown));
            writer.println("sheet     " + shown.size() + " of them: " + sheet);
        }
        writer.println("findings  " + (kinds.isEmpty() ? "none" : kinds.toString().replaceAll("[{}]", "")));
        writer.flush();
        return 0;
    }

    private void check(String option, int value, int least, int most) {
        if (value < least || value > most) {
            throw wrong(option + ": out of range: " + value + " (need " + least + ".." + most + ")");
        }
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
