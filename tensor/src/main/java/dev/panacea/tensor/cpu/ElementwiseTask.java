package dev.panacea.tensor.cpu;

import dev.panacea.tensor.Layout;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.memory.Memory;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * One elementwise call over up to three operands that broadcast to a contiguous output. Axes that every operand steps
 * through evenly are merged, so most calls are one long run; what remains is rows of an inner run, in which each
 * operand moves one element at a time or stays at one. Nothing is expanded in memory.
 *
 * <p>A subclass holds one vector loop. It sees whole vectors only: an operand that stays is spread over one vector, and
 * the last part of a run is copied to one, so that no element's value depends on where it falls.
 *
 * <p>The loop is called through a method handle that is no constant, because the compiler must not inline it here:
 * where it did, it left the vectors of some loops boxed, 18 bytes of garbage for each element.
 */
abstract class ElementwiseTask extends RowTask {
    private static final int MAX_RANK = 16;
    private static final int CHUNK = 4096;
    private static final int LANES = VectorWidth.FLOATS.length();

    private static final MethodType LOOP = MethodType.methodType(void.class, ElementwiseTask.class, long.class, long.class,
            long.class, long.class, long.class);

    /** Two numbers for the function, such as a scale and a shift. */
    float p;
    /** The second number. */
    float q;
    /** Bytes from one vector of an operand to the next; 0 for one that stays. */
    long stepA;
    /** Bytes from one vector of the second operand to the next. */
    long stepB;
    /** Bytes from one vector of the third operand to the next. */
    long stepC;

    private final MethodHandle loop;
    private final int[] dims = new int[MAX_RANK];
    private final long[] stridesA = new long[MAX_RANK];
    private final long[] stridesB = new long[MAX_RANK];
    private final long[] stridesC = new long[MAX_RANK];
    private final int unitA;
    private final int unitB;
    private final int unitC;
    private final int unitOut;
    private int groups;
    private int inner;
    private int chunks;
    private long a;
    private long b;
    private long c;
    private long out;

    /** Bytes of one element of each operand, 0 where there is none, and of the output. */
    ElementwiseTask(int unitA, int unitB, int unitC, int unitOut) {
        this.unitA = unitA;
        this.unitB = unitB;
        this.unitC = unitC;
        this.unitOut = unitOut;
        this.stepA = (long) unitA * LANES;
        this.stepB = (long) unitB * LANES;
        this.stepC = (long) unitC * LANES;
        try {
            loop = MethodHandles.lookup().findVirtual(getClass(), "vectors", LOOP.dropParameterTypes(0, 1)).asType(LOOP);
        } catch (ReflectiveOperationException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Computes {@code count} whole vectors from absolute addresses. */
    abstract void vectors(long a, long b, long c, long out, long count);

    /** Runs over one to three operands, all of the types this loop was made for. */
    final void run(Tensor[] in, Tensor output) {
        Shape shape = output.shape();
        if (shape.rank() > MAX_RANK) {
            throw new IllegalArgumentException("elementwise: " + shape.rank() + " axes (need at most " + MAX_RANK + ")");
        }
        if (even(in[0], shape) && (unitB == 0 || even(in[1], shape)) && (unitC == 0 || even(in[2], shape))) {
            runEven(in, output);
            return;
        }
        try (MemoryScope _ = MemoryScope.open("elementwise")) {
            Tensor[] dense = in.clone();
            for (int i = 0; i < in.length; i++) {
                dense[i] = even(in[i], shape) ? in[i] : in[i].copy();
            }
            runEven(dense, output);
        }
    }

    /** Whether the innermost axis that the output has more than one element on is dense or repeated. */
    private static boolean even(Tensor tensor, Shape shape) {
        int rank = tensor.shape().rank();
        for (int back = 1; back <= rank; back++) {
            if (shape.dim(-back) > 1) {
                long stride = tensor.layout().strides()[rank - back];
                return stride == 1 || stride == 0 || tensor.dim(-back) == 1;
            }
        }
        return true;
    }

    private void runEven(Tensor[] in, Tensor output) {
        merge(output.shape(), in[0].layout(), unitB == 0 ? in[0].layout() : in[1].layout(),
                unitC == 0 ? in[0].layout() : in[2].layout());
        a = in[0].address();
        b = unitB == 0 ? 0 : in[1].address();
        c = unitC == 0 ? 0 : in[2].address();
        out = output.address();
        long rows = output.size() / inner;
        chunks = (inner + CHUNK - 1) / CHUNK;
        ParallelRows.run(this, Math.toIntExact(rows * chunks), ParallelRows.grain(Math.min(inner, CHUNK), 1 << 14));
    }

    private void merge(Shape shape, Layout layoutA, Layout layoutB, Layout layoutC) {
        groups = 0;
        inner = 1;
        long runA = 1;
        long runB = 1;
        long runC = 1;
        boolean first = true;
        for (int back = 1; back <= shape.rank(); back++) {
            int dim = shape.dim(-back);
            if (dim == 1) {
                continue;
            }
            long strideA = stride(layoutA, back);
            long strideB = stride(layoutB, back);
            long strideC = stride(layoutC, back);
            int last = groups - 1;
            if (first) {
                inner = dim;
                runA = strideA;
                runB = strideB;
                runC = strideC;
                first = false;
            } else if (groups == 0 && (long) inner * dim < 1 << 30 && strideA == runA * inner
                    && strideB == runB * inner && strideC == runC * inner) {
                inner *= dim;
            } else if (groups > 0 && (long) dims[last] * dim < 1 << 30 && strideA == stridesA[last] * dims[last]
                    && strideB == stridesB[last] * dims[last] && strideC == stridesC[last] * dims[last]) {
                dims[last] *= dim;
            } else {
                dims[groups] = dim;
                stridesA[groups] = strideA;
                stridesB[groups] = strideB;
                stridesC[groups++] = strideC;
            }
        }
        stepA = runA * unitA * LANES;
        stepB = runB * unitB * LANES;
        stepC = runC * unitC * LANES;
    }

    private static long stride(Layout layout, int back) {
        int axis = layout.shape().rank() - back;
        return axis < 0 || layout.shape().dim(axis) == 1 ? 0 : layout.strides()[axis];
    }

    @Override
    public final void rows(int from, int to, Scratch scratch) {
        for (int item = from; item < to; item++) {
            int row = item / chunks;
            int start = item % chunks * CHUNK;
            long atA = 0;
            long atB = 0;
            long atC = 0;
            int rest = row;
            for (int group = 0; group < groups; group++) {
                int index = rest % dims[group];
                rest /= dims[group];
                atA += index * stridesA[group];
                atB += index * stridesB[group];
                atC += index * stridesC[group];
            }
            span(a + atA * unitA + start * (stepA / LANES), b + atB * unitB + start * (stepB / LANES),
                    c + atC * unitC + start * (stepC / LANES), out + ((long) row * inner + start) * unitOut,
                    Math.min(CHUNK, inner - start), scratch.edge());
        }
    }

    private void span(long fromA, long fromB, long fromC, long to, int elements, long edge) {
        long atA = stepA == 0 ? spread(fromA, unitA, edge) : fromA;
        long atB = stepB == 0 ? spread(fromB, unitB, edge + 64) : fromB;
        long atC = stepC == 0 ? spread(fromC, unitC, edge + 128) : fromC;
        long put = to;
        long count = elements / LANES;
        int tail = elements % LANES;
        for (boolean last = false; ; last = true) {
            if (count > 0) {
                call(atA, atB, atC, put, count);
            }
            if (last) {
                Memory.copy(put, to + (long) (elements - tail) * unitOut, (long) tail * unitOut);
            }
            if (last || tail == 0) {
                return;
            }
            atA = stepA == 0 ? atA : partial(atA + count * stepA, tail * unitA, edge);
            atB = stepB == 0 ? atB : partial(atB + count * stepB, tail * unitB, edge + 64);
            atC = stepC == 0 ? atC : partial(atC + count * stepC, tail * unitC, edge + 128);
            put = edge + 192;
            count = 1;
        }
    }

    /** The loop alone, over dense operands of whole vectors; for kernels that make several passes over a buffer. */
    final void over(long a, long b, long out, int elements) {
        call(a, b, 0, out, elements / LANES);
    }

    private void call(long atA, long atB, long atC, long put, long count) {
        try {
            loop.invokeExact(this, atA, atB, atC, put, count);
        } catch (RuntimeException | Error failure) {
            throw failure;
        } catch (Throwable impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static long partial(long from, long byteSize, long edge) {
        Memory.copy(from, edge, byteSize);
        return edge;
    }

    private static long spread(long from, int unit, long edge) {
        if (unit == 4) {
            int bits = Memory.i32(from);
            for (int i = 0; i < LANES; i++) {
                Memory.i32(edge + 4L * i, bits);
            }
        } else if (unit == 1) {
            Memory.fill(edge, LANES, Memory.u8(from));
        }
        return edge;
    }
}
