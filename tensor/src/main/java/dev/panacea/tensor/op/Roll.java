package dev.panacea.tensor.op;

import dev.panacea.tensor.Shape;
import dev.panacea.tensor.ShapeException;
import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import java.util.List;

/**
 * Shifts the elements along axes; what leaves at one end comes in at the other.
 *
 * @param shifts how far, one for each axis; negative shifts towards the start
 * @param axes the axes, each once; negative counts from the end
 */
public record Roll(List<Integer> shifts, List<Integer> axes) implements Op {
    /** Shifts along axes. */
    public static Roll by(int[] shifts, int... axes) {
        return new Roll(Axes.of(shifts), Axes.of(axes));
    }

    @Override
    public String formula() {
        return "y[.., (i + shift) mod n, ..] = x[.., i, ..]";
    }

    @Override
    public List<Spec> shapes(List<Spec> in) {
        Check.count(this, in, 1, 1);
        if (axes.isEmpty() || shifts.size() != axes.size()) {
            throw new ShapeException("roll: shifts " + shifts + " along axes " + axes + " (need one shift for each)");
        }
        Axes.reduced(this, in.getFirst().shape(), axes);
        return List.of(in.getFirst());
    }

    /** The shift along an axis of this shape, in 0..n-1. */
    public int shift(Shape shape, int axis) {
        for (int i = 0; i < axes.size(); i++) {
            if (shape.axis("roll", axes.get(i)) == axis && shape.dim(axis) > 0) {
                return Math.floorMod(shifts.get(i), shape.dim(axis));
            }
        }
        return 0;
    }

    @Override
    public void reference(Tensor[] in, Tensor[] out) {
        Shape shape = in[0].shape();
        int[] index = new int[shape.rank()];
        for (long i = 0; i < in[0].size(); i++) {
            Walk.index(shape, i, index);
            for (int axis = 0; axis < index.length; axis++) {
                index[axis] = (index[axis] + shift(shape, axis)) % shape.dim(axis);
            }
            out[0].set(in[0].flat(i), index);
        }
    }

    @Override
    public boolean savesInput(int index) {
        return false;
    }

    @Override
    public <T extends TensorOps<T>> List<T> vjp(Vjp<T> v) {
        Roll back = new Roll(shifts.stream().map(shift -> -shift).toList(), axes);
        return v.gradient().apply(back, List.of(v.gradient()));
    }

    @Override
    public List<Sample> samples() {
        return List.of(
                Sample.of(by(new int[] {2}, 0), Input.real(5)),
                Sample.of(by(new int[] {-1}, -1), Input.real(3, 17)),
                Sample.of(by(new int[] {-2, 3}, 1, 2), Input.real(2, 6, 7, 3)),
                Sample.of(by(new int[] {0, 8}, 0, 1), Input.real(3, 4)),
                Sample.of(by(new int[] {1}, 0), Input.real(0, 3)),
                Sample.of(by(new int[] {1, 1, 1}, 0, 1, 2), Input.indices(99, 2, 3, 4)),
                Sample.of(by(new int[] {3, -3}, 0, 1), Input.real(56, 56, 5)));
    }

    @Override
    public List<Refusal> refusals() {
        return List.of(
                new Refusal("roll: shifts [1] along axes [0, 1] (need one shift for each)",
                        () -> Tensor.zeros(2, 3).roll(new int[] {1}, 0, 1)),
                new Refusal("roll: axis 2 out of range for [2, 3] (need -2..1)",
                        () -> Tensor.zeros(2, 3).roll(new int[] {1}, 2)),
                new Refusal("roll: axis -1 given twice: [1, -1] (need distinct axes)",
                        () -> Tensor.zeros(2, 3).roll(new int[] {1, 1}, 1, -1)));
    }
}
