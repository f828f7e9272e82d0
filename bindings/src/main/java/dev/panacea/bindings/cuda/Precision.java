package dev.panacea.bindings.cuda;

import dev.panacea.tensor.BackendException;
import java.util.Locale;

/** How products of F32 matrices are computed; sums are F32 always. */
public enum Precision {
    /** As on the CPU. */
    F32,
    /** Factors rounded to 10 bits of fraction by the tensor cores. */
    TF32,
    /** Factors rounded to BF16, 7 bits of fraction, before they go to the tensor cores. */
    BF16;

    /** What {@code -Dpanacea.cuda.precision} says; F32 where it says nothing. */
    static Precision asked() {
        String name = System.getProperty("panacea.cuda.precision", "f32");
        try {
            return valueOf(name.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException unknown) {
            throw new BackendException("precision " + name + ": unknown (need f32, tf32 or bf16)", unknown);
        }
    }
}
