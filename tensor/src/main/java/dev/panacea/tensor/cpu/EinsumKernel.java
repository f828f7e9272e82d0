package dev.panacea.tensor.cpu;

import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.op.Copy;
import dev.panacea.tensor.op.Einsum;
import dev.panacea.tensor.op.MatMul;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * Lowers an einsum to one batched matrix product. Letters fall into four groups: batch (in both operands and the
 * result), rows (left and result), columns (right and result), depth (both operands only); letters of one operand
 * alone are summed first. Where the result is ordered batch, rows, columns, the product is written in place.
 */
final class EinsumKernel implements Kernel<Einsum> {
    private static final MatMul MATMUL = new MatMul();
    private static final MatMulKernel PRODUCT = new MatMulKernel();
    private static final Copy COPY = new Copy();
    private static final CopyKernel COPIER = new CopyKernel();

    @Override
    public boolean strided(Einsum op, int index) {
        return true;
    }

    @Override
    public void run(Einsum op, Tensor[] inputs, Tensor[] outputs) {
        List<String> terms = op.terms();
        String result = terms.getLast();
        try (MemoryScope _ = MemoryScope.open("einsum")) {
            if (inputs.length == 1) {
                String kept = only(terms.get(0), letter -> result.indexOf(letter) >= 0);
                store(arrange(sumAway(inputs[0], terms.get(0), kept), kept, result), outputs[0]);
            } else if (!result.isEmpty() && !terms.get(1).contains(result.substring(result.length() - 1))) {
                product(inputs[1], terms.get(1), inputs[0], terms.get(0), result, outputs[0]);
            } else {
                product(inputs[0], terms.get(0), inputs[1], terms.get(1), result, outputs[0]);
            }
        }
    }

    private static void product(Tensor left, String leftAll, Tensor right, String rightAll, String result, Tensor out) {
        String a = only(leftAll, letter -> result.indexOf(letter) >= 0 || rightAll.indexOf(letter) >= 0);
        String b = only(rightAll, letter -> result.indexOf(letter) >= 0 || leftAll.indexOf(letter) >= 0);
        String batch = only(result, letter -> a.indexOf(letter) >= 0 && b.indexOf(letter) >= 0);
        String rows = only(result, letter -> b.indexOf(letter) < 0);
        String columns = only(result, letter -> a.indexOf(letter) < 0);
        String depth = only(a, letter -> result.indexOf(letter) < 0);
        Tensor x = arrange(sumAway(left, leftAll, a), a, batch + rows + depth);
        Tensor y = arrange(sumAway(right, rightAll, b), b, batch + depth + columns);
        int[] batchDims = dims(x, 0, batch.length());
        int m = size(x, batch.length(), batch.length() + rows.length());
        int k = size(x, batch.length() + rows.length(), x.shape().rank());
        int n = size(y, batch.length() + depth.length(), y.shape().rank());
        Tensor[] operands = {x.reshape(with(batchDims, m, k)), y.reshape(with(batchDims, k, n))};
        String made = batch + rows + columns;
        if (made.equals(result)) {
            PRODUCT.run(MATMUL, operands, new Tensor[] {out.reshape(with(batchDims, m, n))});
            return;
        }
        int[] madeDims = new int[made.length()];
        for (int i = 0; i < madeDims.length; i++) {
            madeDims[i] = out.dim(result.indexOf(made.charAt(i)));
        }
        store(arrange(operands[0].matmul(operands[1]).reshape(madeDims), made, result), out);
    }

    private static String only(String letters, IntPredicate keep) {
        return letters.chars().filter(keep)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append).toString();
    }

    private static Tensor sumAway(Tensor x, String letters, String kept) {
        if (letters.length() == kept.length()) {
            return x;
        }
        int[] axes = only(letters, letter -> kept.indexOf(letter) < 0).chars().map(letters::indexOf).toArray();
        return x.sum(false, axes);
    }

    private static Tensor arrange(Tensor x, String letters, String order) {
        return letters.equals(order) ? x : x.permute(order.chars().map(letters::indexOf).toArray());
    }

    private static void store(Tensor result, Tensor out) {
        COPIER.run(COPY, new Tensor[] {result}, new Tensor[] {out});
    }

    private static int[] dims(Tensor x, int from, int to) {
        int[] dims = new int[to - from];
        for (int i = 0; i < dims.length; i++) {
            dims[i] = x.dim(from + i);
        }
        return dims;
    }

    private static int size(Tensor x, int from, int to) {
        return Math.toIntExact(x.shape().product(from, to));
    }

    private static int[] with(int[] batch, int rows, int columns) {
        int[] dims = Arrays.copyOf(batch, batch.length + 2);
        dims[batch.length] = rows;
        dims[batch.length + 1] = columns;
        return dims;
    }
}
