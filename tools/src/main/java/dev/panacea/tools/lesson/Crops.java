package dev.panacea.tools.lesson;

import dev.panacea.ace.crop.CropPair;
import dev.panacea.ace.crop.Region;
import dev.panacea.ace.data.ImageDecoder;
import dev.panacea.ace.data.Picture;
import dev.panacea.ace.drawn.DrawnXray;
import dev.panacea.ace.run.BatchLoader;
import dev.panacea.ace.train.PretrainConfig;
import dev.panacea.ace.train.Views;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code panacea crops}: the grid of a picture, both crops, what they share, and one token with its four parts. */
@Command(name = "crops", mixinStandardHelpOptions = true, sortOptions = false,
        description = {"Show how two crops are cut from one picture along a grid, and which tokens correspond.",
            "Without a picture: a drawn X-ray."},
        footer = {"", "The crops are those of the first picture in the first epoch of a run with that seed."})
public final class Crops implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(arity = "0..1", paramLabel = "IMAGE", description = "A picture of any format that films come in.")
    private Path file;

    @Mixin
    private GridOptions grid;

    @Option(names = "--out", defaultValue = "crops.png", paramLabel = "PNG",
            description = "Where the picture goes (default: ${DEFAULT-VALUE}).")
    private Path out;

    /** What picocli fills in. */
    public Crops() {}

    @Override
    public Integer call() {
        PretrainConfig config = grid.config();
        Picture picture = file == null ? DrawnXray.draw(grid.seed(), config.grid().imagePixels()).picture()
                : new ImageDecoder().decode(file);
        String name = file == null ? "drawn X-ray " + grid.seed() : file.getFileName().toString();
        Map<String, List<float[]>> made = new HashMap<>();
        CropPair crops;
        try (MemoryScope _ = MemoryScope.open("crops")) {
            Picture kept = BatchLoader.reduction(config).apply(picture);
            Tensor whole = Tensor.of(Shape.of(kept.height(), kept.width()), kept.values());
            crops = Views.of(whole, config, Views.random(config, 0, 0),
                    (room, in, out) -> made.put(room, out.stream().map(Crops::values).toList())).crops();
        }
        CropsBoard board = new CropsBoard(crops, config.augment(), made);
        PrintWriter printer = spec.commandLine().getOut();
        board.draw(name, out).tell(spec.commandLine().getErr());
        printer.print(text(name, picture, crops, board.token()));
        printer.println("drawn     in " + out);
        printer.flush();
        return 0;
    }

    private static float[] values(TensorOps<?> tensor) {
        return ((Tensor) tensor).toFloats();
    }

    private static String text(String name, Picture picture, CropPair crops, TokenPair token) {
        int cell = crops.grid().cellPixels();
        int view = crops.grid().viewCells();
        Region overlap = crops.overlap();
        StringBuilder text = new StringBuilder();
        text.append("picture   %s, %d × %d pixels, resized to %d × %4$d: %d × %5$d cells of %d pixels%n".formatted(
                name, picture.width(), picture.height(), crops.grid().imagePixels(), crops.grid().imageCells(), cell));
        text.append("C1        %s, seen as it is: %d × %2$d tokens, each 1 cell%n".formatted(
                described(crops.first(), cell), view));
        text.append("C2        %s, seen at half size: %d × %2$d tokens, each 2 × 2 cells%n".formatted(
                described(crops.second(), cell), view));
        text.append(("parity    rows %d and %d are both %s, columns %d and %d both %s:"
                + " so a token of C2 is 2 × 2 of C1%n").formatted(crops.first().row(), crops.second().row(),
                        parity(crops.first().row()), crops.first().column(), crops.second().column(),
                        parity(crops.first().column())));
        text.append("overlap   %s; no draw has fewer than %d a side%n".formatted(described(overlap, cell),
                crops.grid().leastOverlap()));
        text.append("pairs     %d of %d tokens of C2 have an exact partner among C1's %d composed ones%n".formatted(
                overlap.size() / 4, view * view, view * view / 4));
        text.append("          %d of %d tokens of C1 have one among C2's %d decomposed ones%n".formatted(
                overlap.size(), view * view, 4 * view * view));
        text.append("p         token %d of C2, row %d, column %d: cells %d..%d down, %d..%d across%n".formatted(
                token.p(), token.p() / view, token.p() % view, token.cells().row(), token.cells().row() + 1,
                token.cells().column(), token.cells().column() + 1));
        text.append("q1..q4    tokens %s of C1: the same pixels, at twice the resolution%n".formatted(
                token.q().toString().replaceAll("[\\[\\]]", "")));
        return text.toString();
    }

    private static String described(Region cells, int pixels) {
        return "row %d, column %d, %d × %d cells = %d × %d pixels".formatted(cells.row(), cells.column(),
                cells.height(), cells.width(), cells.height() * pixels, cells.width() * pixels);
    }

    private static String parity(int number) {
        return number % 2 == 0 ? "even" : "odd";
    }
}
