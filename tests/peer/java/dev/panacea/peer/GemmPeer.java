package dev.panacea.peer;

import dev.panacea.tensor.cpu.Gemm;
import dev.panacea.tensor.cpu.ParallelRows;
import dev.panacea.tensor.memory.Memory;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Matrix products against OpenBLAS, in turns. */
final class GemmPeer {
    private static final double TURN_SECONDS = 0.02; // a turn repeats its product for so long
    private static final double ALLOWED_ERROR = 1e-5; // of the largest value
    private static final double WARM_SECONDS = 0.5;
    private static final int PAUSE_MILLIS = 3;       // until the other side's threads no longer turn idly

    private GemmPeer() {}

    public static void main(String[] arguments) throws InterruptedException {
        Options options = Options.of(arguments, 15);
        ParallelRows.threads(options.threads);
        Report report = new Report(options, "gemm against " + OpenBlas.version());
        report.say("%-28s %-26s %9s %9s %7s %9s%n", "product", "M × N × K", "GFLOP/s", "OpenBLAS", "ratio", "error");
        List<Double> ratios = new ArrayList<>();
        double worst = Double.MAX_VALUE;
        String slowest = "none";
        try (OpenBlas blas = new OpenBlas(options.threads)) {
            for (Product product : Product.all()) {
                if (!product.name().contains(options.only)) {
                    continue;
                }
                double ratio = compare(product, blas, options.repeats, report);
                ratios.add(ratio);
                if (ratio < worst) {
                    worst = ratio;
                    slowest = product.name();
                }
            }
        }
        report.say("%d products: geometric mean %.3f, worst %.3f (%s)%n", ratios.size(), Report.mean(ratios), worst,
                slowest);
        report.json("name", "gemm", "products", ratios.size(), "ratio", Report.mean(ratios), "worst", worst,
                "worstName", slowest);
    }

    private static double compare(Product product, OpenBlas blas, int repeats, Report report)
            throws InterruptedException {
        try (Arena arena = Arena.ofShared()) {
            long a = random(arena, (long) product.batch() * product.m() * product.k(), 1);
            long b = random(arena, (long) product.batch() * product.k() * product.n(), 2);
            long size = (long) product.batch() * product.m() * product.n();
            long ours = random(arena, size, 3);
            long theirs = random(arena, size, 4);
            Runnable we = () -> multiply(product, a, b, ours);
            Runnable they = () -> blas.multiply(product, a, b, theirs);
            for (long start = System.nanoTime(); (System.nanoTime() - start) * 1e-9 < WARM_SECONDS;) {
                we.run(); // until it is compiled
            }
            seconds(they);
            List<Double> our = new ArrayList<>();
            List<Double> their = new ArrayList<>();
            for (int turn = 0; turn < repeats; turn++) {
                our.add(seconds(we));
                their.add(seconds(they));
            }
            double mine = Report.median(our);
            double peer = Report.median(their);
            double error = error(ours, theirs, size);
            report.say("%-28s %-26s %9.1f %9.1f %7.3f %9.1e%n", product.name(), product.shape(),
                    product.flops() / mine / 1e9, product.flops() / peer / 1e9, peer / mine, error);
            report.json("name", "gemm " + product.name(), "shape", product.shape(), "seconds", mine, "peerSeconds",
                    peer, "ratio", peer / mine, "error", error);
            if (!(error <= ALLOWED_ERROR)) {
                throw new IllegalStateException("peer: gemm " + product.name() + " " + product.shape()
                        + ": results differ by " + error + " of the largest value (at most " + ALLOWED_ERROR + ")");
            }
            return peer / mine;
        }
    }

    private static void multiply(Product p, long a, long b, long c) {
        Gemm.begin().size(p.m(), p.n(), p.k())
                .a(a, p.leftTransposed() ? 1 : p.k(), p.leftTransposed() ? p.m() : 1)
                .b(b, p.rightTransposed() ? 1 : p.n(), p.rightTransposed() ? p.k() : 1)
                .c(c, p.n())
                .batch(p.batch(), (long) p.m() * p.k(), (long) p.k() * p.n(), (long) p.m() * p.n())
                .run();
    }

    /** Seconds of one call, from a turn of many. */
    private static double seconds(Runnable work) throws InterruptedException {
        Thread.sleep(PAUSE_MILLIS);
        work.run(); // wakes the threads
        long start = System.nanoTime();
        long calls = 0;
        double passed;
        do {
            work.run();
            calls++;
            passed = (System.nanoTime() - start) * 1e-9;
        } while (passed < TURN_SECONDS);
        return passed / calls;
    }

    private static long random(Arena arena, long size, long seed) {
        long address = arena.allocate(size * Float.BYTES, Memory.ALIGNMENT).address();
        SplittableRandom random = new SplittableRandom(seed);
        for (long i = 0; i < size; i++) {
            Memory.f32(address + i * Float.BYTES, random.nextFloat() - 0.5f);
        }
        return address;
    }

    /** The largest difference as a part of the largest value. */
    private static double error(long ours, long theirs, long size) {
        double difference = 0;
        double largest = 0;
        for (long i = 0; i < size; i++) {
            float value = Memory.f32(theirs + i * Float.BYTES);
            largest = Math.max(largest, Math.abs(value));
            difference = Math.max(difference, Math.abs(value - Memory.f32(ours + i * Float.BYTES)));
        }
        return difference / largest;
    }
}
