package dev.panacea.tools.report;

import dev.panacea.ace.augment.Plane;
import dev.panacea.ace.crop.GridCropper;
import dev.panacea.ace.crop.Region;
import dev.panacea.ace.crop.ResizedCrop;
import dev.panacea.ace.data.Picture;
import dev.panacea.ace.data.Resize;
import dev.panacea.ace.run.PictureSource;
import dev.panacea.ace.train.PretrainConfig;
import dev.panacea.ace.train.Views;
import dev.panacea.tensor.Backends;
import dev.panacea.tensor.DataException;
import dev.panacea.tensor.RandomSource;
import dev.panacea.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * A picture of the run's data as the page shows it, whole and with crops of its own. Grey values are not changed at
 * random here.
 *
 * @param address of the picture for the page, square
 * @param whole all of it, normalised, [1, C, S, S]
 * @param views the crops
 */
record Shown(String address, Tensor whole, Views views) {
    private static final int PICTURES = 4;
    private static final int TRIES = 25; // pictures that may be unreadable, after each other
    private static final int PIXELS = 512; // on the page, at most
    private static final int CROPS = 5; // which of the children of a run's source these crops draw from

    /**
     * Some pictures from all over the data.
     *
     * @throws DataException if none of those tried can be read
     */
    static List<Shown> of(PictureSource source, PretrainConfig config) {
        List<Shown> shown = new ArrayList<>();
        int count = Math.min(PICTURES, source.size());
        for (int k = 0; k < count; k++) {
            int from = (int) ((long) k * source.size() / count);
            int to = (int) ((k + 1L) * source.size() / count);
            for (int number = from; number < Math.min(to, from + TRIES); number++) {
                try {
                    shown.add(of(source.picture(number), source.name(number), config, number));
                    break;
                } catch (DataException unreadable) {
                    continue; // the log of the run names it
                }
            }
        }
        if (shown.isEmpty()) {
            throw new DataException("report: none of the pictures tried can be read, such as " + source.name(0)
                    + " (see panacea data check, or name others with --data)");
        }
        return shown;
    }

    private static Shown of(Picture picture, String name, PretrainConfig config, long number) {
        int side = config.grid().imagePixels();
        RandomSource random = RandomSource.of(config.seed()).child(CROPS).child(number);
        Tensor film = new Plane(picture.height(), picture.width(), picture.values()).tensor(1).squeeze(0);
        Tensor square = ResizedCrop.off().apply(film, side, random);
        GridCropper cropper = new GridCropper(config.grid());
        var crops = cropper.draw(random);
        Views views = new Views(name, crops, config.augment().normalise(cropper.first(square, crops)),
                config.augment().normalise(cropper.second(square, crops)));
        Tensor whole = config.augment().normalise(square).unsqueeze(0).to(Backends.current());
        int pixels = Math.min(PIXELS, side);
        Picture small = new Resize(pixels, pixels, Resize.Filter.BICUBIC).apply(
                new Picture(side, side, 1, square.toFloats(), picture.facts()));
        return new Shown(Heat.grey(small.values(), pixels), whole, views);
    }

    /** Where C1 lies, in pixels of the square picture. */
    Region first() {
        return pixels(views.crops().first());
    }

    /** Where C2 lies. */
    Region second() {
        return pixels(views.crops().second());
    }

    /** Cells in pixels: exchanged where the configuration cuts them so. */
    Region pixels(Region cells) {
        var grid = views.crops().grid();
        return (grid.transposed() ? cells.transposed() : cells).times(grid.cellPixels());
    }

    /** All of the picture. */
    Region all() {
        return Region.square(0, 0, views.crops().grid().imagePixels());
    }
}
