package dev.panacea.ace.label;

import java.nio.file.Path;
import java.util.List;

/**
 * A picture and what is known of it.
 *
 * @param file the picture
 * @param patient whose it is; pictures of one patient belong to one split
 * @param split which part of the set it belongs to
 * @param targets for each label of the set 1 (yes), 0 (no) or NaN (not known); the array is not copied
 * @param marks places in the picture
 */
public record Labelled(Path file, String patient, Split split, float[] targets, List<Mark> marks) {
    /** Copies the marks. */
    public Labelled {
        marks = List.copyOf(marks);
    }

    /**
     * What the areas of a label cover, [height, width] of the frame: nothing where none is marked. A
     * {@link Mark.MaskFile} is a picture to be decoded, and not among them.
     */
    public boolean[] mask(int label, Frame frame) {
        boolean[] mask = new boolean[frame.width() * frame.height()];
        for (Mark mark : marks) {
            if (mark.label() == label && mark instanceof Mark.Area area) {
                area.paint(mask, frame);
            }
        }
        return mask;
    }
}
