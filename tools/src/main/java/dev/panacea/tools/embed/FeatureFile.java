package dev.panacea.tools.embed;

import dev.panacea.tensor.DataException;
import dev.panacea.tensor.Tensor;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Where features go. Nothing stands at its path before {@link #finish}. */
sealed interface FeatureFile extends AutoCloseable permits SafetensorsFeatures, CsvFeatures {
    /** The formats, by the end of a file's name. */
    enum Kind {
        SAFETENSORS, CSV;

        static Kind of(Path path) {
            String name = path.toString().toLowerCase(Locale.ROOT);
            if (name.endsWith(".safetensors")) {
                return SAFETENSORS;
            }
            if (name.endsWith(".csv")) {
                return CSV;
            }
            throw new DataException("features " + path + ": unknown format (name a .safetensors or a .csv file)");
        }

        FeatureFile open(Path path, Map<String, String> texts) {
            return this == CSV ? new CsvFeatures(path) : new SafetensorsFeatures(path, texts);
        }
    }

    /**
     * Adds some pictures.
     *
     * @param names their files
     * @param pooled [B, K]
     * @param tokens [B, h, w, K], or null
     */
    void add(List<String> names, Tensor pooled, Tensor tokens);

    /** Puts the file in its place. */
    void finish();

    /** Leaves nothing behind but a finished file. */
    @Override
    void close();
}
