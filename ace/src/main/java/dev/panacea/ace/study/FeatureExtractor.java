package dev.panacea.ace.study;

import dev.panacea.ace.crop.Region;
import dev.panacea.ace.data.Picture;
import dev.panacea.ace.data.Resize;
import java.util.List;

/**
 * A network as a study sees it: pictures of any size go in and are resized to its own; what comes out depends on
 * nothing else. Pictures hold intensities of 0..1, grey or in colour.
 */
public interface FeatureExtractor {
    /** Side of the square that a picture is resized to, in pixels: a view. */
    int pixels();

    /** Pixels between a token and the next. */
    int stride();

    /**
     * Side of a whole picture in which {@link #pixels} are a view at full resolution; in the paper 1024, of which a
     * view shows 448.
     */
    default int imagePixels() {
        return stride() * (int) Math.round(pixels() * 16.0 / 7 / stride());
    }

    /** One embedding of each picture, of K numbers. */
    List<float[]> pooled(List<Picture> pictures);

    /** One embedding of each picture. */
    default float[] pooled(Picture picture) {
        return pooled(List.of(picture)).getFirst();
    }

    /** The tokens of each picture, {@code pixels / stride} on a side. */
    List<TokenMap> tokens(List<Picture> pictures);

    /**
     * The tokens of a whole picture at the resolution of a view, {@code imagePixels / stride} on a side. Where nothing
     * better is known, views side by side; the last of a row or column overlaps the one before.
     */
    default TokenMap whole(Picture picture) {
        Picture resized = new Resize(imagePixels(), imagePixels(), Resize.Filter.BILINEAR).apply(picture);
        int side = imagePixels() / stride();
        int view = pixels() / stride();
        float[] values = null;
        int channels = 0;
        for (int top = 0; top < side; top += view) {
            for (int left = 0; left < side; left += view) {
                int row = Math.min(top, side - view);
                int column = Math.min(left, side - view);
                TokenMap map = tokens(List.of(Patches.cut(resized, Region.square(row * stride(), column * stride(),
                        pixels())))).getFirst();
                channels = map.channels();
                values = values == null ? new float[side * side * channels] : values;
                for (int y = 0; y < view; y++) {
                    System.arraycopy(map.values(), y * view * channels, values,
                            ((row + y) * side + column) * channels, view * channels);
                }
            }
        }
        return new TokenMap(side, side, channels, values);
    }
}
