package dev.panacea.tensor.cpu;

import dev.panacea.tensor.Shape;
import java.util.Arrays;
import java.util.List;

/**
 * The axes of a contiguous tensor gathered into as few groups as possible, reduced and kept ones in turn: reducing axes
 * 0 and 1 of [8, 196, 1, 768] is reducing the first group of [1568, 768].
 */
final class AxisGroups {
    private boolean[] marked = new boolean[8];
    private boolean[] reduced = new boolean[8];
    private long[] sizes = new long[8];
    private int count;
    private long folded;

    /** Gathers the axes of a shape; no axes means that all are reduced. */
    AxisGroups gather(Shape shape, List<Integer> axes) {
        int rank = shape.rank();
        if (rank > marked.length) {
            marked = new boolean[rank];
            reduced = new boolean[rank];
            sizes = new long[rank];
        }
        Arrays.fill(marked, 0, rank, axes.isEmpty());
        for (int i = 0; i < axes.size(); i++) {
            int axis = axes.get(i);
            marked[axis < 0 ? axis + rank : axis] = true;
        }
        count = 0;
        folded = 1;
        for (int axis = 0; axis < rank; axis++) {
            int dim = shape.dim(axis);
            if (marked[axis]) {
                folded *= dim;
            }
            if (dim == 1) {
                continue;
            }
            if (count > 0 && reduced[count - 1] == marked[axis]) {
                sizes[count - 1] *= dim;
            } else {
                reduced[count] = marked[axis];
                sizes[count++] = dim;
            }
        }
        return this;
    }

    /** Number of elements folded into one. */
    long folded() {
        return folded;
    }

    /** The last reduced group, or -1. */
    int last() {
        for (int group = count - 1; group >= 0; group--) {
            if (reduced[group]) {
                return group;
            }
        }
        return -1;
    }

    /** Whether at most one group is reduced: the tensor is [outer, fold, inner]. */
    boolean simple() {
        return last() < 2;
    }

    /** Product of the sizes before the last reduced group. */
    long outer() {
        return product(0, Math.max(0, last()));
    }

    /** Size of the last reduced group; 1 where none is reduced. */
    long fold() {
        return last() < 0 ? 1 : sizes[last()];
    }

    /** Product of the sizes after the last reduced group. */
    long inner() {
        return product(last() + 1, count);
    }

    /** The groups after the last reduced one has been folded. Needs another reduced group before it. */
    void drop() {
        int group = last();
        if (group + 1 < count) {
            sizes[group - 1] *= sizes[group + 1];
        }
        count = group;
    }

    /** The axes in an order that makes the reduced ones last. */
    int[] keptFirst(int rank) {
        int[] order = new int[rank];
        int next = 0;
        for (int pass = 0; pass < 2; pass++) {
            for (int axis = 0; axis < rank; axis++) {
                if (marked[axis] == (pass == 1)) {
                    order[next++] = axis;
                }
            }
        }
        return order;
    }

    private long product(int from, int to) {
        long product = 1;
        for (int group = from; group < to; group++) {
            product *= sizes[group];
        }
        return product;
    }
}
