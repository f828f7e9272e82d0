package dev.panacea.tests.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.panacea.tensor.ElementType;
import dev.panacea.tensor.Layout;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Chains of views against a model that copies its elements at every step. */
class LayoutProperties {
    /** Row-major elements of a shape; every step makes new ones. */
    private record Model(int[] dims, double[] values) {
        interface Source {
            /** Writes the index into the old elements that a new index shows. */
            void index(int[] from, int[] into);
        }

        Model view(int[] newDims, Source source) {
            int size = Arrays.stream(newDims).reduce(1, (a, b) -> a * b);
            double[] seen = new double[size];
            int[] from = new int[newDims.length];
            int[] into = new int[dims.length];
            for (int flat = 0; flat < size; flat++) {
                int rest = flat;
                for (int axis = newDims.length - 1; axis >= 0; axis--) {
                    from[axis] = rest % newDims[axis];
                    rest /= newDims[axis];
                }
                source.index(from, into);
                int at = 0;
                for (int axis = 0; axis < dims.length; axis++) {
                    at = at * dims[axis] + into[axis];
                }
                seen[flat] = values[at];
            }
            return new Model(newDims, seen);
        }
    }

    private Tensor tensor;
    private Model model;
    private final List<String> chain = new ArrayList<>();

    @Property(tries = 2000)
    void chainOfViewsShowsWhatTheModelHolds(@ForAll long seed, @ForAll @IntRange(min = 1, max = 8) int steps,
            @ForAll ElementType type) {
        SplittableRandom random = new SplittableRandom(seed);
        try (MemoryScope _ = MemoryScope.open("chain")) {
            int[] dims = new int[random.nextInt(5)];
            Arrays.setAll(dims, axis -> random.nextInt(20) == 0 ? 0 : 1 + random.nextInt(5));
            tensor = Tensor.zeros(type, dims);
            model = new Model(dims, new double[(int) tensor.size()]);
            for (int i = 0; i < model.values.length; i++) {
                model.values[i] = i % 200;
                tensor.flat(i, i % 200);
            }
            chain.clear();
            chain.add(type + Arrays.toString(dims));
            for (int step = 0; step < steps; step++) {
                step(random);
                assertThat(tensor.shape().dims()).as("%s", chain).isEqualTo(model.dims);
                assertThat(tensor.toDoubles()).as("%s", chain).isEqualTo(model.values);
                Tensor copy = tensor.copy();
                assertThat(copy.isContiguous()).isTrue();
                assertThat(copy.toDoubles()).as("copied: %s", chain).isEqualTo(model.values);
            }
        }
    }

    private void step(SplittableRandom random) {
        int rank = model.dims.length;
        int choice = random.nextInt(rank == 0 ? 2 : 6);
        switch (choice) {
            case 0 -> expand(random);
            case 1 -> reshape(random);
            case 2 -> permute(random);
            case 3 -> slice(random, random.nextInt(rank));
            case 4 -> flip(random.nextInt(rank));
            default -> select(random, random.nextInt(rank));
        }
    }

    private void expand(SplittableRandom random) {
        int front = model.dims.length < 5 ? random.nextInt(2) : 0;
        int[] dims = new int[model.dims.length + front];
        for (int axis = 0; axis < dims.length; axis++) {
            int old = axis < front ? 1 : model.dims[axis - front];
            dims[axis] = old == 1 ? 1 + random.nextInt(3) : old;
        }
        chain.add("expand" + Arrays.toString(dims));
        tensor = tensor.expand(dims);
        int[] before = model.dims;
        model = model.view(dims, (from, into) -> {
            for (int axis = 0; axis < into.length; axis++) {
                into[axis] = before[axis] == 1 ? 0 : from[axis + front];
            }
        });
    }

    /** Splits the size into random factors, ones among them. */
    private void reshape(SplittableRandom random) {
        List<Integer> sizes = new ArrayList<>();
        int rest = model.values.length;
        while (rest > 1 && sizes.size() < 4) {
            int factor = 1 + random.nextInt(rest);
            while (rest % factor != 0) {
                factor--;
            }
            sizes.add(factor);
            rest /= factor;
        }
        if (rest != 1 || random.nextBoolean()) {
            sizes.add(random.nextInt(sizes.size() + 1), rest);
        }
        int[] dims = sizes.stream().mapToInt(Integer::intValue).toArray();
        chain.add("reshape" + Arrays.toString(dims));
        boolean dense = tensor.isContiguous();
        Tensor reshaped = tensor.reshape(dims);
        if (dense) {
            assertThat(reshaped.sharesMemory(tensor)).as("no copy of dense elements: %s", chain).isTrue();
        }
        tensor = reshaped;
        model = new Model(dims, model.values);
    }

    private void permute(SplittableRandom random) {
        int[] axes = new int[model.dims.length];
        for (int i = 0; i < axes.length; i++) {
            int j = random.nextInt(i + 1);
            axes[i] = axes[j];
            axes[j] = i;
        }
        chain.add("permute" + Arrays.toString(axes));
        tensor = tensor.permute(axes);
        int[] before = model.dims;
        model = model.view(Arrays.stream(axes).map(axis -> before[axis]).toArray(), (from, into) -> {
            for (int i = 0; i < axes.length; i++) {
                into[axes[i]] = from[i];
            }
        });
    }

    private void slice(SplittableRandom random, int along) {
        int start = random.nextInt(model.dims[along] + 1);
        int end = start + random.nextInt(model.dims[along] - start + 1);
        int step = 1 + random.nextInt(3);
        chain.add("slice" + List.of(along, start, end, step));
        tensor = tensor.slice(along, start, end, step);
        int[] dims = model.dims.clone();
        dims[along] = (end - start + step - 1) / step;
        model = model.view(dims, (from, into) -> {
            System.arraycopy(from, 0, into, 0, into.length);
            into[along] = start + from[along] * step;
        });
    }

    private void flip(int along) {
        chain.add("flip[" + along + "]");
        tensor = tensor.flip(along);
        int last = model.dims[along] - 1;
        model = model.view(model.dims, (from, into) -> {
            System.arraycopy(from, 0, into, 0, into.length);
            into[along] = last - from[along];
        });
    }

    private void select(SplittableRandom random, int along) {
        if (model.dims[along] == 0) {
            return;
        }
        int index = random.nextInt(model.dims[along]);
        chain.add("select" + List.of(along, index));
        tensor = tensor.select(along, index);
        int[] dims = new int[model.dims.length - 1];
        int[] before = model.dims;
        Arrays.setAll(dims, axis -> before[axis < along ? axis : axis + 1]);
        model = model.view(dims, (from, into) -> {
            for (int axis = 0; axis < into.length; axis++) {
                into[axis] = axis == along ? index : from[axis < along ? axis : axis - 1];
            }
        });
    }

    /** Tiles, edges of tiles, and rows long enough to be shared among threads. */
    @Property(tries = 60)
    void copyOfTransposed(@ForAll @IntRange(min = 1, max = 150) int rows, @ForAll @IntRange(min = 1, max = 150) int columns,
            @ForAll ElementType type) {
        try (MemoryScope _ = MemoryScope.open("transpose")) {
            Tensor x = Tensor.zeros(type, rows, columns);
            for (int i = 0; i < x.size(); i++) {
                x.flat(i, i % 251);
            }
            Tensor y = x.transpose(0, 1).copy();
            for (int i = 0; i < columns; i++) {
                for (int j = 0; j < rows; j++) {
                    assertThat(y.at(i, j)).isEqualTo((i + j * columns) % 251);
                }
            }
        }
    }

    @Property(tries = 300)
    void positionsStayBelowTheEnd(@ForAll @IntRange(min = 0, max = 4) int rows,
            @ForAll @IntRange(min = 0, max = 4) int columns, @ForAll @IntRange(min = -3, max = 3) int a,
            @ForAll @IntRange(min = -3, max = 3) int b) {
        Layout layout = new Layout(Shape.of(rows, columns), new long[] {a, b}, 40);
        long largest = -1;
        for (long flat = 0; flat < layout.shape().size(); flat++) {
            assertThat(layout.position(flat)).isEqualTo(
                    layout.position((int) (flat / columns), (int) (flat % columns)));
            largest = Math.max(largest, layout.position(flat));
        }
        assertThat(layout.end()).isEqualTo(largest + 1);
    }
}
