package dev.panacea.tests.study;

import dev.panacea.ace.data.Picture;
import dev.panacea.ace.data.PictureFacts;
import dev.panacea.ace.drawn.Point;
import dev.panacea.ace.study.FeatureExtractor;
import dev.panacea.ace.study.StudyData;
import dev.panacea.ace.study.TokenMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.IntFunction;

/** Pictures and features of which the answer to a study is known. */
final class Known {
    private Known() {}

    /** A grey picture. */
    static Picture picture(int pixels, float[] values) {
        return new Picture(pixels, pixels, 1, values, new PictureFacts("test", 8, List.of()));
    }

    /** So many pictures, made by number, which must be asked for at their own size. */
    static StudyData data(int count, IntFunction<Picture> pictures) {
        return new StudyData() {
            @Override
            public int size() {
                return count;
            }

            @Override
            public String name(int number) {
                return "picture " + number;
            }

            @Override
            public Picture picture(int number, int pixels) {
                Picture picture = pictures.apply(number);
                if (picture.width() != pixels) {
                    throw new IllegalArgumentException(pixels + " pixels asked for");
                }
                return picture;
            }

            @Override
            public Map<String, Point> landmarks(int number, int pixels) {
                return Map.of();
            }
        };
    }

    /** Embeddings that are a function of the picture as it comes, not resized. */
    static FeatureExtractor pooled(int image, int view, Function<Picture, float[]> embedding) {
        return new Embedding(image, view, 1, embedding, _ -> {
            throw new UnsupportedOperationException("tokens");
        });
    }

    /** Tokens that are a function of the picture. */
    static FeatureExtractor tokens(int image, int view, int stride, Function<Picture, TokenMap> tokens) {
        return new Embedding(image, view, stride, picture -> tokens.apply(picture).mean(), tokens);
    }

    private record Embedding(int imagePixels, int pixels, int stride, Function<Picture, float[]> embedding,
            Function<Picture, TokenMap> map) implements FeatureExtractor {
        @Override
        public List<float[]> pooled(List<Picture> pictures) {
            return pictures.stream().map(embedding).toList();
        }

        @Override
        public List<TokenMap> tokens(List<Picture> pictures) {
            return pictures.stream().map(map).toList();
        }
    }
}
