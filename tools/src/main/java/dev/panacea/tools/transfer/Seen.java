package dev.panacea.tools.transfer;

import dev.panacea.ace.data.Picture;
import java.nio.file.Path;
import java.util.List;

/**
 * A picture that a network is asked about, out of any memory scope.
 *
 * @param file where it is
 * @param name what files about it are called
 * @param width its own, decoded
 * @param height its own
 * @param views what the network reads
 * @param whole the view of all of it, where heat maps are asked for, else null
 * @param shown to be drawn on, where that is asked for, else null
 * @param trouble what is wrong with it; null if it could be read
 */
record Seen(Path file, String name, int width, int height, List<float[]> views, float[] whole, Picture shown,
        String trouble) {
    /** One that cannot be read. */
    static Seen unreadable(Path file, String trouble) {
        return new Seen(file, "", 0, 0, List.of(), null, null, trouble);
    }
}
