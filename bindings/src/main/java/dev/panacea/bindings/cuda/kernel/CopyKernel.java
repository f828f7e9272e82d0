package dev.panacea.bindings.cuda.kernel;

import dev.panacea.bindings.cuda.CudaBackend;
import dev.panacea.bindings.cuda.KernelFunction;
import dev.panacea.tensor.ElementType;
import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.Layout;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.op.Copy;
import java.util.EnumMap;
import java.util.Map;

/** Copies between any two layouts; where neighbours of the source are not neighbours of the target, in tiles. */
final class CopyKernel implements Kernel<Copy> {
    private static final int TILE = 32;
    private static final int TILE_ROWS = 8;
    private static final int FOUR = 4;
    private static final Map<ElementType, Copies> COPIES = new EnumMap<>(ElementType.class);

    static {
        for (ElementType type : ElementType.values()) {
            String word = Texts.word(type);
            COPIES.put(type, new Copies(function(word, "move"), function("Quad<" + word + ">", "move"),
                    function(word, "turn")));
        }
    }

    /** Kernels that move single elements, four at a time, and tiles. */
    private record Copies(KernelFunction move, KernelFunction quads, KernelFunction turn) {}

    private static KernelFunction function(String word, String name) {
        return Texts.of("copy.cu").with("T", word).function(name);
    }

    @Override
    public boolean accepts(Copy op, Tensor[] inputs) {
        return Loops.fit(inputs);
    }

    @Override
    public boolean strided(Copy op, int index) {
        return true;
    }

    @Override
    public void run(Copy op, Tensor[] inputs, Tensor[] outputs) {
        copy(inputs[0], outputs[0]);
    }

    /** Copies to a tensor, of any layout, with the same shape and type. */
    static void copy(Tensor from, Tensor to) {
        if (from.size() == 0) {
            return;
        }
        CudaBackend cuda = CudaBackend.of(to);
        int byteSize = to.type().byteSize();
        if (from.isContiguous() && to.isContiguous()) {
            cuda.copy(from.address(), to.address(), to.size() * byteSize);
            return;
        }
        Layout[] both = Loops.merged(to.layout(), from.layout());
        Shape shape = both[0].shape();
        int last = shape.rank() - 1;
        int fast = fastest(both[1]);
        if (last > 0 && fast >= 0 && fast != last && both[0].strides()[last] == 1 && shape.dim(fast) >= TILE_ROWS
                && shape.dim(last) >= TILE_ROWS) {
            turn(cuda, both, fast, from, to);
            return;
        }
        boolean fours = fours(both[0], to.address(), byteSize) && fours(both[1], from.address(), byteSize);
        long count = fours ? to.size() / FOUR : to.size();
        Copies copies = COPIES.get(to.type());
        cuda.launch(fours ? copies.quads : copies.move).over(count).pointer(to).pointer(from).i64(count)
                .layout(fours ? inFours(both[0]) : both[0]).layout(fours ? inFours(both[1]) : both[1]).run();
    }

    /** Whether elements lie side by side in aligned fours. */
    private static boolean fours(Layout layout, long address, int byteSize) {
        int last = layout.shape().rank() - 1;
        boolean fours = last >= 0 && address % (FOUR * byteSize) == 0 && layout.strides()[last] == 1
                && layout.shape().dim(last) % FOUR == 0;
        for (int axis = 0; fours && axis < last; axis++) {
            fours = layout.strides()[axis] % FOUR == 0;
        }
        return fours;
    }

    /** The layout that counts fours in place of elements. */
    private static Layout inFours(Layout layout) {
        int last = layout.shape().rank() - 1;
        long[] strides = layout.strides().clone();
        for (int axis = 0; axis < last; axis++) {
            strides[axis] /= FOUR;
        }
        return new Layout(layout.shape().with(last, layout.shape().dim(last) / FOUR), strides, 0);
    }

    /** The axis along which neighbours lie side by side, or -1. */
    private static int fastest(Layout layout) {
        for (int axis = layout.shape().rank() - 1; axis >= 0; axis--) {
            if (layout.strides()[axis] == 1) {
                return axis;
            }
        }
        return -1;
    }

    private static void turn(CudaBackend cuda, Layout[] both, int fast, Tensor from, Tensor to) {
        Shape shape = both[0].shape();
        int last = shape.rank() - 1;
        Layout target = without(both[0], fast, last);
        Layout source = without(both[1], fast, last);
        int us = shape.dim(fast);
        int vs = shape.dim(last);
        long tiles = target.shape().size() * ((us + TILE - 1) / TILE) * ((vs + TILE - 1) / TILE);
        cuda.launch(COPIES.get(to.type()).turn).grid(tiles).block(TILE, TILE_ROWS, 1).pointer(to).pointer(from)
                .layout(target).layout(source).i32(us).i32(vs).i64(both[0].strides()[fast])
                .i64(both[1].strides()[last]).run();
    }

    private static Layout without(Layout layout, int first, int second) {
        int rank = layout.shape().rank() - 2;
        int[] dims = new int[rank];
        long[] strides = new long[rank];
        int used = 0;
        for (int axis = 0; axis < rank + 2; axis++) {
            if (axis != first && axis != second) {
                dims[used] = layout.shape().dim(axis);
                strides[used++] = layout.strides()[axis];
            }
        }
        return new Layout(Shape.of(dims), strides, 0);
    }
}
