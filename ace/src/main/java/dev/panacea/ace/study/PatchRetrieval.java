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
 * Whether a patch finds its picture (Sec. 5.1): in a batch of 32 pictures, {@code f(C)} looks for the {@code f(X)} of
 * its own. The paper queries with one picture of each batch, drawn at random; here each has its turn, which comes to
 * the same and uses all of a small set. It does not say how large patches are: sides are 30–60 % of the picture's.
 */
public final class PatchRetrieval implements Study {
    /** Share of the patches that find their picture. */
    public static final String ACCURACY = "accuracy";
    private static final int STUDY = 4; // which of the children of the seed this study draws from

    /** A study. */
    public PatchRetrieval() {}

    @Override
    public String name() {
        return "retrieval";
    }

    @Override
    public String protocol(StudyConfig config) {
        return PictureBatch.protocol(config) + " Of each"
                + " picture a random square patch, its side " + config.sides() + " of the picture's, evenly, resized to"
                + " a view. Its embedding looks for that of its own whole picture among those of the batch, by"
                + " cosine; every picture of a batch queries once.";
    }

    @Override
    public StudyResult run(FeatureExtractor features, StudyData data, StudyConfig config) {
        RandomSource random = RandomSource.of(config.seed()).child(STUDY);
        List<PictureBatch> batches = PictureBatch.of(data, config, random.child(0));
        Map<Integer, float[]> wholes = new HashMap<>(); // the same in every round
        int found = 0;
        int tries = 0;
        for (PictureBatch batch : batches) {
            List<float[]> patches = new ArrayList<>();
            List<float[]> pictures = new ArrayList<>();
            for (int number : batch.pictures()) {
                Picture picture = data.picture(number, features.imagePixels());
                Region region = Patches.square(random.child(1).child(batch.round()).child(number), picture.width(),
                        config.leastSide(), config.mostSide());
                pictures.add(wholes.computeIfAbsent(number, _ -> features.pooled(picture)));
                patches.add(features.pooled(Patches.cut(picture, region)));
            }
            found += PictureBatch.found(patches, pictures);
            tries += patches.size();
        }
        SequencedMap<String, Double> numbers = new LinkedHashMap<>();
        PictureBatch.put(numbers, ACCURACY, found, tries);
        numbers.put("chance", 1.0 / batches.getFirst().pictures().length);
        numbers.put("tries", (double) tries);
        return new StudyResult(numbers, List.of());
    }
}
