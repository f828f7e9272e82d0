package dev.panacea.bindings.cuda;

import dev.panacea.tensor.ElementType;
import java.util.ArrayList;
import java.util.List;

/**
 * A matrix product, batched over any number of axes. Operands lie where they lie: strides count elements, a stride of 0
 * along a batch axis repeats a matrix. cuBLAS reads a matrix whose rows or columns are without gaps; others are packed
 * first. In {@link Precision#BF16} the operands are rounded on the way.
 */
public final class Product {
    private final CudaBackend backend;
    private final ElementType type;
    private final int n;
    private final int k;
    private final List<Axis> batch = new ArrayList<>();
    private int m;
    private Operand a;
    private Operand b;
    private long c;
    private long cRow;
    private double scale = 1;
    private long bias;
    private long added;

    /** An axis of the batch, with the strides of A, B and C. */
    private record Axis(int dim, long a, long b, long c) {}

    Product(CudaBackend backend, ElementType type, int m, int n, int k) {
        this.backend = backend;
        this.type = type;
        this.m = m;
        this.n = n;
        this.k = k;
    }

    /** A at an address, with its strides from row to row and from column to column. */
    public Product a(long address, long rowStride, long columnStride) {
        a = new Operand(address, m, k, rowStride, columnStride);
        return this;
    }

    /** B at an address, with its strides from row to row and from column to column. */
    public Product b(long address, long rowStride, long columnStride) {
        b = new Operand(address, k, n, rowStride, columnStride);
        return this;
    }

    /** C at an address; its columns lie side by side. */
    public Product c(long address, long rowStride) {
        c = address;
        cRow = rowStride;
        return this;
    }

    /** One more axis of the batch, inside those before it. */
    public Product batch(int dim, long strideA, long strideB, long strideC) {
        if (dim != 1) {
            batch.add(new Axis(dim, strideA, strideB, strideC));
        }
        return this;
    }

    /** What the product is multiplied by; 1 where it is not said. */
    public Product scale(double factor) {
        scale = factor;
        return this;
    }

    /**
     * Gives the work to the device with more to be added to C, if cuBLAS can do that in one call, else without.
     *
     * @param biasAddress where there is a number for each column of C, or 0
     * @param addedAddress where a matrix lies, row by row without gaps, or 0
     * @return whether it was added
     */
    public boolean run(long biasAddress, long addedAddress) {
        boolean possible = type == ElementType.F32 && scale == 1 && cRow == n && (biasAddress | addedAddress) != 0;
        bias = possible ? biasAddress : 0;
        added = possible ? addedAddress : 0;
        return launched();
    }

    /** Gives the work to the device, and does not wait for it. */
    public void run() {
        launched();
    }

    private boolean launched() {
        long matrices = 1;
        for (Axis axis : batch) {
            matrices *= axis.dim;
        }
        if (matrices == 0 || m == 0 || n == 0) {
            return false;
        }
        if (k == 0) {
            zero(batch.size(), c);
            return false;
        }
        Blas blas = backend.blas();
        ElementType factors = type == ElementType.F32 && blas.rounds() ? ElementType.BF16 : type;
        synchronized (blas) {
            long byteSize = extent() * type.byteSize();
            blas.rounded().begin(backend.writes());
            boolean all = run(factors);
            blas.rounded().written(c, byteSize);
            return all;
        }
    }

    private boolean run(ElementType factors) {
        int[] dims = batch.stream().mapToInt(Axis::dim).toArray();
        try (Packed left = a.pack(backend, type, factors, dims, batch.stream().mapToLong(Axis::a).toArray());
                Packed right = b.pack(backend, type, factors, dims, batch.stream().mapToLong(Axis::b).toArray())) {
            List<Axis> axes = merged(left, right);
            if ((bias | added) != 0 && axes.isEmpty()
                    && backend.blas().run(call(left, right, new Axis(1, 0, 0, 0)), factors, bias, added)) {
                return true;
            }
            run(axes, 0, new Packed[] {left, right}, factors, new Axis(0, 0, 0, 0));
            return false;
        }
    }

    /** Elements from the first of C to the last. */
    private long extent() {
        long extent = (m - 1) * cRow + n;
        for (Axis axis : batch) {
            extent += (axis.dim - 1) * axis.c;
        }
        return extent;
    }

    private void zero(int axes, long at) {
        // Without terms to sum, C is zeros; rows one by one, since this is as rare as it is small.
        int rows = m;
        for (int row = 0; row < rows; row++) {
            zero(0, axes, at + row * cRow * type.byteSize());
        }
    }

    private void zero(int axis, int axes, long at) {
        if (axis == axes) {
            backend.fill(at, (byte) 0, (long) n * type.byteSize());
            return;
        }
        for (int i = 0; i < batch.get(axis).dim; i++) {
            zero(axis + 1, axes, at + i * batch.get(axis).c * type.byteSize());
        }
    }

    /** The batch's axes with the strides of the packed operands, as few as will do. */
    private List<Axis> merged(Packed left, Packed right) {
        List<Axis> axes = new ArrayList<>();
        for (int i = 0; i < batch.size(); i++) {
            Axis next = new Axis(batch.get(i).dim, left.batch()[i], right.batch()[i], batch.get(i).c);
            Axis last = axes.isEmpty() ? null : axes.getLast();
            if (last != null && last.a == next.a * next.dim && last.b == next.b * next.dim
                    && last.c == next.c * next.dim) {
                axes.set(axes.size() - 1, new Axis(last.dim * next.dim, next.a, next.b, next.c));
            } else {
                axes.add(next);
            }
        }
        // Where all share one B and the rows of A and C go on from matrix to matrix, it is one tall product.
        while (!axes.isEmpty() && isTall(axes.getLast(), left)) {
            m *= axes.removeLast().dim;
        }
        return axes;
    }

    private boolean isTall(Axis axis, Packed left) {
        long rows = (long) m * axis.dim;
        return axis.b == 0 && axis.a == m * left.row() && axis.c == m * cRow
                && rows <= (left.byRows() ? left.leading() : Integer.MAX_VALUE);
    }

    /** What is left of the batch from axis {@code at} on, at offsets of A, B and C. */
    private void run(List<Axis> axes, int at, Packed[] factors, ElementType type, Axis offsets) {
        if (axes.size() - at > 1) {
            Axis axis = axes.get(at);
            for (int i = 0; i < axis.dim; i++) {
                run(axes, at + 1, factors, type, new Axis(0, offsets.a + i * axis.a, offsets.b + i * axis.b,
                        offsets.c + i * axis.c));
            }
            return;
        }
        Axis inner = axes.size() > at ? axes.get(at) : new Axis(1, 0, 0, 0);
        Packed left = factors[0].at(offsets.a * type.byteSize());
        Packed right = factors[1].at(offsets.b * type.byteSize());
        Blas.Call call = call(left, right, inner).to(c + offsets.c * this.type.byteSize());
        backend.blas().run(call, type, this.type, scale);
    }

    /** By columns C is transposed: Cᵀ = Bᵀ · Aᵀ, so B comes first. */
    private Blas.Call call(Packed left, Packed right, Axis inner) {
        return new Blas.Call(right.byRows(), left.byRows(), n, m, k, right.address(), right.leading(), inner.b,
                left.address(), left.leading(), inner.a, c, Math.max(cRow, n), inner.c, inner.dim);
    }
}
