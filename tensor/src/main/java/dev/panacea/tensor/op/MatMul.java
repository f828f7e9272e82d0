package dev.panacea.tensor.op;

import dev.panacea.tensor.Shape;
import dev.panacea.tensor.ShapeException;
import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import java.util.Arrays;
import java.util.List;

/**
 * Matrix product of the last two axes, batched over the axes before them, which broadcast. An operand of one axis is a
 * row on the left and a column on the right, and its added axis is dropped from the result. Transposed and other
 * strided operands are read where they lie.
 */
public record MatMul() implements Op {
    @Override
    public String name() {
        return "matmul";
    }

    @Override
    public String formula() {
        return "y[.., m, n] = Σ_k a[.., m, k] · b[.., k, n]";
    }

    @Override
    public List<Spec> shapes(List<Spec> in) {
        Check.count(this, in, 2, 2);
        Check.floats(this, in);
        Shape left = in.get(0).shape();
        Shape right = in.get(1).shape();
        if (left.rank() == 0 || right.rank() == 0) {
            throw new ShapeException("matmul: an operand is a scalar: left " + left + ", right " + right
                    + " (need [.., M, K] · [.., K, N])");
        }
        if (left.dim(-1) != right.dim(right.rank() == 1 ? 0 : -2)) {
            throw new ShapeException("matmul: inner dimensions differ: left " + left + ", right " + right
                    + " (need [.., K] · [K, N])");
        }
        int[] batch = Shape.broadcast(name(), batch(left), batch(right)).dims();
        int[] dims = Arrays.copyOf(batch, batch.length + 2);
        int rank = batch.length;
        if (left.rank() > 1) {
            dims[rank++] = left.dim(-2);
        }
        if (right.rank() > 1) {
            dims[rank++] = right.dim(-1);
        }
        return List.of(in.getFirst().with(Shape.of(Arrays.copyOf(dims, rank))));
    }

    private static Shape batch(Shape shape) {
        return Shape.of(Arrays.copyOf(shape.dims(), Math.max(0, shape.rank() - 2)));
    }

    @Override
    public void reference(Tensor[] in, Tensor[] out) {
        Tensor a = left(in[0]);
        Tensor b = right(in[1]);
        int m = a.dim(-2);
        int k = a.dim(-1);
        int n = b.dim(-1);
        int[] dims = Shape.broadcast(name(), batch(a.shape()), batch(b.shape())).dims();
        int items = (int) Shape.of(dims).size();
        a = a.expand(matrix(dims, m, k)).reshape(items, m, k).contiguous();
        b = b.expand(matrix(dims, k, n)).reshape(items, k, n).contiguous();
        for (long at = 0; at < out[0].size(); at++) {
            long column = at % n;
            long row = at / n; // of all items
            long item = row / m;
            double sum = 0;
            for (int i = 0; i < k; i++) {
                sum += a.flat(row * k + i) * b.flat((item * k + i) * n + column);
            }
            out[0].flat(at, sum);
        }
    }

    private static int[] matrix(int[] batch, int rows, int columns) {
        int[] dims = Arrays.copyOf(batch, batch.length + 2);
        dims[batch.length] = rows;
        dims[batch.length + 1] = columns;
        return dims;
    }

    private static <T extends TensorOps<T>> T left(T a) {
        return a.spec().rank() == 1 ? a.unsqueeze(0) : a;
    }

    private static <T extends TensorOps<T>> T right(T b) {
        return b.spec().rank() == 1 ? b.unsqueeze(1) : b;
    }

    /** With matrices dA = g·Bᵀ and dB = Aᵀ·g, summed over the axes that were broadcast. */
    @Override
    public <T extends TensorOps<T>> List<T> vjp(Vjp<T> v) {
        T a = left(v.input(0));
        T b = right(v.input(1));
        T g = v.gradient();
        if (v.spec(1).rank() == 1) {
            g = g.unsqueeze(-1);
        }
        if (v.spec(0).rank() == 1) {
            g = g.unsqueeze(-2);
        }
        T byA = null;
        T byB = null;
        if (v.needs(0)) {
            T product = g.matmul(b.transpose(-2, -1));
            byA = Vjp.sumTo(product, product.spec().shape(), a.spec().shape()).reshape(v.spec(0).shape().dims());
        }
        if (v.needs(1)) {
            T product;
            if (b.spec().rank() == 2 && a.spec().rank() > 2) { // one sum over all rows, not one for each batch entry
                T rows = a.reshape(rows(a.spec().shape()));
                product = rows.transpose(0, 1).matmul(g.reshape(rows(g.spec().shape())));
            } else {
                product = a.transpose(-2, -1).matmul(g);
            }
            byB = Vjp.sumTo(product, product.spec().shape(), b.spec().shape()).reshape(v.spec(1).shape().dims());
        }
        return Vjp.of(byA, byB);
    }

    /** The shape with all axes but the last made one. */
    static int[] rows(Shape shape) {
        return new int[] {Math.toIntExact(shape.product(0, shape.rank() - 1)), shape.dim(-1)};
    }

    @Override
    public List<Sample> samples() {
        return List.of(
                sample(5, Input.real(3, 5), Input.real(5, 2)),
                sample(1, Input.real(1, 1), Input.real(1, 1)),
                sample(7, Input.real(1, 7), Input.real(7, 130)),
                sample(33, Input.real(17, 33), Input.real(33, 49)),
                sample(32, Input.real(2, 3, 9, 32), Input.real(2, 3, 32, 9)),
                sample(6, Input.real(2, 3, 5, 6), Input.real(6, 4)),
                sample(6, Input.real(5, 6), Input.real(3, 6, 4)),
                sample(6, Input.real(2, 1, 5, 6), Input.real(3, 6, 4)),
                sample(9, Input.real(9), Input.real(9)),
                sample(9, Input.real(9), Input.real(2, 9, 3)),
                sample(9, Input.real(2, 3, 9), Input.real(9)),
                sample(0, Input.real(2, 0), Input.real(0, 3)),
                sample(4, Input.real(0, 4), Input.real(4, 3)),
                sample(37, Input.real(21, 37), Input.real(37, 81)),
                sample(330, Input.real(2, 330), Input.real(330, 3)));
    }

    private static Sample sample(int depth, Input left, Input right) {
        return Sample.of(new MatMul(), left, right).reduces(Math.max(1, depth));
    }

    @Override
    public List<Refusal> refusals() {
        return List.of(
                new Refusal("matmul: inner dimensions differ: left [8, 196, 768], right [512, 768] "
                        + "(need [.., K] · [K, N])", () -> Tensor.zeros(8, 196, 768).matmul(Tensor.zeros(512, 768))),
                new Refusal("matmul: shapes do not broadcast: [2] and [3] (need equal sizes or 1, aligned at the last "
                        + "axis)", () -> Tensor.zeros(2, 4, 5).matmul(Tensor.zeros(3, 5, 4))),
                new Refusal("matmul: an operand is a scalar: left [], right [3, 2] (need [.., M, K] · [.., K, N])",
                        () -> Tensor.zeros().matmul(Tensor.zeros(3, 2))));
    }
}
