package dev.panacea.tools.lesson;

import dev.panacea.ace.crop.CropPair;
import dev.panacea.ace.crop.GridConfig;
import dev.panacea.ace.train.PretrainConfig;
import dev.panacea.ace.train.Recipe;
import dev.panacea.ace.train.Views;
import dev.panacea.nn.ConfigException;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.Tensor;
import java.util.Map;
import picocli.CommandLine.Option;

/** The grid of a lesson and where the crops lie: the paper's grid of 32 × 32 cells, on smaller pictures. */
final class GridOptions {
    @Option(names = "--image", defaultValue = "512", paramLabel = "PIXELS",
            description = "Side of the square that the picture is resized to (default: ${DEFAULT-VALUE}).")
    private int image;

    @Option(names = "--cells", defaultValue = "32", paramLabel = "N",
            description = "Cells of the grid along a side (default: ${DEFAULT-VALUE}).")
    private int cells;

    @Option(names = "--view", paramLabel = "PIXELS",
            description = "Side of the views, an even number of cells (default: 14 cells).")
    private Integer view;

    @Option(names = "--seed", defaultValue = "7", paramLabel = "N",
            description = "What the crops are drawn from, and the drawn X-ray (default: ${DEFAULT-VALUE}).")
    private long seed;

    long seed() {
        return seed;
    }

    GridConfig grid() {
        if (image < 1 || image > 4096 || cells < 1 || image % cells != 0) {
            throw new ConfigException("grid: picture of " + image + " pixels, " + cells
                    + " cells (need 1..4096 pixels, a multiple of the cells)");
        }
        int cell = image / cells;
        if (view != null && view % cell != 0) {
            throw new ConfigException("--view: " + view + " pixels, cells of " + cell
                    + " (need an even number of cells)");
        }
        return new GridConfig(image, cell, view == null ? 14 : view / cell, false);
    }

    /** The choices of the default recipe on this grid. A ViT's patch may be a cell of any size. */
    PretrainConfig config() {
        GridConfig grid = grid();
        return Recipe.PANACEA.config().with(Map.of("model.name", "vit_nano", "augment.channels", "1",
                "seed", Long.toString(seed), "grid.imagePixels", Integer.toString(grid.imagePixels()),
                "grid.cellPixels", Integer.toString(grid.cellPixels()),
                "grid.viewCells", Integer.toString(grid.viewCells())));
    }

    /** Where the crops of the first picture lie in the first epoch. */
    CropPair crops() {
        try (MemoryScope _ = MemoryScope.open("crops")) {
            return Views.of(Tensor.zeros(image, image), config(), 0, 0).crops();
        }
    }
}
