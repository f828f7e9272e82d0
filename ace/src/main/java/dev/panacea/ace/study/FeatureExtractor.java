package dev.panacea.ace.study;

import dev.panacea.ace.data.Picture;
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
     * Side of a whole picture in which {@link #pixels} are a view at full resolution; in the paper 1024, of which a view
     * shows 448.
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
}
