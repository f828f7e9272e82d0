package dev.panacea.nn.weight;

import dev.panacea.nn.CheckpointException;
import java.util.Map;

/**
 * Tells apart the two Swin namings that differ only in the number of a downsampling: in one it leads into the stage
 * whose number it has, and its result has that stage's channels; in the other it leads out, and has twice as many.
 */
final class Downsampling {
    private Downsampling() {}

    /**
     * The naming of a Swin, by the shapes of all its downsamplings.
     *
     * @param prefix what stands before the names of the model
     * @param where the file, for messages
     * @throws CheckpointException if the shapes contradict each other
     */
    static Naming naming(Map<String, StoredWeight> weights, String prefix, String where) {
        int in = 0;
        int out = 0;
        for (int stage = 0; weights.containsKey(prefix + "layers." + stage + ".blocks.0.norm1.weight"); stage++) {
            long channels = rows(weights.get(prefix + "layers." + stage + ".blocks.0.norm1.weight"));
            long reduced = rows(weights.get(prefix + "layers." + stage + ".downsample.reduction.weight"));
            in += reduced == channels ? 1 : 0;
            out += reduced == 2 * channels ? 1 : 0;
        }
        if (in > 0 && out > 0) {
            throw new CheckpointException(where + ": " + in + " downsamplings lead into the stage of their number, "
                    + out + " lead out of it (need all alike: the file mixes two models)");
        }
        return out > 0 ? Naming.MICROSOFT_SWIN : Naming.TIMM_SWIN;
    }

    private static long rows(StoredWeight weight) {
        return weight == null || weight.shape().isEmpty() ? -1 : weight.shape().getFirst();
    }
}
