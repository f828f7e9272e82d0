package dev.panacea.ace.landmark;

import dev.panacea.ace.drawn.Point;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/**
 * A picture in a file, with places that somebody marked.
 *
 * @param file the picture
 * @param places by name, in pixels of the file
 */
public record Annotated(Path file, SequencedMap<String, Point> places) {
    /** Copies the map. */
    public Annotated {
        places = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(places));
    }
}
