package dev.panacea.tensor.op;

import dev.panacea.tensor.ElementType;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.ShapeException;
import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import java.util.List;

/**
 * Gradient of {@link MaxPool2d}: each element of the gradient goes where its window's largest element was. Inputs are
 * the gradient g [B, C, OH, OW] of the output, and the positions (I32) that the pooling returned.
 *
 * @param input shape of the pooling's input, [B, C, H, W]
 */
public record MaxPool2dBackward(Shape input) implements Op {
    @Override
    public String formula() {
        return "dx[b,c,p] = Σ_i,j g[b,c,i,j] where position[b,c,i,j] = p";
    }

    @Override
    public List<Spec> shapes(List<Spec> in) {
        Check.count(this, in, 2, 2);
        Spec g = in.getFirst();
        Check.floats(this, List.of(g));
        Check.rank(this, "gradient", g, 4);
        Check.type(this, "positions", in.get(1), ElementType.I32);
        Check.shape(this, "positions", in.get(1), g.shape());
        if (input.rank() != 4 || g.dim(0) != input.dim(0) || g.dim(1) != input.dim(1)) {
            throw new ShapeException("maxPool2dBackward: gradient is " + g.shape() + " (need the planes of " + input
                    + ")");
        }
        return List.of(g.with(input));
    }

    /** The position as it is. */
    public static int check(int position, int plane) {
        if (position < 0 || position >= plane) {
            throw new ShapeException("maxPool2dBackward: position " + position + " (need 0.." + (plane - 1) + ")");
        }
        return position;
    }

    @Override
    public void reference(Tensor[] in, Tensor[] out) {
        int plane = input.dim(2) * input.dim(3);
        int windows = in[0].dim(2) * in[0].dim(3);
        double[] dx = new double[(int) out[0].size()];
        for (long i = 0; i < in[0].size(); i++) {
            dx[(int) (i / windows * plane) + check((int) in[1].flat(i), plane)] += in[0].flat(i);
        }
        for (int i = 0; i < dx.length; i++) {
            out[0].flat(i, dx[i]);
        }
    }

    @Override
    public boolean savesInput(int index) {
        return index == 1;
    }

    /** The element that a window's gradient went to, for each window. */
    @Override
    public <T extends TensorOps<T>> List<T> vjp(Vjp<T> v) {
        T u = v.gradient().reshape(input.dim(0), input.dim(1), input.dim(2) * input.dim(3));
        Shape windows = v.spec(1).shape();
        T positions = v.input(1).reshape(windows.dim(0), windows.dim(1), windows.dim(2) * windows.dim(3));
        T taken = u.apply(new Gather(2), List.of(u, positions)).getFirst();
        return Vjp.of(taken.reshape(windows.dims()), null);
    }

    @Override
    public List<Sample> samples() {
        return List.of(
                Sample.of(new MaxPool2dBackward(Shape.of(2, 3, 6, 8)), Input.real(2, 3, 3, 4),
                        Input.indices(48, 2, 3, 3, 4)).reduces(12),
                Sample.of(new MaxPool2dBackward(Shape.of(1, 2, 5, 18)), Input.real(1, 2, 5, 18),
                        Input.indices(90, 1, 2, 5, 18)).reduces(90),
                Sample.of(new MaxPool2dBackward(Shape.of(1, 2, 1, 3)), Input.real(1, 2, 3, 3),
                        Input.indices(3, 1, 2, 3, 3)).reduces(9));
    }

    @Override
    public List<Refusal> refusals() {
        MaxPool2dBackward op = new MaxPool2dBackward(Shape.of(1, 2, 4, 4));
        Tensor g = Tensor.zeros(1, 2, 2, 2);
        return List.of(
                new Refusal("maxPool2dBackward: positions is [1, 2, 2, 3] (need [1, 2, 2, 2])",
                        () -> g.apply(op, List.of(g, Tensor.zeros(ElementType.I32, 1, 2, 2, 3)))),
                new Refusal("maxPool2dBackward: gradient is [2, 2, 2, 2] (need the planes of [1, 2, 4, 4])",
                        () -> g.apply(op, List.of(Tensor.zeros(2, 2, 2, 2),
                                Tensor.zeros(ElementType.I32, 2, 2, 2, 2)))),
                new Refusal("maxPool2dBackward: position 16 (need 0..15)",
                        () -> g.apply(op, List.of(g, Tensor.full(ElementType.I32, 16, 1, 2, 2, 2)))));
    }
}
