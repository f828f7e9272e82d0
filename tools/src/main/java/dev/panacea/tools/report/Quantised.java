package dev.panacea.tools.report;

import java.util.Base64;
import java.util.List;

/** Tokens of length 1 as whole numbers of −127..127, with a scale of their own each: a quarter of their size. */
final class Quantised {
    private Quantised() {}

    /** As JSON for the page's script: bytes of each grid in base 64, and the length of a token. */
    static String json(List<Look.Tokens> grids) {
        int channels = grids.getFirst().values().length / (grids.getFirst().side() * grids.getFirst().side());
        StringBuilder json = new StringBuilder("{\"channels\":" + channels + ",\"grids\":[");
        for (int g = 0; g < grids.size(); g++) {
            json.append(g == 0 ? "\"" : ",\"").append(Base64.getEncoder().encodeToString(
                    bytes(grids.get(g).values(), channels))).append('"');
        }
        return json.append("]}").toString();
    }

    private static byte[] bytes(float[] values, int channels) {
        byte[] bytes = new byte[values.length];
        for (int from = 0; from < values.length; from += channels) {
            float most = 1e-12f;
            for (int i = from; i < from + channels; i++) {
                most = Math.max(most, Math.abs(values[i]));
            }
            for (int i = from; i < from + channels; i++) {
                bytes[i] = (byte) Math.round(127 * values[i] / most);
            }
        }
        return bytes;
    }
}
