package dev.panacea.tensor.op;

import dev.panacea.tensor.Shape;
import dev.panacea.tensor.ShapeException;
import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Adds elements before and after each axis.
 *
 * @param before how many before, one for each axis
 * @param after how many after, one for each axis
 * @param mode what the added elements are
 * @param value the constant, for {@link Mode#CONSTANT}
 */
public record Pad(List<Integer> before, List<Integer> after, Mode mode, double value) implements Op {
    /** What the added elements are. */
    public enum Mode {
        /** One constant. */
        CONSTANT,
        /** The elements mirrored at the edge, which itself is not repeated; needs fewer than the axis has. */
        REFLECT,
        /** The edge repeated. */
        REPLICATE
    }

    /** Pads with zeros. */
    public static Pad zeros(int[] before, int[] after) {
        return of(before, after, Mode.CONSTANT, 0);
    }

    /** Pads in a mode; {@code value} matters for a constant only. */
    public static Pad of(int[] before, int[] after, Mode mode, double value) {
        return new Pad(Axes.of(before), Axes.of(after), mode, value);
    }

    @Override
    public String formula() {
        return "y[.., before + i, ..] = x[.., i, ..], elsewhere a constant, the mirror image or the edge";
    }

    @Override
    public List<Spec> shapes(List<Spec> in) {
        Check.count(this, in, 1, 1);
        Shape shape = in.getFirst().shape();
        boolean valid = before.size() == shape.rank() && after.size() == shape.rank();
        int[] dims = new int[shape.rank()];
        for (int axis = 0; valid && axis < dims.length; axis++) {
            int dim = shape.dim(axis);
            int most = Math.max(before.get(axis), after.get(axis));
            long sum = (long) dim + before.get(axis) + after.get(axis);
            valid = before.get(axis) >= 0 && after.get(axis) >= 0 && sum <= Integer.MAX_VALUE && switch (mode) {
                case CONSTANT -> true;
                case REFLECT -> most == 0 || most < dim;
                case REPLICATE -> most == 0 || dim > 0;
            };
            dims[axis] = (int) sum;
        }
        if (!valid) {
            throw new ShapeException("pad: " + shape + " by " + before + " before and " + after + " after, " + mode
                    + " (need one count >= 0 for each axis" + switch (mode) {
                        case CONSTANT -> "";
                        case REFLECT -> ", less than the axis";
                        case REPLICATE -> ", and something to repeat";
                    } + ")");
        }
        return List.of(in.getFirst().with(Shape.of(dims)));
    }

    /** Where along an axis of size {@code dim} the padded index comes from; -1 for the constant. */
    private int from(int axis, int dim, int padded) {
        int i = padded - before.get(axis);
        if (i >= 0 && i < dim) {
            return i;
        }
        return switch (mode) {
            case CONSTANT -> -1;
            case REFLECT -> i < 0 ? -i : 2 * (dim - 1) - i;
            case REPLICATE -> i < 0 ? 0 : dim - 1;
        };
    }

    @Override
    public void reference(Tensor[] in, Tensor[] out) {
        Shape shape = in[0].shape();
        int[] index = new int[shape.rank()];
        for (long i = 0; i < out[0].size(); i++) {
            Walk.index(out[0].shape(), i, index);
            boolean inside = true;
            for (int axis = 0; axis < index.length; axis++) {
                index[axis] = from(axis, shape.dim(axis), index[axis]);
                inside &= index[axis] >= 0;
            }
            out[0].flat(i, inside ? in[0].at(index) : value);
        }
    }

    @Override
    public boolean savesInput(int index) {
        return false;
    }

    /**
     * The middle of a constant padding; in the other modes each padded axis is a selection of indices, undone in turn.
     */
    @Override
    public <T extends TensorOps<T>> List<T> vjp(Vjp<T> v) {
        T gradient = v.gradient();
        Shape shape = v.spec(0).shape();
        for (int at = 0; at < shape.rank(); at++) {
            int axis = at;
            int dim = shape.dim(axis);
            int padded = gradient.spec().dim(axis);
            if (padded == dim) {
                continue;
            }
            if (mode == Mode.CONSTANT) {
                gradient = gradient.slice(axis, before.get(axis), before.get(axis) + dim);
            } else {
                int[] index = IntStream.range(0, padded).map(i -> from(axis, dim, i)).toArray();
                T from = v.lift(Tensor.of(Shape.of(padded), index));
                gradient = gradient.apply(new IndexSelectBackward(axis, dim), List.of(gradient, from)).getFirst();
            }
        }
        return Vjp.of(gradient);
    }

    @Override
    public List<Sample> samples() {
        List<Sample> samples = new ArrayList<>(List.of(
                Sample.of(zeros(new int[] {0, 3}, new int[] {2, 0}), Input.real(0, 3)),
                Sample.of(of(new int[] {2}, new int[] {1}, Mode.CONSTANT, 7), Input.indices(9, 5)),
                Sample.of(of(new int[0], new int[0], Mode.CONSTANT, 7), Input.real())));
        for (Mode mode : Mode.values()) {
            samples.add(Sample.of(of(new int[] {2}, new int[] {3}, mode, 0.25), Input.real(5)));
            samples.add(Sample.of(of(new int[] {0, 1, 0}, new int[] {0, 2, 0}, mode, -1), Input.real(2, 4, 17)));
            samples.add(Sample.of(of(new int[] {0, 0, 3, 2}, new int[] {0, 0, 2, 1}, mode, 0.25),
                    Input.real(2, 3, 6, 7)));
            samples.add(Sample.of(of(new int[] {1, 0, 4}, new int[] {1, 2, 5}, mode, 0), Input.real(3, 4, 33)));
        }
        return List.copyOf(samples);
    }

    @Override
    public List<Refusal> refusals() {
        return List.of(
                new Refusal("pad: [2, 3] by [0] before and [0, 0] after, CONSTANT (need one count >= 0 for each axis)",
                        () -> Tensor.zeros(2, 3).pad(new int[1], new int[2])),
                new Refusal("pad: [2] by [-1] before and [0] after, CONSTANT (need one count >= 0 for each axis)",
                        () -> Tensor.zeros(2).pad(new int[] {-1}, new int[] {0})),
                new Refusal("pad: [3] by [3] before and [0] after, REFLECT (need one count >= 0 for each axis, less "
                        + "than the axis)",
                        () -> Tensor.zeros(3).pad(new int[] {3}, new int[] {0}, Mode.REFLECT, 0)));
    }
}
