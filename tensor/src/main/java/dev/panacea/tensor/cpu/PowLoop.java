package dev.panacea.tensor.cpu;

import dev.panacea.tensor.memory.Memory;

/** The loop of powers, one element at a time: exponents from a second operand, or one for all. */
final class PowLoop extends ElementwiseTask {
    private final boolean oneForAll;

    PowLoop(boolean oneForAll) {
        super(4, oneForAll ? 0 : 4, 0, 4);
        this.oneForAll = oneForAll;
    }

    @Override
    void vectors(long a, long b, long c, long out, long count) {
        int lanes = VectorWidth.FLOATS.length();
        for (long i = 0; i < count; i++) {
            for (int lane = 0; lane < lanes; lane++) {
                float exponent = oneForAll ? p : Memory.f32(b + i * stepB + 4L * lane);
                Memory.f32(out + 4 * (i * lanes + lane), VectorMath.pow(Memory.f32(a + i * stepA + 4L * lane), exponent));
            }
        }
    }
}
