package dev.panacea.ace.study;

import dev.panacea.ace.data.Picture;
import dev.panacea.ace.data.Preparation;
import dev.panacea.nn.ConfigException;
import dev.panacea.nn.Pass;
import dev.panacea.nn.model.Backbone;
import dev.panacea.tensor.DataException;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;

/** The features of a backbone in evaluation. */
public final class BackboneFeatures implements FeatureExtractor {
    /** What one embedding of a picture is. */
    public enum Pooling {
        /** The mean of all tokens. */
        TOKENS,
        /** What a classifier reads: the class token of a ViT, the mean of a Swin's tokens. */
        CLASS
    }

    private final Backbone backbone;
    private final BackboneSpec spec;
    private final Pooling pooling;
    private final int batch;

    /**
     * Features of this backbone.
     *
     * @param spec what it was made from
     * @param batch pictures computed at once: a matter of speed and memory alone
     * @throws ConfigException if the batch is empty
     */
    public BackboneFeatures(Backbone backbone, BackboneSpec spec, Pooling pooling, int batch) {
        if (batch < 1) {
            throw new ConfigException("features: batches of " + batch + " pictures (need 1 or more)");
        }
        this.backbone = backbone;
        this.spec = spec;
        this.pooling = pooling;
        this.batch = batch;
    }

    /** The network. */
    public Backbone backbone() {
        return backbone;
    }

    /** What it was made from. */
    public BackboneSpec spec() {
        return spec;
    }

    @Override
    public int pixels() {
        return spec.model().imagePixels();
    }

    @Override
    public int stride() {
        return backbone.stride();
    }

    @Override
    public int imagePixels() {
        return spec.imagePixels();
    }

    @Override
    public List<float[]> pooled(List<Picture> pictures) {
        if (pooling == Pooling.TOKENS) {
            List<float[]> means = new ArrayList<>();
            encode(pictures, pixels(), (encoding, count) ->
                    maps(encoding.tokens()).forEach(map -> means.add(map.mean())));
            return means;
        }
        List<float[]> classes = new ArrayList<>();
        encode(pictures, pixels(), (encoding, count) -> {
            float[] values = finite(encoding.pooled());
            int channels = values.length / count;
            for (int i = 0; i < count; i++) {
                classes.add(Arrays.copyOfRange(values, i * channels, (i + 1) * channels));
            }
        });
        return classes;
    }

    @Override
    public List<TokenMap> tokens(List<Picture> pictures) {
        List<TokenMap> maps = new ArrayList<>();
        encode(pictures, pixels(), (encoding, count) -> maps.addAll(maps(encoding.tokens())));
        return maps;
    }

    /** In one pass over the whole picture: positions are interpolated, windows are as many as it needs. */
    @Override
    public TokenMap whole(Picture picture) {
        List<TokenMap> maps = new ArrayList<>();
        encode(List.of(picture), imagePixels(), (encoding, count) -> maps.addAll(maps(encoding.tokens())));
        return maps.getFirst();
    }

    /** Tokens [B, h, w, K] one by one. */
    private static List<TokenMap> maps(Tensor tokens) {
        float[] values = finite(tokens);
        int size = values.length / tokens.dim(0);
        List<TokenMap> maps = new ArrayList<>();
        for (int i = 0; i < tokens.dim(0); i++) {
            maps.add(new TokenMap(tokens.dim(1), tokens.dim(2), tokens.dim(3),
                    Arrays.copyOfRange(values, i * size, (i + 1) * size)));
        }
        return maps;
    }

    /** Numbers, all of them: comparisons with others would be false, and pass for answers. */
    private static float[] finite(Tensor features) {
        float[] values = features.toFloats();
        for (float value : values) {
            if (!Float.isFinite(value)) {
                throw new DataException("features: not finite: " + value + " (the weights have diverged: take an"
                        + " earlier checkpoint)");
            }
        }
        return values;
    }

    private void encode(List<Picture> pictures, int side, BiConsumer<Backbone.Encoding<Tensor>, Integer> each) {
        Preparation preparation = new Preparation(side, spec.model().colours(), Preparation.Fit.STRETCH,
                spec.normalisation());
        for (int from = 0; from < pictures.size(); from += batch) {
            List<Picture> some = pictures.subList(from, Math.min(pictures.size(), from + batch));
            try (MemoryScope _ = MemoryScope.open("features")) {
                Tensor input = Tensor.of(Shape.of(some.size(), preparation.channels(), side, side),
                        some.stream().map(preparation::apply).toList());
                each.accept(backbone.encode(input, Pass.EVALUATION), some.size());
            }
        }
    }
}
