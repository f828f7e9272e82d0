package dev.panacea.tools.pretrain;

import dev.panacea.ace.crop.GridConfig;
import dev.panacea.nn.ConfigException;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The grid for pictures and views of other sizes. Cells scale with the picture where its side is a multiple of them,
 * and else keep their pixels; views then have about the same share of the picture.
 *
 * @param begun the grid to begin from
 * @param image side of the picture in pixels, or null for the same
 * @param view side of the views in pixels, or null for the same share of the picture
 */
public record GridSizes(GridConfig begun, Integer image, Integer view) {
    /** What changes, by its names in a configuration. */
    public Map<String, String> changes() {
        if (image == null && view == null) {
            return Map.of();
        }
        int side = image == null ? begun.imagePixels() : image;
        int cell = IntStream.of(side / begun.imageCells(), begun.cellPixels())
                .filter(pixels -> pixels > 0 && side % pixels == 0 && (view == null || view % (2 * pixels) == 0))
                .filter(pixels -> pixels == begun.cellPixels() || side % begun.imageCells() == 0)
                .findFirst().orElseThrow(this::refusal);
        int cells = side / cell;
        int views = view == null ? 2 * Math.round(cells * begun.viewCells() / (2f * begun.imageCells())) : view / cell;
        return Map.of("grid.imagePixels", Integer.toString(side), "grid.cellPixels", Integer.toString(cell),
                "grid.viewCells", Integer.toString(views));
    }

    private ConfigException refusal() {
        return new ConfigException((image == null ? "" : "--image " + image + ": ")
                + (view == null ? "" : "--view " + view + ": ") + "no whole number of cells (need a picture that is a"
                + " multiple of " + begun.imageCells() + " or " + begun.cellPixels()
                + " pixels, and views of an even number of cells; or set grid.cellPixels)");
    }
}
