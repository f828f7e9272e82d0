package dev.panacea.tests.landmark;

import dev.panacea.ace.data.Picture;
import dev.panacea.ace.data.PictureFacts;
import dev.panacea.ace.drawn.Point;
import dev.panacea.ace.study.FeatureExtractor;
import dev.panacea.ace.study.StudyData;
import dev.panacea.ace.study.TokenMap;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * Patients whose every pixel says which place of the anatomy it shows, and a network that reads it: an embedding is the
 * place in the middle of a view, a token the mean place of its pixels. Patients differ in where the anatomy lies.
 */
final class Oracle implements FeatureExtractor {
    static final int SIDE = 64;
    private static final int SCALE = 256;
    private static final int ORIGIN = 100; // keeps coordinates positive

    int windows;

    /** Patients whose anatomy is shifted right and down by so many pixels; landmarks are places of the anatomy. */
    record Patients(List<Point> shifts, SequencedMap<String, Point> anatomy) implements StudyData {
        @Override
        public int size() {
            return shifts.size();
        }

        @Override
        public String name(int number) {
            return "patient " + number;
        }

        @Override
        public Picture picture(int number, int pixels) {
            float[] values = new float[pixels * pixels];
            for (int i = 0; i < values.length; i++) {
                int x = i % pixels - (int) shifts.get(number).x() + ORIGIN;
                int y = i / pixels - (int) shifts.get(number).y() + ORIGIN;
                values[i] = (float) (y * SCALE + x) / (SCALE * SCALE);
            }
            return new Picture(pixels, pixels, 1, values, new PictureFacts("test", 8, List.of()));
        }

        @Override
        public Map<String, Point> landmarks(int number, int pixels) {
            Map<String, Point> places = new LinkedHashMap<>();
            anatomy.forEach((name, place) -> places.put(name,
                    new Point(place.x() + shifts.get(number).x(), place.y() + shifts.get(number).y())));
            return places;
        }
    }

    @Override
    public int pixels() {
        return 28;
    }

    @Override
    public int stride() {
        return 4;
    }

    @Override
    public List<float[]> pooled(List<Picture> pictures) {
        windows += pictures.size();
        return pictures.stream().map(picture -> read(picture.value(14, 14, 0))).toList();
    }

    @Override
    public List<TokenMap> tokens(List<Picture> pictures) {
        List<TokenMap> maps = new ArrayList<>();
        for (Picture picture : pictures) {
            float[] values = new float[7 * 7 * 2];
            for (int pixel = 0; pixel < 28 * 28; pixel++) {
                float[] place = read(picture.value(pixel / 28, pixel % 28, 0));
                int token = pixel / 28 / 4 * 7 + pixel % 28 / 4;
                values[2 * token] += place[0] / 16;
                values[2 * token + 1] += place[1] / 16;
            }
            maps.add(new TokenMap(7, 7, 2, values));
        }
        return maps;
    }

    private static float[] read(float value) {
        int code = Math.round(value * SCALE * SCALE);
        return code == 0 ? new float[] {-1000, -1000} : new float[] {code % SCALE, (float) (code / SCALE)};
    }
}
