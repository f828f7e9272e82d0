package dev.panacea.ace.drawn;

import dev.panacea.ace.data.Picture;
import java.util.List;
import java.util.Map;

/**
 * A drawn picture with its truth, which is worked out when it is asked for.
 *
 * @param film what was drawn
 * @param picture square and grey
 */
public record Drawing(DrawnFilm film, Picture picture) {
    /** Pixels of a side. */
    public int pixels() {
        return picture.width();
    }

    /** All landmarks. */
    public Map<Landmark, Point> landmarks() {
        return film.landmarks(pixels());
    }

    /** Where an organ is: [pixels, pixels], rows from the top. */
    public boolean[] mask(Organ organ) {
        return film.mask(organ, pixels());
    }

    /** What the patient suffers from; nothing in most. */
    public List<Finding> findings() {
        return film.findings(pixels());
    }

    /** Who the patient is and how the film was taken. */
    public DrawnFacts facts() {
        return film.facts();
    }
}
