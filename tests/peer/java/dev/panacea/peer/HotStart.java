package dev.panacea.peer;

import dev.panacea.autograd.Tape;
import dev.panacea.autograd.Variable;
import dev.panacea.nn.Parameters;
import dev.panacea.nn.TrainingPass;
import dev.panacea.nn.layer.DropPath;
import dev.panacea.nn.layer.SwinBlock;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.RandomSource;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.cpu.ParallelRows;
import java.util.ArrayList;
import java.util.List;

/** One process of {@link StartPeer}: warms up, then prints how many steps a second it does. */
final class HotStart {
    private static final double WARM_SECONDS = 3;
    private static final double SECONDS = 3;

    private HotStart() {}

    public static void main(String[] arguments) {
        ParallelRows.threads(Integer.parseInt(arguments[0]));
        try (MemoryScope _ = MemoryScope.open("start")) {
            // The third stage of Swin-B at 448 × 448, where most of its blocks are, with shifted windows.
            SwinBlock block = new SwinBlock(Parameters.of(1), 512, 16, 7, 3, 4, DropPath.at(0, 1, 0));
            Tensor tokens = RandomSource.of(2).normal(0, 1, 2, 28, 28, 512);
            run(block, tokens, WARM_SECONDS);
            List<Double> times = run(block, tokens, SECONDS);
            // The fastest: what else the machine does can only make a step slower, and so does bad code.
            System.out.println(1 / times.getFirst());
        }
    }

    /** Seconds of each step, sorted. */
    private static List<Double> run(SwinBlock block, Tensor tokens, double atLeast) {
        List<Double> times = new ArrayList<>();
        for (double sum = 0; sum < atLeast; sum += times.getLast()) {
            long start = System.nanoTime();
            try (MemoryScope _ = MemoryScope.open("step"); Tape tape = new Tape()) {
                Variable y = block.forward(tape.variable(tokens), new TrainingPass(tape, RandomSource.of(3)));
                tape.backward(y.mul(y).mean(false));
            }
            times.add((System.nanoTime() - start) * 1e-9);
        }
        times.sort(null);
        return times;
    }
}
