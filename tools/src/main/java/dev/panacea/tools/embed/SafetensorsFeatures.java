package dev.panacea.tools.embed;

import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.io.ElementSource;
import dev.panacea.tensor.io.Safetensors;
import dev.panacea.tensor.io.StoredType;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Tensors {@code pooled} [N, K] and {@code tokens} [N, h, w, K]; the text {@code files} names the pictures, a line
 * each.
 */
final class SafetensorsFeatures implements FeatureFile {
    private final Path path;
    private final Map<String, String> texts;
    private final Map<String, Rows> tensors = new LinkedHashMap<>();
    private final List<String> files = new ArrayList<>();

    SafetensorsFeatures(Path path, Map<String, String> texts) {
        this.path = path;
        this.texts = new LinkedHashMap<>(texts);
        tensors.put("pooled", new Rows(path));
    }

    @Override
    public void add(List<String> names, Tensor pooled, Tensor tokens) {
        files.addAll(names);
        tensors.get("pooled").add(pooled);
        if (tokens != null) {
            tensors.computeIfAbsent("tokens", _ -> new Rows(path)).add(tokens);
        }
    }

    @Override
    public void finish() {
        texts.put("files", String.join("\n", files));
        Safetensors.copy(path, tensors, texts);
    }

    @Override
    public void close() {
        tensors.values().forEach(rows -> rows.spool.close());
    }

    /** A tensor that grows along its first axis. */
    private static final class Rows implements ElementSource {
        private final Spool spool;
        private final List<Long> shape = new ArrayList<>(List.of(0L));

        Rows(Path path) {
            spool = new Spool(path);
        }

        void add(Tensor rows) {
            for (int axis = shape.size(); axis < rows.shape().rank(); axis++) {
                shape.add((long) rows.dim(axis));
            }
            shape.set(0, shape.getFirst() + rows.dim(0));
            float[] values = rows.toFloats();
            ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asFloatBuffer().put(values);
            spool.append(bytes);
        }

        @Override
        public StoredType type() {
            return StoredType.F32;
        }

        @Override
        public List<Long> shape() {
            return shape;
        }

        @Override
        public void read(long from, MemorySegment into) {
            spool.read(from * Float.BYTES, into.asByteBuffer());
        }
    }
}
