package dev.panacea.tools.embed;

import dev.panacea.ace.data.CsvRows;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.io.AtomicFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * A line {@code file,f0,f1,…} for each picture. With tokens, {@code file,row,column,f0,…}: the picture's own line,
 * whose row and column are empty, and one for each of its tokens.
 */
final class CsvFeatures implements FeatureFile {
    private final Path path;
    private final Spool spool;
    private boolean begun;

    CsvFeatures(Path path) {
        this.path = path;
        spool = new Spool(path);
    }

    @Override
    public void add(List<String> names, Tensor pooled, Tensor tokens) {
        StringBuilder text = new StringBuilder();
        int channels = pooled.dim(1);
        if (!begun) {
            text.append(tokens == null ? "file" : "file,row,column");
            for (int channel = 0; channel < channels; channel++) {
                text.append(",f").append(channel);
            }
            text.append('\n');
            begun = true;
        }
        float[] whole = pooled.toFloats();
        float[] parts = tokens == null ? new float[0] : tokens.toFloats();
        int perPicture = parts.length / names.size();
        for (int i = 0; i < names.size(); i++) {
            String name = CsvRows.quoted(names.get(i));
            line(text, tokens == null ? name : name + ",,", whole, i * channels, channels);
            for (int at = 0; at < perPicture; at += channels) {
                int token = at / channels;
                String place = "," + token / tokens.dim(2) + "," + token % tokens.dim(2);
                line(text, name + place, parts, i * perPicture + at, channels);
            }
        }
        spool.append(ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.UTF_8)));
    }

    private static void line(StringBuilder text, String start, float[] values, int from, int count) {
        text.append(start);
        for (int i = from; i < from + count; i++) {
            text.append(',').append(values[i]);
        }
        text.append('\n');
    }

    @Override
    public void finish() {
        AtomicFile.write(path, "features", spool::copyTo);
    }

    @Override
    public void close() {
        spool.close();
    }
}
