package dev.panacea.tensor.cpu;

import dev.panacea.tensor.memory.Memory;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/** Vectors to and from absolute addresses: short names for what every kernel's inner loop says. */
final class Lanes {
    private static final VectorSpecies<Float> S = VectorWidth.FLOATS;

    /** Floats in a vector. */
    static final int COUNT = S.length();

    private Lanes() {}

    static FloatVector load(long address) {
        return FloatVector.fromMemorySegment(S, Memory.ALL, address, Memory.ORDER);
    }

    /** The lanes in the mask; zero in the others, whose memory is not touched. */
    static FloatVector load(long address, VectorMask<Float> mask) {
        return FloatVector.fromMemorySegment(S, Memory.ALL, address, Memory.ORDER, mask);
    }

    static void store(FloatVector vector, long address) {
        vector.intoMemorySegment(Memory.ALL, address, Memory.ORDER);
    }

    static void store(FloatVector vector, long address, VectorMask<Float> mask) {
        vector.intoMemorySegment(Memory.ALL, address, Memory.ORDER, mask);
    }

    /** The first {@code count} lanes, or all where there are fewer. */
    static VectorMask<Float> first(int count) {
        return S.indexInRange(0, count);
    }

    static FloatVector all(float value) {
        return FloatVector.broadcast(S, value);
    }
}
