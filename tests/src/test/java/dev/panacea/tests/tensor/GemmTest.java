package dev.panacea.tests.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.panacea.tensor.cpu.Gemm;
import dev.panacea.tensor.cpu.ParallelRows;
import dev.panacea.tensor.memory.Memory;
import java.lang.foreign.Arena;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * The packed matrix product where the sweeps of small samples do not reach: many blocks, many threads, every option.
 */
class GemmTest {
    private final int threads = ParallelRows.threads();

    @AfterEach
    void restoreThreads() {
        ParallelRows.threads(threads);
    }

    @Test
    void manyBlocksAgreeWithPlainSumsForEveryLayout() {
        for (int layouts = 0; layouts < 4; layouts++) {
            try (Case product = new Case(197, 613, 345, 1, layouts)) {
                product.run(2);
                product.check(false);
            }
        }
    }

    @Test
    void batchesAddOntoWhatWasThere() {
        try (Case product = new Case(49, 33, 32, 12, 2)) {
            product.run(2);
            product.accumulate = true;
            product.run(2);
            product.check(true);
        }
    }

    @Test
    void fewColumnsAndSingleRowsAgreeWithPlainSums() {
        for (int layouts = 0; layouts < 4; layouts++) {
            for (int few = 1; few <= 5; few++) {
                try (Case columns = new Case(13, few, 200, 3, layouts); Case rows = new Case(few, 77, 201, 1, layouts)) {
                    columns.run(2);
                    columns.check(false);
                    columns.accumulate = true;
                    columns.run(2);
                    columns.check(true);
                    rows.run(2);
                    rows.check(false);
                }
            }
        }
    }

    @Test
    void sameBytesOnAnyNumberOfThreadsAndForTransposedOperands() {
        float[] first = null;
        for (int count : new int[] {1, 2, 3, 4, 7}) {
            for (int layouts = 0; layouts < 4; layouts++) {
                try (Case product = new Case(131, 1025, 650, 2, layouts)) {
                    product.bias = true;
                    product.gelu = true;
                    product.run(count);
                    float[] values = product.values();
                    if (first == null) {
                        first = values;
                    }
                    assertThat(values).as("%d threads, layouts %d", count, layouts).isEqualTo(first);
                }
            }
        }
    }

    /** One product; bit 0 of {@code layouts} transposes A in memory, bit 1 B. */
    private static final class Case implements AutoCloseable {
        private final Arena arena = Arena.ofConfined();
        private final int m;
        private final int n;
        private final int k;
        private final int batch;
        private final boolean aTransposed;
        private final boolean bTransposed;
        private final long a;
        private final long b;
        private final long c;
        private final long row;
        private boolean accumulate;
        private boolean bias;
        private boolean gelu;

        Case(int m, int n, int k, int batch, int layouts) {
            this.m = m;
            this.n = n;
            this.k = k;
            this.batch = batch;
            aTransposed = (layouts & 1) != 0;
            bTransposed = (layouts & 2) != 0;
            a = fill(1, batch * m, k, aTransposed, m);
            b = fill(2, batch * k, n, bTransposed, k);
            c = arena.allocate((long) batch * m * n * Float.BYTES, Memory.ALIGNMENT).address();
            row = fill(3, 1, n, false, 1);
        }

        /** Random numbers that depend on the place in the matrix, not in memory. */
        private long fill(long seed, int rows, int columns, boolean transposed, int matrixRows) {
            long address = arena.allocate((long) rows * columns * Float.BYTES, Memory.ALIGNMENT).address();
            SplittableRandom random = new SplittableRandom(seed);
            for (int i = 0; i < rows; i++) {
                for (int j = 0; j < columns; j++) {
                    long at = transposed
                            ? ((long) (i / matrixRows) * columns + j) * matrixRows + i % matrixRows
                            : (long) i * columns + j;
                    Memory.f32(address + at * Float.BYTES, (float) random.nextDouble(-1, 1));
                }
            }
            return address;
        }

        void run(int count) {
            ParallelRows.threads(count);
            Gemm gemm = Gemm.begin().size(m, n, k)
                    .a(a, aTransposed ? 1 : k, aTransposed ? m : 1)
                    .b(b, bTransposed ? 1 : n, bTransposed ? k : 1)
                    .c(c, n)
                    .batch(batch, (long) m * k, (long) k * n, (long) m * n);
            if (accumulate) {
                gemm.accumulate();
            }
            if (bias) {
                gemm.bias(row);
            }
            if (gelu) {
                gemm.gelu(0);
            }
            gemm.run();
        }

        void check(boolean twice) {
            for (int item = 0; item < batch; item++) {
                for (int i = 0; i < m; i++) {
                    for (int j = 0; j < n; j++) {
                        double sum = 0;
                        for (int p = 0; p < k; p++) {
                            sum += at(a, item, i, p, m, k, aTransposed) * at(b, item, p, j, k, n, bTransposed);
                        }
                        double actual = at(c, item, i, j, m, n, false);
                        assertThat(Math.abs(actual - (twice ? 2 * sum : sum))).isLessThan(1e-4);
                    }
                }
            }
        }

        private static double at(long address, int item, int i, int j, int rows, int columns, boolean transposed) {
            long at = (long) item * rows * columns + (transposed ? (long) j * rows + i : (long) i * columns + j);
            return Memory.f32(address + at * Float.BYTES);
        }

        float[] values() {
            float[] values = new float[batch * m * n];
            for (int i = 0; i < values.length; i++) {
                values[i] = Memory.f32(c + (long) i * Float.BYTES);
            }
            return values;
        }

        @Override
        public void close() {
            arena.close();
        }
    }
}
