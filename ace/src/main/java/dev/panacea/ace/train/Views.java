package dev.panacea.ace.train;

import dev.panacea.ace.augment.Plane;
import dev.panacea.ace.crop.CropPair;
import dev.panacea.ace.crop.GridCropper;
import dev.panacea.ace.data.Picture;
import dev.panacea.tensor.DataException;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.RandomSource;
import dev.panacea.tensor.Tensor;
import java.util.List;

/**
 * The two views of one picture, ready for a batch.
 *
 * @param name what errors call the picture, such as its file
 * @param crops where the views lie
 * @param first C1 changed and normalised, [C, V, V]
 * @param second C2 changed and normalised, [C, V, V]
 */
public record Views(String name, CropPair crops, Tensor first, Tensor second) {
    /** Which of the children of a run's source views draw from; steps draw from another. */
    private static final int VIEWS = 1;

    /**
     * Makes the views of a picture: a pure function of picture, configuration (its seed among it), epoch and sample. It
     * may be called from any thread; the tensors belong to the current memory scope of that thread.
     *
     * @param picture grey in 0..1, [H, W] of any size
     * @param sample number of the picture in the data, not its place in the epoch
     */
    public static Views of(Tensor picture, PretrainConfig config, long epoch, long sample) {
        return of(picture, config, random(config, epoch, sample), StepWatch.NONE).named("sample " + sample);
    }

    /** Where the views of a sample draw from in an epoch. */
    public static RandomSource random(PretrainConfig config, long epoch, long sample) {
        return RandomSource.of(config.seed()).child(VIEWS).child(epoch).child(sample);
    }

    /** The same views with another source of random numbers, and with somebody who looks on. */
    public static Views of(Tensor picture, PretrainConfig config, RandomSource random, StepWatch watch) {
        GridCropper cropper = new GridCropper(config.grid());
        try (MemoryScope scope = MemoryScope.open("views")) {
            Tensor square = config.resizedCrop().apply(picture, config.grid().imagePixels(), random.child(0));
            watch.made("ResizedCrop", List.of(picture), List.of(square));
            CropPair crops = cropper.draw(random.child(1));
            Tensor c1 = cropper.first(square, crops);
            Tensor c2 = cropper.second(square, crops);
            watch.made("GridCropper", List.of(square), List.of(c1, c2));
            Tensor first = config.augment().apply(c1, random.child(2));
            Tensor second = config.augment().apply(c2, random.child(3));
            watch.made("Augment", List.of(c1, c2), List.of(first, second));
            return new Views("picture", crops, scope.keep(first), scope.keep(second));
        }
    }

    /**
     * Makes the views of a decoded picture, as {@link #of(Tensor, PretrainConfig, long, long)} does.
     *
     * @throws DataException if it is not grey
     */
    public static Views of(Picture picture, PretrainConfig config, long epoch, long sample) {
        if (picture.channels() != 1) {
            throw new DataException("views: picture has " + picture.channels() + " channels (decode it to grey)");
        }
        try (MemoryScope scope = MemoryScope.open("picture")) {
            Plane plane = new Plane(picture.height(), picture.width(), picture.values());
            Views views = of(plane.tensor(1).squeeze(0), config, epoch, sample);
            scope.keep(views.first());
            scope.keep(views.second());
            return views;
        }
    }

    /** The same with another name. */
    public Views named(String other) {
        return new Views(other, crops, first, second);
    }
}
