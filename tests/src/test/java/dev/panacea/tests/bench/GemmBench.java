package dev.panacea.tests.bench;

import dev.panacea.tensor.cpu.Gemm;
import dev.panacea.tensor.memory.Memory;
import java.lang.foreign.Arena;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Speed of the packed matrix product on the linear layers of Swin-B at 448² and ViT-B/16 at 224², two images. The
 * second line of each result is GFLOP/s; with {@code -prof gc}, {@code gc.alloc.rate.norm} shows that a call allocates
 * nothing.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(value = 1, jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"})
public class GemmBench {
    /** A letter for each operand, n as it lies or t transposed, and the rows, columns and depth of the product. */
    @Param({
        "nt 25088 384 128", "nt 25088 512 128", "nt 6272 768 256", "nt 1568 2048 512", "nt 1568 512 2048",
        "nt 392 4096 1024", "nn 1568 2048 512", "tn 512 2048 1568", "nt 394 2304 768", "nt 394 768 3072",
        "tn 3072 768 394", "nn 49 32 49", "nt 1 1000 768"})
    public String product;

    private Arena arena;
    private boolean leftTransposed;
    private boolean rightTransposed;
    private int m;
    private int n;
    private int k;
    private long a;
    private long b;
    private long c;
    private double bound;

    /** Counts the work done. */
    @AuxCounters(AuxCounters.Type.OPERATIONS)
    @State(Scope.Thread)
    public static class Work {
        /** Floating-point operations, in units of 10⁹. */
        public double gigaflops;
    }

    /** Fills both operands. */
    @Setup
    public void fill() {
        String[] parts = product.split(" ");
        leftTransposed = parts[0].charAt(0) == 't';
        rightTransposed = parts[0].charAt(1) == 't';
        m = Integer.parseInt(parts[1]);
        n = Integer.parseInt(parts[2]);
        k = Integer.parseInt(parts[3]);
        arena = Arena.ofShared();
        a = random((long) m * k);
        b = random((long) k * n);
        c = random((long) m * n);
        bound = Bound.product(m, n, k);
    }

    private long random(long size) {
        long address = arena.allocate(size * Float.BYTES, Memory.ALIGNMENT).address();
        SplittableRandom random = new SplittableRandom(size);
        for (long i = 0; i < size; i++) {
            Memory.f32(address + i * Float.BYTES, random.nextFloat() - 0.5f);
        }
        return address;
    }

    /** Frees the operands. */
    @TearDown
    public void free() {
        arena.close();
    }

    /** One product. */
    @Benchmark
    public void product(Work work, Bound reached) {
        Gemm.begin().size(m, n, k)
                .a(a, leftTransposed ? 1 : k, leftTransposed ? m : 1)
                .b(b, rightTransposed ? 1 : n, rightTransposed ? k : 1)
                .c(c, n)
                .run();
        work.gigaflops += 2e-9 * m * n * k;
        reached.fraction += bound;
    }
}
