package dev.panacea.bindings.cuda.kernel;

import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.op.Einsum;
import dev.panacea.tensor.op.MatMul;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * Lowers an einsum to one batched matrix product, as on the CPU: letters are batch (in both operands and the result),
 * rows (left and result), columns (right and result) or depth (both operands only); letters of one operand alone are
 * summed first.
 */
final class EinsumKernel implements Kernel<Einsum> {
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
                CopyKernel.copy(arrange(sumAway(inputs[0], terms.get(0), kept), kept, result), outputs[0]);
            } else {
                product(inputs, terms, outputs[0]);
            }
        }
    }

    private static void product(Tensor[] in, List<String> terms, Tensor out) {
        String result = terms.getLast();
        String a = only(terms.get(0), letter -> result.indexOf(letter) >= 0 || terms.get(1).indexOf(letter) >= 0);
        String b = only(terms.get(1), letter -> result.indexOf(letter) >= 0 || terms.get(0).indexOf(letter) >= 0);
        String batch = only(result, letter -> a.indexOf(letter) >= 0 && b.indexOf(letter) >= 0);
        String rows = only(result, letter -> b.indexOf(letter) < 0);
        String columns = only(result, letter -> a.indexOf(letter) < 0);
        String depth = only(a, letter -> result.indexOf(letter) < 0);
        Tensor x = arrange(sumAway(in[0], terms.get(0), a), a, batch + rows + depth);
        Tensor y = arrange(sumAway(in[1], terms.get(1), b), b, batch + depth + columns);
        int[] dims = Arrays.copyOf(x.shape().dims(), batch.length() + 2);
        int m = Math.toIntExact(x.shape().product(batch.length(), batch.length() + rows.length()));
        int k = Math.toIntExact(y.shape().product(batch.length(), batch.length() + depth.length()));
        int n = Math.toIntExact(y.shape().product(batch.length() + depth.length(), y.shape().rank()));
        Tensor left = x.reshape(with(dims, m, k));
        Tensor right = y.reshape(with(dims, k, n));
        String made = batch + rows + columns;
        if (made.equals(result)) {
            Tensor.into(new MatMul(), List.of(left, right), List.of(out.reshape(with(dims, m, n))));
            return;
        }
        int[] madeDims = made.chars().map(letter -> out.dim(result.indexOf(letter))).toArray();
        CopyKernel.copy(arrange(left.matmul(right).reshape(madeDims), made, result), out);
    }

    private static String only(String letters, IntPredicate keep) {
        return letters.chars().filter(keep)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append).toString();
    }

    private static Tensor sumAway(Tensor x, String letters, String kept) {
        if (letters.length() == kept.length()) {
            return x;
        }
        return x.sum(false, only(letters, letter -> kept.indexOf(letter) < 0).chars().map(letters::indexOf).toArray());
    }

    private static Tensor arrange(Tensor x, String letters, String order) {
        return letters.equals(order) ? x : x.permute(order.chars().map(letters::indexOf).toArray());
    }

    /** The batch's sizes, which {@code dims} begins with, and those of a matrix. */
    private static int[] with(int[] dims, int rows, int columns) {
        int[] all = dims.clone();
        all[all.length - 2] = rows;
        all[all.length - 1] = columns;
        return all;
    }
}
