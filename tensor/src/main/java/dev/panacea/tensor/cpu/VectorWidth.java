package dev.panacea.tensor.cpu;

import static dev.panacea.tensor.cpu.VectorWidth.FLOATS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** The SIMD width of all kernels: the machine's widest, or the one that {@link #PROPERTY} forces. */
public final class VectorWidth {
    /** System property that forces a width of 128, 256 or 512 bits. */
    public static final String PROPERTY = "panacea.vector";

    /** The species of every F32 kernel. */
    public static final VectorSpecies<Float> FLOATS = choose(Integer.getInteger(PROPERTY, 0));

    /** Floats in a vector. */
    static final int LANES = FLOATS.length();

    /** Whether there are 32 vector registers: with AVX-512 at any width, and on ARM. AVX2 has 16. */
    static final boolean MANY_REGISTERS = VectorShape.S_Max_BIT.vectorBitSize() >= 512
            || System.getProperty("os.arch").equals("aarch64");

    private VectorWidth() {}

    /** Width in bits. */
    public static int bits() {
        return FLOATS.vectorBitSize();
    }

    private static VectorSpecies<Float> choose(int bits) {
        return switch (bits) {
            case 0 -> FloatVector.SPECIES_PREFERRED;
            case 128, 256, 512 -> VectorShape.forBitSize(bits).withLanes(float.class);
            default -> throw new IllegalArgumentException(
                    PROPERTY + ": not a vector width: " + bits + " (need 128, 256 or 512)");
        };
    }
}
