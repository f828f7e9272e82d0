package dev.panacea.tests.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.panacea.tensor.ElementType;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.op.Concat;
import dev.panacea.tensor.op.Copy;
import dev.panacea.tensor.op.Gather;
import dev.panacea.tensor.op.IndexSelect;
import dev.panacea.tensor.op.IndexSelectBackward;
import dev.panacea.tensor.op.Input;
import dev.panacea.tensor.op.Op;
import dev.panacea.tensor.op.Pad;
import dev.panacea.tensor.op.Roll;
import dev.panacea.tensor.op.ScatterAdd;
import dev.panacea.tensor.op.Slice;
import dev.panacea.tensor.op.SliceBackward;
import dev.panacea.tensor.op.Stack;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * Kernels that move data against their references, on random shapes large enough for tiles, strips and threads, and on
 * inputs of any strides.
 */
class MovementProperties {
    private static final int TRIES = 60;

    /** Random numbers of one try, and the shapes and tensors made from them. */
    private record Draw(SplittableRandom random, ElementType type) {
        int upTo(int most) {
            return 1 + random.nextInt(most);
        }

        int[] dims() {
            int[] dims = new int[upTo(4)];
            int most = new int[] {20_000, 150, 30, 12}[dims.length - 1];
            Arrays.setAll(dims, axis -> upTo(most));
            return dims;
        }

        int[] order(int rank) {
            int[] order = IntStream.range(0, rank).toArray();
            for (int i = rank - 1; i > 0; i--) {
                int j = random.nextInt(i + 1);
                int other = order[i];
                order[i] = order[j];
                order[j] = other;
            }
            return order;
        }

        /** A tensor that lies in memory in any order of axes, backwards, with gaps, or repeated. */
        Tensor tensor(int... dims) {
            int[] order = order(dims.length);
            int[] stored = new int[dims.length];
            int[] back = new int[dims.length];
            int step = upTo(2);
            for (int i = 0; i < dims.length; i++) {
                stored[i] = dims[order[i]];
                back[order[i]] = i;
            }
            stored[dims.length - 1] *= step;
            Tensor x = Input.range(0, 100, stored).as(type == ElementType.F32 ? type : ElementType.F64)
                    .make(type, random.nextLong()).cast(type);
            if (step > 1) {
                x = x.slice(-1, 0, stored[dims.length - 1], step);
            }
            if (random.nextInt(3) == 0) {
                x = x.flip(random.nextInt(dims.length));
            }
            int repeated = random.nextInt(3 * dims.length);
            if (repeated < dims.length) {
                x = x.slice(repeated, 0, 1).expand(x.shape().dims());
            }
            return x.permute(back);
        }

        Tensor indices(int below, int... dims) {
            return Input.indices(below, dims).make(ElementType.F32, random.nextLong());
        }
    }

    /** Sums of non-negative terms, rounded once a term; all else bit for bit. */
    private static void agree(Op op, Tensor... inputs) {
        long terms = op instanceof ScatterAdd || op instanceof IndexSelectBackward ? inputs[1].size() : 0;
        Tensor actual = inputs[0].apply(op, List.of(inputs)).getFirst();
        Tensor expected = Tensor.zeros(actual.type(), actual.shape().dims());
        op.reference(inputs, new Tensor[] {expected});
        for (long i = 0; i < actual.size(); i++) {
            double want = expected.flat(i);
            assertThat(Math.abs(actual.flat(i) - want)).as("%s on %s: element %d", op, inputs[0].layout(), i)
                    .isLessThanOrEqualTo(terms * 0x1p-24 * want);
        }
    }

    private interface Case {
        void run(Draw draw, int[] dims, int axis);
    }

    private static void draw(long seed, ElementType type, Case body) {
        try (MemoryScope _ = MemoryScope.open("try")) {
            Draw draw = new Draw(new SplittableRandom(seed), type);
            int[] dims = draw.dims();
            body.run(draw, dims, draw.random.nextInt(dims.length));
        }
    }

    private static int[] with(int[] dims, int axis, int size) {
        int[] changed = dims.clone();
        changed[axis] = size;
        return changed;
    }

    @Property(tries = 2 * TRIES)
    void copy(@ForAll long seed, @ForAll ElementType type) {
        draw(seed, type, (draw, dims, axis) -> agree(new Copy(), draw.tensor(dims)));
    }

    @Property(tries = TRIES)
    void concatAndStack(@ForAll long seed, @ForAll ElementType type) {
        draw(seed, type, (draw, dims, axis) -> {
            agree(new Concat(axis), draw.tensor(dims), draw.tensor(with(dims, axis, draw.upTo(9))), draw.tensor(dims));
            agree(new Stack(axis), draw.tensor(dims), draw.tensor(dims));
        });
    }

    @Property(tries = TRIES)
    void pad(@ForAll long seed, @ForAll ElementType type, @ForAll Pad.Mode mode) {
        draw(seed, type, (draw, dims, axis) -> {
            int[] before = new int[dims.length];
            int[] after = new int[dims.length];
            for (int i = 0; i < dims.length; i++) {
                before[i] = draw.random.nextInt(Math.min(4, dims[i]));
                after[i] = draw.random.nextInt(Math.min(40 / dims.length, dims[i]));
            }
            agree(Pad.of(before, after, mode, 3), draw.tensor(dims));
        });
    }

    @Property(tries = TRIES)
    void roll(@ForAll long seed, @ForAll ElementType type) {
        draw(seed, type, (draw, dims, axis) -> {
            int[] axes = Arrays.copyOf(draw.order(dims.length), draw.upTo(dims.length));
            agree(Roll.by(IntStream.of(axes).map(a -> draw.random.nextInt(-50, 50)).toArray(), axes),
                    draw.tensor(dims));
        });
    }

    @Property(tries = TRIES)
    void sliceBackward(@ForAll long seed, @ForAll ElementType type) {
        draw(seed, type, (draw, dims, axis) -> {
            int step = draw.upTo(3);
            int start = draw.random.nextInt(5);
            int end = start + dims[axis] * step - draw.random.nextInt(step);
            Slice slice = new Slice(axis, start, end, step);
            agree(new SliceBackward(slice, Shape.of(with(dims, axis, end + draw.random.nextInt(5)))),
                    draw.tensor(dims));
        });
    }

    @Property(tries = TRIES)
    void selections(@ForAll long seed, @ForAll ElementType type) {
        draw(seed, type, (draw, dims, axis) -> {
            int count = draw.upTo(200);
            agree(new IndexSelect(axis), draw.tensor(dims), draw.indices(dims[axis], count));
            int[] smaller = Arrays.stream(dims).map(draw::upTo).toArray();
            agree(new Gather(axis), draw.tensor(dims), draw.indices(dims[axis], with(smaller, axis, draw.upTo(60))));
        });
    }

    @Property(tries = TRIES)
    void sums(@ForAll long seed) {
        draw(seed, ElementType.F32, (draw, dims, axis) -> {
            int size = draw.upTo(20);
            agree(new IndexSelectBackward(axis, size), draw.tensor(dims), draw.indices(size, dims[axis]));
            int[] index = Arrays.stream(dims).map(n -> draw.random.nextBoolean() ? n : draw.upTo(n)).toArray();
            index[axis] = draw.upTo(60);
            agree(new ScatterAdd(axis), draw.tensor(dims), draw.indices(dims[axis], index), draw.tensor(index));
        });
    }
}
