package dev.panacea.ace.transfer;

import dev.panacea.nn.ConfigException;
import java.util.Arrays;
import java.util.Locale;

/** What a network is fine-tuned for. */
public enum TransferKind {
    /** Labels of whole pictures. */
    CLASSIFY,
    /** A mask for each label. */
    SEGMENT,
    /** A place for each label. */
    KEYPOINTS;

    /** What users call it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The kind of a label.
     *
     * @throws ConfigException if there is none
     */
    public static TransferKind named(String label) {
        return Arrays.stream(values()).filter(kind -> kind.label().equals(label)).findFirst().orElseThrow(() ->
                new ConfigException("transfer: unknown kind: " + label + " (need classify, segment or keypoints)"));
    }
}
