package dev.panacea.ace.study;

import dev.panacea.ace.augment.Augment;
import dev.panacea.ace.augment.Plane;
import dev.panacea.ace.crop.CropPair;
import dev.panacea.ace.crop.Correspondence;
import dev.panacea.ace.crop.GridConfig;
import dev.panacea.ace.crop.GridCropper;
import dev.panacea.ace.data.Picture;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.RandomSource;
import dev.panacea.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * Whether tokens of two crops that show the same pixels are alike: what composition trains, asked of the backbone
 * alone or of the dense head on it. C1 lies inside C2, so that each group of 2 × 2 tokens of C1 has one token of C2
 * that shows the same pixels at half the resolution. Of the paper's 49 groups and their 49 tokens, each group looks for
 * its token by cosine, and each token for its group.
 */
public final class TokenRetrieval implements Study {
    /** Share of the groups whose nearest token is their own. */
    public static final String TOP = "group finds token, share";
    private static final int STUDY = 1; // which of the children of the seed this study draws from

    private final Augment changes;

    /** Views as they are. */
    public TokenRetrieval() {
        this(null);
    }

    /** Views changed as in training; of the changes, the normalisation is left to the network. */
    public TokenRetrieval(Augment changes) {
        this.changes = changes == null ? null : new Augment(changes.brightnessContrast(), changes.blur(),
                changes.sharpen(), changes.clahe(), 0, 1, 1);
    }

    @Override
    public String name() {
        return changes == null ? "tokens" : "changed-tokens";
    }

    @Override
    public String protocol(StudyConfig config) {
        return "Pairs of crops C1 and C2, " + config.patches() + " of each picture, C1 inside C2, "
                + (changes == null ? "not changed in grey values"
                        : "each changed in grey values as in training, independently")
                + ". Tokens of the backbone, without heads, or where asked those after the dense head. A group is the"
                + " mean of 2 × 2 tokens of C1; its token is the one of C2 that shows the same pixels. Each group looks"
                + " for its token among those of all groups (49 where a view has 14 × 14 tokens), by cosine, and each"
                + " token for its group. Similarities are mean cosines; how far the first lies above the second is told"
                + " in standard deviations of the second.";
    }

    @Override
    public StudyResult run(FeatureExtractor features, StudyData data, StudyConfig config) {
        GridConfig grid = new GridConfig(features.imagePixels(), features.stride(),
                features.pixels() / features.stride(), false);
        GridCropper cropper = new GridCropper(grid);
        Tally tally = new Tally();
        for (int i = 0; i < data.size(); i++) {
            Picture picture = data.picture(i, grid.imagePixels());
            RandomSource random = RandomSource.of(config.seed()).child(STUDY).child(i);
            for (int pair = 0; pair < config.patches(); pair++) {
                RandomSource own = random.child(pair);
                CropPair crops = inside(cropper, own.child(0));
                List<TokenMap> maps = features.tokens(views(cropper, picture, crops, own.child(1)));
                tally.add(maps.get(0).groups(), maps.get(1), crops.composition());
            }
        }
        return new StudyResult(tally.numbers(), List.of());
    }

    /** The first of the pairs of a source whose C1 lies inside C2: more than half do. */
    static CropPair inside(GridCropper cropper, RandomSource random) {
        for (int attempt = 0;; attempt++) {
            CropPair crops = cropper.draw(random.child(attempt));
            if (crops.overlap().equals(crops.first())) {
                return crops;
            }
        }
    }

    private List<Picture> views(GridCropper cropper, Picture picture, CropPair crops, RandomSource random) {
        try (MemoryScope _ = MemoryScope.open("views")) {
            Tensor whole = new Plane(picture.height(), picture.width(), picture.values()).tensor(1).squeeze(0);
            return List.of(view(cropper.first(whole, crops), picture, random.child(0)),
                    view(cropper.second(whole, crops), picture, random.child(1)));
        }
    }

    private Picture view(Tensor pixels, Picture of, RandomSource random) {
        float[] values = (changes == null ? pixels : changes.apply(pixels, random)).toFloats();
        return new Picture(pixels.dim(1), pixels.dim(0), 1, values, of.facts());
    }

    /** What adds up over all pairs of crops. */
    private static final class Tally {
        private long queries;
        private long others;
        private long groupFinds;
        private long tokenFinds;
        private double same;
        private double other;
        private double otherSquares;

        /** @param composition from tokens of C2 to groups of C1 */
        void add(TokenMap groups, TokenMap second, Correspondence composition) {
            List<float[]> of = new ArrayList<>();
            List<float[]> tokens = new ArrayList<>();
            for (int token = 0; token < second.rows() * second.columns(); token++) {
                int group = composition.partner(token);
                if (group >= 0) {
                    of.add(groups.token(group / groups.columns(), group % groups.columns()));
                    tokens.add(second.token(token / second.columns(), token % second.columns()));
                }
            }
            for (int i = 0; i < of.size(); i++) {
                groupFinds += Embeddings.nearest(of.get(i), tokens) == i ? 1 : 0;
                tokenFinds += Embeddings.nearest(tokens.get(i), of) == i ? 1 : 0;
                for (int j = 0; j < tokens.size(); j++) {
                    double cosine = Embeddings.cosine(of.get(i), tokens.get(j));
                    if (i == j) {
                        same += cosine;
                    } else {
                        other += cosine;
                        otherSquares += cosine * cosine;
                        others++;
                    }
                }
            }
            queries += of.size();
        }

        SequencedMap<String, Double> numbers() {
            SequencedMap<String, Double> numbers = new LinkedHashMap<>();
            double mean = other / others;
            double deviation = Math.sqrt(Math.max(0, otherSquares / others - mean * mean));
            numbers.put(TOP, (double) groupFinds / queries);
            numbers.put("token finds group, share", (double) tokenFinds / queries);
            numbers.put("similarity, same pixels", same / queries);
            numbers.put("similarity, other pixels", mean);
            numbers.put("same above other, in sd of other", (same / queries - mean) / Math.max(deviation, 1e-12));
            numbers.put("queries", (double) queries);
            return numbers;
        }
    }
}
