package dev.panacea.tensor;

import dev.panacea.tensor.memory.Memory;
import dev.panacea.tensor.op.Normal;
import dev.panacea.tensor.op.TruncatedNormal;
import dev.panacea.tensor.op.Uniform;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Random numbers as a pure function of a key and a position: no state, no order, the same on any number of threads and
 * any device. The generator is Philox4x32-10 (Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2,
 * 3", 2011): block {@code i} of four words belongs to elements 4i to 4i + 3.
 *
 * <pre>{@code
 * RandomSource random = RandomSource.of(seed).child(epoch).child(sample);
 * Tensor noise = random.child(0).normal(0, 1, 3, 448, 448);
 * }</pre>
 *
 * <p>Two draws from one source are the same numbers: give each use a child of its own.
 *
 * @param key 64 bits that name the sequence
 */
public record RandomSource(long key) {
    private static final int MULTIPLIER_0 = 0xD2511F53;
    private static final int MULTIPLIER_1 = 0xCD9E8D57;
    private static final int STEP_0 = 0x9E3779B9;
    private static final int STEP_1 = 0xBB67AE85;
    private static final int ROUNDS = 10;
    private static final long UNSIGNED = 0xFFFFFFFFL;

    private static final ThreadLocal<MemorySegment> WORDS =
            ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(16, 16));

    /** The third counter word: elements of a tensor, or keys of children. */
    private static final int ELEMENTS = 0;
    private static final int CHILDREN = 1;

    /** The source of a seed. */
    public static RandomSource of(long seed) {
        return new RandomSource(seed);
    }

    /** A source for one use, epoch or sample among many: another sequence for each number. */
    public RandomSource child(long number) {
        long words = WORDS.get().address();
        block(key, number, CHILDREN, words);
        return new RandomSource(Memory.i64(words));
    }

    /** The 32 random bits of element {@code index}. */
    public int bits(long index) {
        long words = WORDS.get().address();
        block(key, index >>> 2, ELEMENTS, words);
        return Memory.i32(words + 4 * (index & 3));
    }

    /** The number in 0..1 (exclusive) of element {@code index}, a multiple of 2^-24. */
    public double uniform(long index) {
        return (bits(index) >>> 8) * 0x1p-24;
    }

    /**
     * Writes the bits of {@code count} elements to memory, for kernels.
     *
     * @param first the first element, a multiple of 4
     * @param count how many, a multiple of 4
     */
    public void fill(long address, long first, int count) {
        for (int i = 0; i < count; i += 4) {
            block(key, first + i >>> 2, ELEMENTS, address + 4L * i);
        }
    }

    /** F32 numbers, evenly spread from {@code low} to {@code high}. */
    public Tensor uniform(double low, double high, int... dims) {
        return Tensor.make(new Uniform(Shape.of(dims), low, high, this));
    }

    /** F32 numbers, normally distributed. */
    public Tensor normal(double mean, double deviation, int... dims) {
        return Tensor.make(new Normal(Shape.of(dims), mean, deviation, this));
    }

    /** F32 numbers, normally distributed, none beyond two standard deviations; what models start from. */
    public Tensor truncatedNormal(double mean, double deviation, int... dims) {
        return Tensor.make(new TruncatedNormal(Shape.of(dims), mean, deviation, mean - 2 * deviation,
                mean + 2 * deviation, this));
    }

    /** Writes the four words of one block. */
    private static void block(long key, long counter, int purpose, long address) {
        int c0 = (int) counter;
        int c1 = (int) (counter >>> 32);
        int c2 = purpose;
        int c3 = 0;
        int k0 = (int) key;
        int k1 = (int) (key >>> 32);
        for (int round = 0; round < ROUNDS; round++) {
            long first = (MULTIPLIER_0 & UNSIGNED) * (c0 & UNSIGNED);
            long second = (MULTIPLIER_1 & UNSIGNED) * (c2 & UNSIGNED);
            c0 = (int) (second >>> 32) ^ c1 ^ k0;
            c1 = (int) second;
            c2 = (int) (first >>> 32) ^ c3 ^ k1;
            c3 = (int) first;
            k0 += STEP_0;
            k1 += STEP_1;
        }
        Memory.i32(address, c0);
        Memory.i32(address + 4, c1);
        Memory.i32(address + 8, c2);
        Memory.i32(address + 12, c3);
    }
}
