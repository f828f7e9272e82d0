package dev.panacea.ace.study;

import dev.panacea.ace.crop.Region;
import dev.panacea.ace.data.Picture;
import dev.panacea.ace.drawn.Point;
import dev.panacea.tensor.DataException;
import dev.panacea.tensor.RandomSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * Whether places of the anatomy have embeddings of their own, the same in all patients (Sec. 5.2): views round
 * landmarks at full resolution, as points of a plane by t-SNE, and two numbers that need no eyes. The paper's nine
 * landmarks are in a figure that names none; of drawn X-rays, nine are taken that are spread over the chest.
 */
public final class Locality implements Study {
    private static final int STUDY = 5; // which of the children of the seed this study draws from
    private static final int NEIGHBOURS = 5;
    private static final int MOST = 1000; // points: t-SNE computes all pairs
    private static final List<String> NINE = List.of("apex right", "apex left", "carina", "hilum right", "heart left",
            "dome right", "angle right", "angle left", "spine t9");

    private final Tsne tsne;

    /** A study with the usual t-SNE. */
    public Locality() {
        this(Tsne.USUAL);
    }

    /** A study with another t-SNE. */
    public Locality(Tsne tsne) {
        this.tsne = tsne;
    }

    @Override
    public String name() {
        return "locality";
    }

    @Override
    public String protocol(StudyConfig config) {
        return "A view at full resolution round each landmark, black beyond the picture's border; nine landmarks of"
                + " drawn X-rays, all of others; pictures until there are " + MOST + " views. Silhouette and "
                + NEIGHBOURS + " nearest neighbours by Euclidean distance of the embeddings; the neighbours are looked"
                + " for in other pictures. Plot: exact t-SNE, perplexity " + Math.round(tsne.perplexity()) + ", "
                + tsne.steps() + " steps.";
    }

    @Override
    public StudyResult run(FeatureExtractor features, StudyData data, StudyConfig config) {
        List<String> names = new ArrayList<>();
        List<float[]> embeddings = new ArrayList<>();
        List<Integer> classes = new ArrayList<>();
        List<Integer> origins = new ArrayList<>();
        for (int i = 0; i < data.size() && embeddings.size() < MOST; i++) {
            Map<String, Point> places = data.landmarks(i, features.imagePixels());
            List<Picture> views = new ArrayList<>();
            for (Map.Entry<String, Point> place : places.entrySet()) {
                if (places.keySet().containsAll(NINE) && !NINE.contains(place.getKey())) {
                    continue;
                }
                if (!names.contains(place.getKey())) {
                    names.add(place.getKey());
                }
                views.add(Patches.cut(data.picture(i, features.imagePixels()),
                        round(place.getValue(), features.pixels())));
                classes.add(names.indexOf(place.getKey()));
                origins.add(i);
            }
            embeddings.addAll(features.pooled(views));
        }
        if (names.size() < 2 || embeddings.size() < 2 * names.size()) {
            throw new DataException("locality: " + embeddings.size() + " views of " + names.size() + " landmarks (need"
                    + " 2 or more landmarks, known in 2 or more pictures)");
        }
        Clusters clusters = new Clusters(embeddings, classes.stream().mapToInt(Integer::intValue).toArray(),
                origins.stream().mapToInt(Integer::intValue).toArray());
        SequencedMap<String, Double> numbers = new LinkedHashMap<>();
        numbers.put("silhouette, -1 to 1", clusters.silhouette());
        numbers.put("landmark by nearest neighbours, accuracy", clusters.accuracy(NEIGHBOURS));
        numbers.put("chance", 1.0 / names.size());
        numbers.put("landmarks", (double) names.size());
        numbers.put("views", (double) embeddings.size());
        Tsne.Points points = tsne.apply(embeddings, RandomSource.of(config.seed()).child(STUDY));
        return new StudyResult(numbers, List.of(points.plot("Views round landmarks", names,
                clusters.classes())));
    }

    /** A square of that side round a place. */
    private static Region round(Point place, int side) {
        return Region.square((int) Math.round(place.y() - side / 2.0), (int) Math.round(place.x() - side / 2.0), side);
    }
}
