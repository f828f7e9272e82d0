package dev.panacea.ace.study;

import dev.panacea.ace.crop.Region;
import dev.panacea.ace.data.Picture;
import dev.panacea.tensor.RandomSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * Whether the embedding of a whole is the mean of those of its parts (Sec. 5.1): patches are split into 2 and 4 parts,
 * all are resized to a view, and the cosine of whole and mean of parts is taken. The paper does not say how large
 * patches are, nor which way they are halved; here sides are 30–60 % of the picture's, as in its other studies, and the
 * way is drawn. A network that embeds everything alike scores 1 as well: the parts of another patch tell.
 */
public final class Compositionality implements Study {
    private static final int STUDY = 2; // which of the children of the seed this study draws from
    private static final int POINTS = 400;

    /** A study. */
    public Compositionality() {}

    @Override
    public String name() {
        return "compositionality";
    }

    @Override
    public String protocol(StudyConfig config) {
        return "Random square patches, " + config.patches() + " of each picture, sides " + config.sides()
                + " of the picture's, evenly. Each is split into 2 halves (left and right or upper and lower, by"
                + " chance) and into 4 quarters; patch and parts are resized to a view. Cosine of the patch's embedding"
                + " and the mean of its parts'; the softmax variant takes the softmax of each embedding first. For"
                + " comparison, the parts of the next patch in place of its own. Density: Gaussian kernel, width by"
                + " Scott's rule (sd · n^(-1/5)), which reaches beyond 1 as kernels do; sd by n - 1.";
    }

    @Override
    public StudyResult run(FeatureExtractor features, StudyData data, StudyConfig config) {
        List<List<float[]>> patches = new ArrayList<>(); // of each the whole, 2 halves, 4 quarters
        for (int i = 0; i < data.size(); i++) {
            Picture picture = data.picture(i, features.imagePixels());
            RandomSource random = RandomSource.of(config.seed()).child(STUDY).child(i);
            List<Picture> parts = new ArrayList<>();
            for (int patch = 0; patch < config.patches(); patch++) {
                Region whole = Patches.square(random.child(patch), picture.width(), config.leastSide(),
                        config.mostSide());
                parts.add(Patches.cut(picture, whole));
                boolean sideBySide = random.child(patch).child(0).uniform(0) < 0.5;
                Patches.halves(whole, sideBySide).forEach(part -> parts.add(Patches.cut(picture, part)));
                Patches.quarters(whole).forEach(part -> parts.add(Patches.cut(picture, part)));
            }
            List<float[]> embeddings = features.pooled(parts);
            for (int from = 0; from < embeddings.size(); from += 7) {
                patches.add(embeddings.subList(from, from + 7));
            }
        }
        List<List<float[]>> shares = patches.stream().map(patch -> patch.stream().map(Embeddings::softmax).toList())
                .toList();
        SequencedMap<String, Double> numbers = new LinkedHashMap<>();
        List<Plot> plots = new ArrayList<>();
        for (int parts = 2; parts <= 4; parts += 2) {
            Density own = density(patches, parts, 0);
            put(numbers, "cosine, " + parts + " parts", own);
            put(numbers, "softmax cosine, " + parts + " parts", density(shares, parts, 0));
            numbers.put("cosine, " + parts + " parts of another patch, mean", density(patches, parts, 1).mean());
            plots.add(new Plot.Lines("Whole and mean of " + parts + " parts", "cosine similarity", "density",
                    List.of(own.line("", POINTS))));
        }
        numbers.put("patches", (double) patches.size());
        return new StudyResult(numbers, plots);
    }

    private static void put(SequencedMap<String, Double> numbers, String name, Density density) {
        numbers.put(name + ", mean", density.mean());
        numbers.put(name + ", sd", density.deviation());
    }

    /** Cosines of each patch with parts, its own or those of a patch that many further on. */
    private static Density density(List<List<float[]>> patches, int parts, int further) {
        double[] cosines = new double[patches.size()];
        int from = parts == 2 ? 1 : 3;
        for (int i = 0; i < cosines.length; i++) {
            List<float[]> of = patches.get((i + further) % cosines.length);
            cosines[i] = Embeddings.cosine(patches.get(i).getFirst(),
                    Embeddings.mean(of.subList(from, from + parts)));
        }
        return new Density(cosines);
    }
}
