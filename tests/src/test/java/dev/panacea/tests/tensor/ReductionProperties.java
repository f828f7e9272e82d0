package dev.panacea.tests.tensor;

import dev.panacea.tensor.Backends;
import dev.panacea.tensor.ElementType;
import dev.panacea.tensor.Fallbacks;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.cpu.ParallelRows;
import dev.panacea.tensor.op.Argmax;
import dev.panacea.tensor.op.BatchNorm2d;
import dev.panacea.tensor.op.BatchNorm2dBackward;
import dev.panacea.tensor.op.Input;
import dev.panacea.tensor.op.L2Normalize;
import dev.panacea.tensor.op.L2NormalizeBackward;
import dev.panacea.tensor.op.LayerNorm;
import dev.panacea.tensor.op.LayerNormBackward;
import dev.panacea.tensor.op.LogSoftmax;
import dev.panacea.tensor.op.LogSoftmaxBackward;
import dev.panacea.tensor.op.Max;
import dev.panacea.tensor.op.Mean;
import dev.panacea.tensor.op.Min;
import dev.panacea.tensor.op.Op;
import dev.panacea.tensor.op.Softmax;
import dev.panacea.tensor.op.SoftmaxBackward;
import dev.panacea.tensor.op.Sum;
import dev.panacea.tensor.op.TieShare;
import dev.panacea.tensor.op.Variance;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * Kernels of reductions and normalisations against their references, on random shapes large enough for blocks, tiles
 * and pieces, over any axes; the same bytes on one thread and on three, and never the reference in place of a kernel.
 */
class ReductionProperties {
    private static final int TRIES = 40;
    private static final double TOLERANCE = 2e-6; // relative to 1 + |expected|, times √ of the terms summed

    /** Large, since 1/√epsilon is what a normalisation of near equal elements multiplies their rounding by. */
    private static final double EPSILON = 0.1;

    private static int[] dims(SplittableRandom random) {
        int[][] most = {{20_000}, {40, 1500}, {1500, 40}, {12, 40, 50}, {3, 20, 366}, {6, 9, 11, 20}};
        return Arrays.stream(most[random.nextInt(most.length)]).map(limit -> 1 + random.nextInt(limit)).toArray();
    }

    private static Tensor real(SplittableRandom random, int... dims) {
        return Input.real(dims).make(ElementType.F32, random.nextLong());
    }

    private static Tensor positive(SplittableRandom random, int... dims) {
        return Input.range(0.5, 2, dims).make(ElementType.F32, random.nextLong());
    }

    private static void agree(double terms, Op op, Tensor... inputs) {
        int threads = ParallelRows.threads();
        long fallbacks = Fallbacks.total();
        try {
            ParallelRows.threads(3);
            List<Tensor> actual = inputs[0].apply(op, List.of(inputs));
            ParallelRows.threads(1);
            List<Tensor> alone = inputs[0].apply(op, List.of(inputs));
            Tensor[] expected = actual.stream().map(Tensor::spec)
                    .map(spec -> spec.type() == ElementType.F32 ? spec.with(ElementType.F64) : spec)
                    .map((Spec spec) -> Tensor.allocate(Backends.cpu(), spec)).toArray(Tensor[]::new);
            op.reference(inputs, expected);
            for (int k = 0; k < expected.length; k++) {
                for (long i = 0; i < expected[k].size(); i++) {
                    double got = actual.get(k).flat(i);
                    double want = expected[k].flat(i);
                    boolean close = Double.compare(got, want) == 0 || got == want
                            || Math.abs(got - want) <= TOLERANCE * Math.sqrt(terms) * (1 + Math.abs(want));
                    if (!close || Double.compare(got, alone.get(k).flat(i)) != 0) {
                        throw new AssertionError("%s on %s: output %d, element %d: %s, on one thread %s, not %s".formatted(
                                op, inputs[0].shape(), k, i, got, alone.get(k).flat(i), want));
                    }
                }
            }
        } finally {
            ParallelRows.threads(threads);
        }
        if (Fallbacks.total() != fallbacks) {
            throw new AssertionError(op + " on " + inputs[0].shape() + ": no kernel");
        }
    }

    @Property(tries = TRIES)
    void overAnyAxes(@ForAll long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        try (MemoryScope _ = MemoryScope.open("axes")) {
            int[] dims = dims(random);
            int[] axes = IntStream.range(0, dims.length).filter(axis -> random.nextBoolean()).toArray();
            boolean keep = random.nextBoolean();
            Tensor x = real(random, dims);
            agree(x.size(), Sum.over(keep, axes), x);
            agree(x.size(), Mean.over(keep, axes), x);
            agree(1, Max.over(keep, axes), x);
            agree(1, Min.over(keep, axes), x);
            agree(x.size(), Variance.over(0, keep, axes), x);
            Tensor whole = Input.indices(5, dims).make(ElementType.F32, random.nextLong()).cast(ElementType.F32);
            agree(1, new TieShare(IntStream.of(axes).boxed().toList()), whole, whole.max(true, axes));
        }
    }

    @Property(tries = TRIES)
    void alongOneAxis(@ForAll long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        try (MemoryScope _ = MemoryScope.open("axis")) {
            int[] dims = dims(random);
            int axis = random.nextInt(dims.length);
            int n = dims[axis];
            Tensor x = real(random, dims);
            Tensor y = real(random, dims);
            agree(n, new Softmax(axis), x);
            agree(n, new SoftmaxBackward(axis), x, y.softmax(axis)); // the op's second input is a softmax
            agree(n, new LogSoftmax(axis), x);
            agree(n, new LogSoftmaxBackward(axis), x, y.logSoftmax(axis));
            agree(n, new L2Normalize(axis, 1e-12), x);
            int[] kept = dims.clone();
            kept[axis] = 1;
            agree(n, new L2NormalizeBackward(axis, 1), x, y.l2Normalize(axis, 1e-12), positive(random, kept));
            agree(1, Argmax.over(true, axis), x);
            agree(1, Argmax.over(false), x);
        }
    }

    /** Infinities and NaN end where the reference has them; a row of a softmax may be masked by -∞ in part. */
    @Property(tries = TRIES)
    void ofNoFiniteNumbers(@ForAll long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        try (MemoryScope _ = MemoryScope.open("special")) {
            int[] dims = {1 + random.nextInt(40), 1 + random.nextInt(70)};
            int axis = random.nextInt(2);
            Tensor x = real(random, dims);
            boolean nan = random.nextBoolean();
            for (long i = 0; i < x.size(); i++) {
                switch (random.nextInt(nan ? 40 : 4)) {
                    case 0 -> x.flat(i, Double.NEGATIVE_INFINITY);
                    case 39 -> x.flat(i, random.nextBoolean() ? Double.NaN : Double.POSITIVE_INFINITY);
                    default -> { }
                }
            }
            agree(dims[axis], new Softmax(axis), x);
            agree(dims[axis], new LogSoftmax(axis), x);
            agree(1, Max.over(false, axis), x);
            agree(1, Min.over(false, axis), x);
            agree(1, Argmax.over(false, axis), x);
            agree(dims[axis], Sum.over(false, axis), x);
        }
    }

    @Property(tries = TRIES)
    void normalisations(@ForAll long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        try (MemoryScope _ = MemoryScope.open("normalisations")) {
            int rows = 1 + random.nextInt(300);
            int n = 1 + random.nextInt(20_000 / rows);
            Tensor x = real(random, rows, n);
            Tensor gamma = real(random, n);
            agree(n, new LayerNorm(EPSILON), x, gamma, real(random, n));
            agree(Math.max(rows, n), new LayerNormBackward(), real(random, rows, n), x, gamma,
                    Input.range(-0.5, 0.5, rows).make(ElementType.F32, random.nextLong()), positive(random, rows));
            int channels = 1 + random.nextInt(5);
            int[] image = {1 + random.nextInt(3), channels, 1 + random.nextInt(50), 1 + random.nextInt(50)};
            Tensor picture = real(random, image);
            Tensor scale = real(random, channels);
            int terms = image[0] * image[2] * image[3];
            agree(terms, new BatchNorm2d(EPSILON), picture, scale, real(random, channels));
            agree(terms, new BatchNorm2dBackward(EPSILON, random.nextBoolean()), real(random, image), picture, scale,
                    real(random, channels), positive(random, channels));
        }
    }
}
