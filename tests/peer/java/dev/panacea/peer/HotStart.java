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

/**
 * One process of {@link StartPeer}: warms up, then prints how many steps a second it does. It has a few seconds to show
 * it, and more if it does not reach the speed it is told: another user of the machine goes away, bad code does not.
 */
final class HotStart {
    private static final double WARM_SECONDS = 3;
    private static final double SECONDS = 3;
    private static final int MORE = 8; // times as long at most

    private HotStart() {}

    public static void main(String[] arguments) {
        ParallelRows.threads(Integer.parseInt(arguments[0]));
        try (MemoryScope _ = MemoryScope.open("start")) {
            // The third stage of Swin-B at 448 × 448, where most of its blocks are, with shifted windows.
            SwinBlock block = new SwinBlock(Parameters.of(1), 512, 16, 7, 3, 4, DropPath.at(0, 1, 0));
            Tensor tokens = RandomSource.of(2).normal(0, 1, 2, 28, 28, 512);
            run(block, tokens, WARM_SECONDS);
            double enough = Double.parseDouble(arguments[1]);
            // The fastest step: what else the machine does can only make one slower, and so does bad code.
            double best = 1 / run(block, tokens, SECONDS);
            for (int more = 0; more < MORE && best < enough; more++) {
                best = Math.max(best, 1 / run(block, tokens, SECONDS));
            }
            System.out.println(best);
        }
    }

    /** Seconds of the fastest step. */
    private static double run(SwinBlock block, Tensor tokens, double atLeast) {
        double best = Double.POSITIVE_INFINITY;
        long begun = System.nanoTime();
        for (long start = begun, end; (start - begun) * 1e-9 < atLeast; start = end) {
            try (MemoryScope _ = MemoryScope.open("step"); Tape tape = new Tape()) {
                Variable y = block.forward(tape.variable(tokens), new TrainingPass(tape, RandomSource.of(3)));
                tape.backward(y.mul(y).mean(false));
            }
            end = System.nanoTime();
            best = Math.min(best, (end - start) * 1e-9);
        }
        return best;
    }
}
