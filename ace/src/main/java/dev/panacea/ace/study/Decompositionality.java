package dev.panacea.ace.study;

import dev.panacea.ace.crop.Region;
import dev.panacea.ace.data.Picture;
import dev.panacea.tensor.RandomSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * Whether a picture less the same picture without a patch is the patch (Sec. 5.1): in a batch of 32 pictures,
 * {@code f(X) - f(X excised)} looks for the {@code f(C)} of its own patch. The paper says "sized between 30-60% of the
 * original image": taken as the side here, and as the area beside it. What is excised becomes black.
 */
public final class Decompositionality implements Study {
    /** Share of the pictures that find their patch, sides being 30–60 % of the picture's. */
    public static final String ACCURACY = "accuracy, by side";
    /** Share of the pictures that find their patch, areas being 30–60 % of the picture's. */
    public static final String ACCURACY_BY_AREA = "accuracy, by area";
    private static final int STUDY = 3; // which of the children of the seed this study draws from

    /** A study. */
    public Decompositionality() {}

    @Override
    public String name() {
        return "decompositionality";
    }

    @Override
    public String protocol(StudyConfig config) {
        return PictureBatch.protocol(config) + " Of each"
                + " picture X a random square patch C, its side " + config.sides() + " of the picture's, evenly (by"
                + " area: its area). X excised is X with C made black. All are resized to a view. f(X) - f(X excised)"
                + " looks for its f(C) among those of the batch, by cosine.";
    }

    @Override
    public StudyResult run(FeatureExtractor features, StudyData data, StudyConfig config) {
        RandomSource random = RandomSource.of(config.seed()).child(STUDY);
        List<PictureBatch> batches = PictureBatch.of(data, config, random.child(0));
        Map<Integer, float[]> wholes = new HashMap<>(); // the same in every round
        int[] found = new int[2];
        int tries = 0;
        for (PictureBatch batch : batches) {
            List<List<float[]>> differences = List.of(new ArrayList<>(), new ArrayList<>());
            List<List<float[]>> patches = List.of(new ArrayList<>(), new ArrayList<>());
            for (int number : batch.pictures()) {
                Picture picture = data.picture(number, features.imagePixels());
                RandomSource own = random.child(1).child(batch.round()).child(number);
                List<Region> regions = List.of(
                        Patches.square(own, picture.width(), config.leastSide(), config.mostSide()),
                        Patches.squareByArea(own, picture.width(), config.leastSide(), config.mostSide()));
                float[] whole = wholes.computeIfAbsent(number, _ -> features.pooled(picture));
                List<float[]> f = features.pooled(List.of(
                        Patches.excised(picture, regions.get(0)), Patches.cut(picture, regions.get(0)),
                        Patches.excised(picture, regions.get(1)), Patches.cut(picture, regions.get(1))));
                for (int way = 0; way < 2; way++) {
                    differences.get(way).add(Embeddings.difference(whole, f.get(2 * way)));
                    patches.get(way).add(f.get(2 * way + 1));
                }
            }
            for (int way = 0; way < 2; way++) {
                found[way] += PictureBatch.found(differences.get(way), patches.get(way));
            }
            tries += batch.pictures().length;
        }
        SequencedMap<String, Double> numbers = new LinkedHashMap<>();
        PictureBatch.put(numbers, ACCURACY, found[0], tries);
        PictureBatch.put(numbers, ACCURACY_BY_AREA, found[1], tries);
        numbers.put("chance", 1.0 / batches.getFirst().pictures().length);
        numbers.put("tries", (double) tries);
        return new StudyResult(numbers, List.of());
    }
}
