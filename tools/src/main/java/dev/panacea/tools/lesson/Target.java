package dev.panacea.tools.lesson;

import dev.panacea.ace.crop.CropPair;
import dev.panacea.ace.loss.MatchingConfig;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code panacea target}: what the matching matrix should be, Eq. 4, as a picture and as numbers. */
@Command(name = "target", mixinStandardHelpOptions = true, sortOptions = false,
        description = {"Show Eq. 4: which of the student's tokens should match which of the teacher's, and how much.",
            "T[i, j] = exp(-(dx² + dy²) / 2σ²) within k × k tokens round the partner of i, else 0."},
        footer = {"", "The crops are those that 'panacea crops' shows with the same options."})
public final class Target implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private GridOptions grid;

    @Option(names = "--kernel", defaultValue = "3", paramLabel = "K",
            description = "Side of the Gaussian in tokens, an odd number (default: ${DEFAULT-VALUE}).")
    private int kernel;

    @Option(names = "--sigma", defaultValue = "1", paramLabel = "S",
            description = "Its width in tokens (default: ${DEFAULT-VALUE}).")
    private double sigma;

    @Option(names = "--token", paramLabel = "I",
            description = "A token of C2, counted row by row, to show in numbers (default: one in the middle of the"
                    + " overlap).")
    private Integer token;

    @Option(names = "--out", defaultValue = "target.png", paramLabel = "PNG",
            description = "Where the picture goes (default: ${DEFAULT-VALUE}).")
    private Path out;

    /** What picocli fills in. */
    public Target() {}

    @Override
    public Integer call() {
        CropPair crops = grid.crops();
        int side = crops.grid().viewCells();
        MatchingConfig config = new MatchingConfig(kernel, sigma, 0.9, 1, false, false);
        int p = token == null ? middle(crops) : token;
        if (p < 0 || p >= side * side) {
            throw new ParameterException(spec.commandLine(), "--token: out of range: " + p + " (need 0.."
                    + (side * side - 1) + ")");
        }
        boolean shared = crops.overlapInSecond().contains(p / side, p % side);
        TargetMatrix composition = TargetMatrix.of("composition", crops.composition(), config);
        TargetMatrix decomposition = TargetMatrix.of("decomposition", crops.decomposition(), config);
        int q = shared ? TokenPair.of(crops, p).q().getFirst() : side * side / 2;
        new TargetBoard(crops, config).draw(composition, p, decomposition, q, out)
                .tell(spec.commandLine().getErr());
        PrintWriter printer = spec.commandLine().getOut();
        printer.print(composition.text("C2", "C1's composed", p));
        printer.print(decomposition.text("C1", "C2's decomposed", q));
        printer.println("drawn          in " + out);
        printer.flush();
        return 0;
    }

    private static int middle(CropPair crops) {
        int row = crops.overlapInSecond().row() + crops.overlapInSecond().height() / 2;
        int column = crops.overlapInSecond().column() + crops.overlapInSecond().width() / 2;
        return row * crops.grid().viewCells() + column;
    }
}
