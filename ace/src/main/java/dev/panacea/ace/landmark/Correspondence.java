package dev.panacea.ace.landmark;

import dev.panacea.ace.data.Picture;
import dev.panacea.ace.drawn.Point;
import dev.panacea.ace.study.FeatureExtractor;
import dev.panacea.ace.study.Plot;
import dev.panacea.ace.study.Study;
import dev.panacea.ace.study.StudyConfig;
import dev.panacea.ace.study.StudyData;
import dev.panacea.ace.study.StudyResult;
import dev.panacea.nn.ConfigException;
import dev.panacea.tensor.DataException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Consumer;

/**
 * Whether the same anatomy is found in other patients, without training (Sec. 5.2, Fig. 7): landmarks of a few pictures
 * are looked for in all others by features alone. All others are searched by their tokens, one pass each; the first few
 * also as in the paper, by a sliding window, whose 16,384 passes a picture at stride 8 are a matter of hours.
 *
 * <p>Distances are in pixels of a picture of 1024 a side, whatever the network's own.
 */
public final class Correspondence implements Study {
    /** Mean distance by tokens. */
    public static final String TOKENS = "tokens, mean error, px of 1024";
    /** Mean distance by the sliding window. */
    public static final String WINDOWS = "windows, mean error, px of 1024";
    /** The 13 places of a chest X-ray that are looked for, where pictures have them by these names. */
    public static final List<String> PLACES = List.of("apex right", "apex left", "clavicle right", "clavicle left",
            "rib crossing right", "rib crossing left", "hilum right", "hilum left", "dome right", "dome left",
            "aortic arch", "carina", "spine t5");
    private static final double SIDE = 1024;

    private final Options options;
    private final Consumer<String> teller;

    /**
     * How places are looked for.
     *
     * @param tokens among the tokens of the whole picture
     * @param window by a sliding window
     * @param windowPictures how many pictures are searched by it, the first ones; 0 for none
     * @param templates pictures from which queries are taken, the first ones; at most half of all
     */
    public record Options(TokenSearch tokens, SlidingWindow window, int windowPictures, int templates) {
        /** Tokens with their neighbours; a window every 64 pixels, over one picture; queries of four. */
        public static final Options USUAL =
                new Options(TokenSearch.USUAL, new SlidingWindow(64, Double.POSITIVE_INFINITY), 1, 4);

        /**
         * Checks the numbers.
         *
         * @throws ConfigException if one is out of range
         */
        public Options {
            if (windowPictures < 0 || templates < 1) {
                throw new ConfigException("correspondence: " + windowPictures + " pictures by windows, " + templates
                        + " templates (need 0 or more, and 1 or more)");
            }
        }
    }

    /** The usual options. */
    public Correspondence() {
        this(Options.USUAL, _ -> { });
    }

    /**
     * Other options.
     *
     * @param teller hears how long both ways took, which is not part of the answer
     */
    public Correspondence(Options options, Consumer<String> teller) {
        this.options = options;
        this.teller = teller;
    }

    @Override
    public String name() {
        return "correspondence";
    }

    @Override
    public String protocol(StudyConfig config) {
        return "Queries: up to " + PLACES.size() + " landmarks of each of the first " + options.templates
                + " pictures (at most half of all). Each is looked for in every other picture, and found where features"
                + " are nearest by L2: by " + options.tokens.protocol() + "; in the first " + options.windowPictures
                + " of the others also by " + options.window.protocol() + ". Same place: no search, the query's own"
                + " place is the answer. All px are of a picture of 1024 a side; the paper reports 61 for windows every"
                + " 8 px.";
    }

    /** A landmark that is looked for. */
    private record Sought(int from, String name, Point place) {}

    @Override
    public StudyResult run(FeatureExtractor features, StudyData data, StudyConfig config) {
        int side = features.imagePixels();
        int templates = Math.min(options.templates, data.size() / 2);
        List<Sought> sought = new ArrayList<>();
        List<Locator.Query> byTokens = new ArrayList<>();
        List<Locator.Query> byWindows = new ArrayList<>();
        for (int i = 0; i < templates; i++) {
            Map<String, Point> places = chosen(data.landmarks(i, side));
            for (Map.Entry<String, Point> place : places.entrySet()) {
                sought.add(new Sought(i, place.getKey(), place.getValue()));
            }
            if (!places.isEmpty()) {
                Picture picture = data.picture(i, side);
                byTokens.addAll(options.tokens.queries(features, picture, List.copyOf(places.values())));
                if (options.windowPictures > 0) {
                    byWindows.addAll(options.window.queries(features, picture, List.copyOf(places.values())));
                }
            }
        }
        if (sought.isEmpty()) {
            throw new DataException("study correspondence: no landmarks in the first " + Math.max(1, templates) + " of "
                    + data.size() + " pictures (need two pictures or more that have them: a list with lines"
                    + " image#x,y,name)");
        }
        Errors all = new Errors();
        Errors some = new Errors();
        Errors windows = new Errors();
        Errors still = new Errors();
        long[] nanos = new long[2];
        List<Plot> plots = new ArrayList<>();
        for (int i = templates; i < data.size(); i++) {
            Map<String, Point> truth = data.landmarks(i, side);
            if (sought.stream().noneMatch(one -> truth.containsKey(one.name))) {
                continue;
            }
            Picture picture = data.picture(i, side);
            long begun = System.nanoTime();
            List<Found> found = found(sought, truth, options.tokens.find(features, picture, byTokens));
            long spent = System.nanoTime() - begun;
            found.forEach(one -> all.add(one.name(), one.error() * SIDE / side));
            found.forEach(one -> still.add(one.name(), Places.distance(one.query(), one.truth()) * SIDE / side));
            if (i - templates < options.windowPictures) {
                begun = System.nanoTime();
                List<Point> places = options.window.find(features, picture, byWindows);
                nanos[0] += System.nanoTime() - begun;
                nanos[1] += spent;
                found.forEach(one -> some.add(one.name(), one.error() * SIDE / side));
                found(sought, truth, places).forEach(one -> windows.add(one.name(), one.error() * SIDE / side));
            }
            if (plots.isEmpty()) {
                plots.add(FoundPicture.draw("Landmarks of one picture in another, by tokens", data.picture(0, side),
                        picture, found.stream().filter(one -> one.from() == 0).toList()));
            }
        }
        if (all.count() == 0) {
            throw new DataException("study correspondence: no landmark of the first " + templates + " pictures is in"
                    + " one of the others (need the same names)");
        }
        plots.add(all.boxes("Correspondence by tokens", "px of 1024"));
        SequencedMap<String, Double> numbers = new LinkedHashMap<>();
        numbers.put(TOKENS, all.mean());
        numbers.put("tokens, median error, px of 1024", all.median());
        numbers.put("same place, mean error, px of 1024", still.mean());
        numbers.put("places looked for", (double) all.count());
        if (windows.count() > 0) {
            plots.add(windows.boxes("Correspondence by windows", "px of 1024"));
            numbers.put(WINDOWS, windows.mean());
            numbers.put("windows, median error, px of 1024", windows.median());
            numbers.put("tokens in the same pictures, mean error, px of 1024", some.mean());
            numbers.put("windows, places looked for", (double) windows.count());
            numbers.put("pixels read by windows, times those by tokens",
                    options.window.megapixels(features) / options.tokens.megapixels(features));
            teller.accept("correspondence: windows every %s px took %.3g s, tokens %.3g s: %.0f times".formatted(
                    options.window.stride(), nanos[0] * 1e-9, nanos[1] * 1e-9, (double) nanos[0] / nanos[1]));
        }
        return new StudyResult(numbers, plots);
    }

    /** The usual places, or where a picture has none of these the first ones that it has. */
    static Map<String, Point> chosen(Map<String, Point> places) {
        List<String> names = PLACES.stream().filter(places::containsKey).toList();
        Map<String, Point> chosen = new LinkedHashMap<>();
        (names.isEmpty() ? places.keySet().stream().limit(PLACES.size()).toList() : names)
                .forEach(name -> chosen.put(name, places.get(name)));
        return chosen;
    }

    /** Those that the searched picture has. */
    private static List<Found> found(List<Sought> sought, Map<String, Point> truth, List<Point> places) {
        List<Found> found = new ArrayList<>();
        for (int i = 0; i < places.size(); i++) {
            Sought one = sought.get(i);
            if (truth.containsKey(one.name)) {
                found.add(new Found(one.name, one.from, one.place, truth.get(one.name), places.get(i)));
            }
        }
        return found;
    }
}
