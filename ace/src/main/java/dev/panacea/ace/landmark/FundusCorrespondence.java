package dev.panacea.ace.landmark;

import dev.panacea.ace.data.Picture;
import dev.panacea.ace.drawn.Point;
import dev.panacea.ace.label.FirePair;
import dev.panacea.ace.study.FeatureExtractor;
import dev.panacea.ace.study.Plot;
import dev.panacea.ace.study.Study;
import dev.panacea.ace.study.StudyConfig;
import dev.panacea.ace.study.StudyData;
import dev.panacea.ace.study.StudyResult;
import dev.panacea.tensor.DataException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * Whether places of one photograph of an eye are found in another of the same eye (A.4, Fig. 10-b): the pictures of the
 * data are pairs, one after the other, as FIRE's are read. Other pictures that share landmarks by name will do, such as
 * the fovea in photographs of several patients.
 */
public final class FundusCorrespondence implements Study {
    /** Side of FIRE's pictures, in whose pixels distances are. */
    public static final double SIDE = 2912;
    /** Mean distance. */
    public static final String MEAN = "mean error, px of 2912";

    private final Locator locator;

    /** Searches by tokens, one pass a picture. */
    public FundusCorrespondence() {
        this(TokenSearch.USUAL);
    }

    /** Searches in a way of one's own. */
    public FundusCorrespondence(Locator locator) {
        this.locator = locator;
    }

    @Override
    public String name() {
        return "fundus";
    }

    @Override
    public String protocol(StudyConfig config) {
        return "Two pictures in a row that have places in common are a pair. Each of these is looked for in the second"
                + " by its features in the first, by " + locator.protocol() + ", and found where they are nearest by"
                + " L2. Same place: no search. Errors in pixels of a picture of 2912 a side, as FIRE has them."
                + " Of FIRE, the pair " + FirePair.WRONG + " is left out: its points are known to be wrong.";
    }

    @Override
    public StudyResult run(FeatureExtractor features, StudyData data, StudyConfig config) {
        int side = features.imagePixels();
        Errors errors = new Errors();
        Errors still = new Errors();
        List<Plot> plots = new ArrayList<>();
        int pairs = 0;
        int i = 0;
        while (i + 1 < data.size()) {
            Map<String, Point> first = new LinkedHashMap<>(data.landmarks(i, side));
            Map<String, Point> second = data.landmarks(i + 1, side);
            first.keySet().retainAll(second.keySet());
            if (first.isEmpty()) {
                i++;
                continue;
            }
            pairs++;
            Picture from = data.picture(i, side);
            Picture to = data.picture(i + 1, side);
            List<Point> places = List.copyOf(first.values());
            List<Point> found = locator.find(features, to, locator.queries(features, from, places));
            List<Found> shown = new ArrayList<>();
            for (String name : first.keySet()) {
                Found one = new Found(name, i, first.get(name), second.get(name), found.get(shown.size()));
                shown.add(one);
                errors.add(group(name), one.error() * SIDE / side);
                still.add(group(name), Places.distance(one.query(), one.truth()) * SIDE / side);
            }
            i += 2;
            if (plots.isEmpty()) {
                plots.add(FoundPicture.draw("Places of one photograph in the next", from, to, shown));
            }
        }
        if (pairs == 0) {
            throw new DataException("study fundus: no pair of pictures with a place in common among " + data.size()
                    + " (need --data of pairs, such as the folder of FIRE, or a table of landmarks)");
        }
        SequencedMap<String, Double> numbers = new LinkedHashMap<>();
        numbers.put(MEAN, errors.mean());
        numbers.put("median error, px of 2912", errors.median());
        numbers.put("same place, mean error, px of 2912", still.mean());
        numbers.put("pairs", (double) pairs);
        numbers.put("places looked for", (double) errors.count());
        plots.add(errors.boxes("Correspondence of pairs", "px of 2912"));
        return new StudyResult(numbers, plots);
    }

    /** Of FIRE's pairs the category, which is a letter; else the landmark. */
    private static String group(String name) {
        return name.replaceFirst("^([A-Z])\\d+_\\d+_\\d+ \\d+$", "category $1");
    }
}
