package dev.panacea.ace.landmark;

import dev.panacea.ace.data.Picture;
import dev.panacea.ace.drawn.Point;
import dev.panacea.ace.study.Embeddings;
import dev.panacea.ace.study.FeatureExtractor;
import dev.panacea.ace.study.Study;
import dev.panacea.ace.study.StudyConfig;
import dev.panacea.ace.study.StudyData;
import dev.panacea.ace.study.StudyResult;
import dev.panacea.ace.study.Tsne;
import dev.panacea.tensor.DataException;
import dev.panacea.tensor.RandomSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Whether the mirror image of one side looks like the other side (B.1, Fig. 11): views round three pairs of landmarks
 * and one in the middle, as they are and mirrored. The mate of a landmark is the one of the same name on the other
 * side; that of a middle one is itself.
 */
public final class Symmetry implements Study {
    /** How often the nearest of a picture's views to a mirror image is that of its mate. */
    public static final String FOUND = "mirror image finds its mate, accuracy";
    private static final int MOST = 500; // views, and as many mirror images: t-SNE computes all pairs
    private static final int PAIRS = 3;
    private static final List<String> USUAL = List.of("clavicle right", "clavicle left", "rib crossing right",
            "rib crossing left", "dome right", "dome left", "spine t5");

    private static final int STUDY = 6; // which of the children of the seed this study draws from

    private final Tsne tsne;

    /** A study with the usual t-SNE. */
    public Symmetry() {
        this(Tsne.USUAL);
    }

    /** A study with another t-SNE. */
    public Symmetry(Tsne tsne) {
        this.tsne = tsne;
    }

    @Override
    public String name() {
        return "symmetry";
    }

    @Override
    public String protocol(StudyConfig config) {
        return "A view at full resolution round each of up to " + PAIRS + " pairs of landmarks on both sides, and one"
                + " in the middle, black beyond the picture's border, as it is and mirrored left to right; pictures"
                + " until there are " + MOST + " views. The mate of a landmark is the one of the same name on the other"
                + " side, of a middle one itself. All distances are Euclidean, between a mirror image and views of the"
                + " same picture. Plots: one exact t-SNE of all, perplexity " + Math.round(tsne.perplexity()) + ", "
                + tsne.steps() + " steps, first the views, then the mirror images, which have the colours of their"
                + " mates.";
    }

    @Override
    public StudyResult run(FeatureExtractor features, StudyData data, StudyConfig config) {
        int side = features.imagePixels();
        List<String> names = names(data, side);
        Tally tally = new Tally();
        List<float[]> views = new ArrayList<>();
        List<float[]> mirrored = new ArrayList<>();
        for (int i = 0; i < data.size() && views.size() + names.size() <= MOST; i++) {
            Map<String, Point> places = data.landmarks(i, side);
            if (places.keySet().containsAll(names)) {
                Picture picture = data.picture(i, side);
                List<Picture> windows = names.stream()
                        .map(name -> SlidingWindow.window(features, picture, places.get(name))).toList();
                List<float[]> found = features.pooled(Stream.concat(windows.stream(),
                        windows.stream().map(Symmetry::mirror)).toList());
                views.addAll(found.subList(0, names.size()));
                mirrored.addAll(found.subList(names.size(), found.size()));
                tally.add(names, found.subList(0, names.size()), found.subList(names.size(), found.size()));
            }
        }
        Tsne.Points points = tsne.apply(Stream.concat(views.stream(), mirrored.stream()).toList(),
                RandomSource.of(config.seed()).child(STUDY));
        int count = views.size();
        int[] classes = IntStream.range(0, count).map(i -> i % names.size()).toArray();
        int[] mates = Arrays.stream(classes).map(i -> names.indexOf(mate(names.get(i)))).toArray();
        return new StudyResult(tally.numbers(names.size()), List.of(
                part(points, 0, count).plot("Views", names, classes),
                part(points, count, 2 * count).plot("Mirror images", names.stream()
                        .map(name -> mate(name) + ", mirrored").toList(), mates)));
    }

    private static Tsne.Points part(Tsne.Points points, int from, int to) {
        return new Tsne.Points(Arrays.copyOfRange(points.x(), from, to), Arrays.copyOfRange(points.y(), from, to),
                points.divergence());
    }

    /** The landmarks that are looked at, those of a pair one after the other. */
    private static List<String> names(StudyData data, int side) {
        for (int i = 0; i < data.size(); i++) {
            Map<String, Point> places = data.landmarks(i, side);
            if (places.keySet().containsAll(USUAL)) {
                return USUAL;
            }
            List<String> pairs = places.keySet().stream()
                    .filter(name -> name.endsWith("right") && places.containsKey(mate(name))).limit(PAIRS)
                    .flatMap(name -> Stream.of(name, mate(name))).toList();
            if (!pairs.isEmpty()) {
                return Stream.concat(pairs.stream(), places.keySet().stream()
                        .filter(name -> mate(name).equals(name)).limit(1)).toList();
            }
        }
        throw new DataException("study symmetry: no pair of landmarks in " + data.size()
                + " pictures (need names that end in right and left, such as 'clavicle right')");
    }

    /** The name of the same place on the other side. */
    static String mate(String name) {
        return name.endsWith("right") ? name.substring(0, name.length() - 5) + "left"
                : name.endsWith("left") ? name.substring(0, name.length() - 4) + "right" : name;
    }

    /** Left and right exchanged. */
    static Picture mirror(Picture picture) {
        int channels = picture.channels();
        float[] values = new float[picture.values().length];
        for (int row = 0; row < picture.height(); row++) {
            for (int column = 0; column < picture.width(); column++) {
                System.arraycopy(picture.values(), (row * picture.width() + column) * channels, values,
                        (row * picture.width() + picture.width() - 1 - column) * channels, channels);
            }
        }
        return new Picture(picture.width(), picture.height(), channels, values, picture.facts());
    }

    /** What adds up over all pictures. */
    private static final class Tally {
        private double toMate;
        private double toOthers;
        private double pairs;
        private double pairsMirrored;
        private long mates;
        private long others;
        private long finds;

        void add(List<String> names, List<float[]> views, List<float[]> mirrored) {
            for (int i = 0; i < names.size(); i++) {
                int mate = names.indexOf(mate(names.get(i)));
                int nearest = 0;
                double[] distances = new double[names.size()];
                for (int j = 0; j < distances.length; j++) {
                    distances[j] = Embeddings.distance(mirrored.get(i), views.get(j));
                    nearest = distances[j] < distances[nearest] ? j : nearest;
                    if (j == mate) {
                        toMate += distances[j];
                        mates++;
                    } else {
                        toOthers += distances[j];
                        others++;
                    }
                }
                finds += nearest == mate ? 1 : 0;
                if (mate != i) {
                    pairs += Embeddings.distance(views.get(i), views.get(mate));
                    pairsMirrored += distances[mate];
                }
            }
        }

        SequencedMap<String, Double> numbers(int landmarks) {
            SequencedMap<String, Double> numbers = new LinkedHashMap<>();
            numbers.put(FOUND, (double) finds / mates);
            numbers.put("chance", 1.0 / landmarks);
            numbers.put("distance to the mate, times that to others", toMate / mates / (toOthers / others));
            numbers.put("distance of the two sides, mirrored, times as they are", pairsMirrored / pairs);
            numbers.put("views", (double) mates);
            return numbers;
        }
    }
}
