package dev.panacea.ace.study;

import dev.panacea.ace.data.Picture;
import dev.panacea.ace.drawn.DrawnFilm;
import dev.panacea.ace.drawn.DrawnOptions;
import dev.panacea.ace.drawn.DrawnXray;
import dev.panacea.ace.drawn.Point;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** See {@link StudyData#drawn}. */
final class DrawnPictures implements StudyData {
    private final int count;
    private final long seed;
    private final Recent recent = new Recent();

    DrawnPictures(int count, long seed) {
        this.count = count;
        this.seed = seed;
    }

    private DrawnFilm film(int number) {
        return DrawnXray.film(seed + number, 0, DrawnOptions.standard());
    }

    @Override
    public int size() {
        return count;
    }

    @Override
    public String name(int number) {
        return "drawn X-ray " + (seed + number);
    }

    @Override
    public Picture picture(int number, int pixels) {
        return recent.picture(number, pixels, () -> film(number).draw(pixels).picture());
    }

    /** By the names of {@link dev.panacea.ace.drawn.Landmark}, in small letters, such as {@code "apex right"}. */
    @Override
    public Map<String, Point> landmarks(int number, int pixels) {
        Map<String, Point> named = new LinkedHashMap<>();
        film(number).landmarks(pixels).forEach((landmark, place) ->
                named.put(landmark.name().toLowerCase(Locale.ROOT).replace('_', ' '), place));
        return named;
    }
}
