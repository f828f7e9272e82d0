package dev.panacea.bindings.cuda.kernel;

import dev.panacea.bindings.cuda.CudaBackend;
import dev.panacea.bindings.cuda.KernelFunction;
import dev.panacea.bindings.cuda.KernelSource;
import dev.panacea.bindings.cuda.Scratch;
import dev.panacea.tensor.Layout;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/**
 * Joins the elements of groups in a fixed order: where groups are few and large they are cut into chunks, whose results
 * are joined by a second launch. Order and cuts depend on the sizes alone.
 */
final class Reduction {
    /** Adds x. */
    static final Reduction SUM = of("Adding", "(x)");
    /** The largest. */
    static final Reduction MAX = of("Largest", "(x)");
    /** The smallest. */
    static final Reduction MIN = of("Smallest", "(x)");

    private static final String ROWS = "fold_rows";
    private static final int BLOCKS = 1024; // enough to fill any card
    private static final int ROW_LEAST = 4096;
    private static final int COLUMN_LEAST = 64;
    private static final int COLUMNS = 32;
    private static final int COLUMN_ROWS = 8;
    private static final int FEW = 16;

    private final KernelFunction rows;
    private final KernelFunction columns;
    private final KernelFunction joinRows;
    private final KernelFunction joinColumns;

    private Reduction(KernelSource first, KernelSource second) {
        rows = first.function(ROWS);
        columns = first.function("fold_columns");
        joinRows = second.function(ROWS);
        joinColumns = second.function("fold_columns");
    }

    /** Joins a value of each element; {@code value} is in CUDA C, see {@code reduce.cu}. */
    static Reduction of(String way, String value) {
        KernelSource source = Texts.of("reduce.cu").with("WAY", way);
        KernelSource first = source.with("VALUE(x, b, m)", value).with("USES_B", value.contains("b") ? 1 : 0)
                .with("USES_M", value.contains("m") ? 1 : 0);
        return new Reduction(first, source.with("VALUE(x, b, m)", "(x)"));
    }

    /** Which axes a list of them, empty for all, means. */
    static boolean[] reduced(Shape shape, List<Integer> axes) {
        boolean[] reduced = new boolean[shape.rank()];
        Arrays.fill(reduced, axes.isEmpty());
        for (int axis : axes) {
            reduced[shape.axis("reduction", axis)] = true;
        }
        return reduced;
    }

    /** Number of elements in a group. */
    static long count(Shape shape, boolean[] reduced) {
        long count = 1;
        for (int axis = 0; axis < reduced.length; axis++) {
            count *= reduced[axis] ? shape.dim(axis) : 1;
        }
        return count;
    }

    /** The axes of a layout that are reduced, or those that are not. */
    static Layout part(Layout layout, boolean[] reduced, boolean which) {
        int[] dims = new int[reduced.length];
        long[] strides = new long[reduced.length];
        int used = 0;
        for (int axis = 0; axis < reduced.length; axis++) {
            if (reduced[axis] == which) {
                dims[used] = layout.shape().dim(axis);
                strides[used++] = layout.strides()[axis];
            }
        }
        return Loops.merged(new Layout(Shape.of(Arrays.copyOf(dims, used)), Arrays.copyOf(strides, used), 0))[0];
    }

    /** What is joined: x, a tensor b that lies as x does or 0, and m, one number for each group or 0. */
    private record Operands(long x, long b, long m) {}

    /** How often what: groups and their elements, and the elements of a chunk. */
    private record Cut(Layout kept, Layout folded, int chunk, int chunks) {}

    /** Joins x over axes into the memory at {@code target}, one element for each group, times a scale. */
    void run(Tensor x, boolean[] reduced, long target, double scale) {
        run(CudaBackend.of(x), new Operands(x.address(), 0, 0), x.layout(), reduced, target, scale);
    }

    /** Joins over axes, with a tensor b that lies as x does, or 0, and one number m for each group, or 0. */
    void run(Tensor x, boolean[] reduced, long b, long m, long target, double scale) {
        run(CudaBackend.of(x), new Operands(x.address(), b, m), x.layout(), reduced, target, scale);
    }

    /** Joins what lies at an address. */
    void run(CudaBackend cuda, long x, Layout layout, boolean[] reduced, long target, double scale) {
        run(cuda, new Operands(x, 0, 0), layout, reduced, target, scale);
    }

    private void run(CudaBackend cuda, Operands operands, Layout layout, boolean[] reduced, long target,
            double scale) {
        Layout kept = part(layout, reduced, false);
        Layout folded = part(layout, reduced, true);
        long groups = kept.shape().size();
        long count = folded.shape().size();
        boolean byRows = count > FEW && neighbours(layout.shape(), reduced);
        long blocks = byRows ? groups : (groups + COLUMNS - 1) / COLUMNS;
        int least = byRows ? ROW_LEAST : COLUMN_LEAST;
        long most = Math.max(1, (count + least - 1) / least);
        int chunks = (int) Math.clamp(BLOCKS / blocks, 1, most);
        int chunk = Math.toIntExact(Math.max(1, (count + chunks - 1) / chunks));
        KernelFunction function = byRows ? rows : columns;
        if (chunks == 1) {
            fold(cuda, function, operands, new Cut(kept, folded, chunk, 1), target, scale);
            return;
        }
        try (Scratch partial = cuda.scratch(chunks * groups * Float.BYTES)) {
            fold(cuda, function, operands, new Cut(kept, folded, chunk, chunks), partial.address(), 1);
            Layout parts = new Layout(Shape.of(chunks), new long[] {groups}, 0);
            fold(cuda, groups == 1 ? joinRows : joinColumns, new Operands(partial.address(), 0, 0),
                    new Cut(Layout.contiguous(Shape.of(Math.toIntExact(groups))), parts, chunks, 1), target, scale);
        }
    }

    private static void fold(CudaBackend cuda, KernelFunction function, Operands operands, Cut cut, long target,
            double scale) {
        boolean byRows = function.name().equals(ROWS);
        long groups = cut.kept.shape().size();
        int threads = cut.chunk <= 64 ? 32 : cut.chunk <= 1024 ? 128 : 256;
        cuda.launch(function)
                .grid(byRows ? groups : (groups + COLUMNS - 1) / COLUMNS, cut.chunks, 1)
                .block(byRows ? threads : COLUMNS, byRows ? 1 : COLUMN_ROWS, 1)
                .pointer(target).pointer(operands.x).pointer(operands.b).pointer(operands.m).i64(groups)
                .layout(cut.kept).layout(cut.folded).i32(Math.toIntExact(cut.folded.shape().size())).i32(cut.chunk)
                .f32(scale).run();
    }

    /** Whether neighbours belong to one group: a question of shape alone, so that any layout gives the same bytes. */
    private static boolean neighbours(Shape shape, boolean[] reduced) {
        int axis = shape.rank() - 1;
        while (axis > 0 && shape.dim(axis) == 1) {
            axis--;
        }
        return axis < 0 || reduced[axis];
    }
}
