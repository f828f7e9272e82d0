package dev.panacea.tests.autograd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.panacea.autograd.Gradients;
import dev.panacea.autograd.Tape;
import dev.panacea.autograd.Variable;
import dev.panacea.tensor.ElementType;
import dev.panacea.tensor.Fallbacks;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.cpu.ParallelRows;
import dev.panacea.tensor.op.Conv2d;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * A small picture classifier with shifted-window attention learns to tell upright stripes from level ones: all of
 * the engine in one piece, and the same bytes after thirty steps on any number of threads, checkpointed or not.
 */
class TrainingTest {
    private static final int BATCH = 8;
    private static final int SIZE = 32;
    private static final int WIDTH = 24;
    private static final int HEADS = 3;
    private static final int WINDOW = 4;

    @Test
    void learnsTheSameOnAnyNumberOfThreads() {
        int threads = ParallelRows.threads();
        long fallbacks = Fallbacks.total();
        try {
            double[] first = null;
            for (int count : new int[] {1, 2, 4}) {
                ParallelRows.threads(count);
                double[] losses = train(false);
                assertThat(losses[29]).as("loss after 30 steps").isLessThan(0.3 * losses[0]);
                if (first != null) {
                    assertThat(losses).as("%d threads", count).isEqualTo(first);
                }
                first = losses;
            }
            assertThat(train(true)).as("checkpointed").isEqualTo(first);
            assertThat(Fallbacks.total()).as("calls of reference code").isEqualTo(fallbacks);
        } finally {
            ParallelRows.threads(threads);
        }
    }

    /** The losses, then a sum over all weights in the end. */
    private static double[] train(boolean checkpoint) {
        SplittableRandom random = new SplittableRandom(7);
        try (MemoryScope run = MemoryScope.open("training")) {
            List<Tensor> weights = new ArrayList<>(List.of(
                    random(random, 0.3, WIDTH, 1, 4, 4), Tensor.zeros(WIDTH)));
            for (int block = 0; block < 2; block++) {
                weights.addAll(List.of(
                        Tensor.ones(WIDTH), Tensor.zeros(WIDTH),
                        random(random, 0.2, 3 * WIDTH, WIDTH), Tensor.zeros(3 * WIDTH),
                        Tensor.zeros((2 * WINDOW - 1) * (2 * WINDOW - 1), HEADS),
                        random(random, 0.2, WIDTH, WIDTH), Tensor.zeros(WIDTH),
                        Tensor.ones(WIDTH), Tensor.zeros(WIDTH),
                        random(random, 0.2, 4 * WIDTH, WIDTH), Tensor.zeros(4 * WIDTH),
                        random(random, 0.1, WIDTH, 4 * WIDTH), Tensor.zeros(WIDTH)));
            }
            weights.add(random(random, 0.2, 2, WIDTH));
            weights.add(Tensor.zeros(2));

            double[] losses = new double[31];
            for (int step = 0; step < 30; step++) {
                try (MemoryScope scope = MemoryScope.open("step"); Tape tape = new Tape()) {
                    Tensor labels = Tensor.zeros(ElementType.I32, BATCH);
                    Variable x = tape.constant(pictures(random, labels));
                    List<Variable> leaves = weights.stream().map(tape::variable).toList();
                    Variable loss = loss(x, leaves, labels, checkpoint);
                    losses[step] = loss.value().item();
                    Gradients gradients = tape.backward(loss);
                    for (int i = 0; i < weights.size(); i++) {
                        Tensor stepped = weights.get(i).sub(gradients.of(leaves.get(i)).affine(0.1, 0));
                        weights.set(i, scope.keep(stepped));
                    }
                }
            }
            losses[30] = weights.stream().mapToDouble(weight -> Arrays.stream(weight.toDoubles()).sum()).sum();
            return losses;
        }
    }

    private static Variable loss(Variable x, List<Variable> w, Tensor labels, boolean checkpoint) {
        Variable tokens = x.conv2d(Conv2d.of(4, 0), w.get(0), w.get(1)).permute(0, 2, 3, 1); // [B, 8, 8, C]
        for (int block = 0; block < 2; block++) {
            List<Variable> own = w.subList(2 + 13 * block, 15 + 13 * block);
            int shift = block * WINDOW / 2;
            tokens = checkpoint
                    ? tokens.tape().checkpoint(in -> block(in.getFirst(), own, shift), tokens)
                    : block(tokens, own, shift);
        }
        Variable pooled = tokens.mean(false, 1, 2); // [B, C]
        return pooled.linear(w.get(28), w.get(29)).logSoftmax(-1)
                .mul(x.tape().constant(labels.oneHot(2))).sum(false).affine(-1.0 / BATCH, 0);
    }

    private static Variable block(Variable x, List<Variable> w, int shift) {
        Variable attended = x.layerNorm(w.get(0), w.get(1), 1e-6)
                .linear(w.get(2), w.get(3))
                .windowAttention(w.get(4), WINDOW, shift)
                .linear(w.get(5), w.get(6));
        Variable y = x.add(attended);
        return y.add(y.layerNorm(w.get(7), w.get(8), 1e-6)
                .linear(w.get(9), w.get(10)).gelu()
                .linear(w.get(11), w.get(12)));
    }

    private static Tensor pictures(SplittableRandom random, Tensor labels) {
        Tensor pictures = Tensor.zeros(BATCH, 1, SIZE, SIZE);
        for (int b = 0; b < BATCH; b++) {
            int label = random.nextInt(2);
            labels.set(label, b);
            for (int i = 0; i < SIZE * SIZE; i++) {
                boolean bright = (label == 0 ? i % SIZE : i / SIZE) % 4 < 2;
                pictures.flat((long) b * SIZE * SIZE + i, random.nextDouble() - 0.5 + (bright ? 0.5 : 0));
            }
        }
        return pictures;
    }

    private static Tensor random(SplittableRandom random, double bound, int... dims) {
        float[] values = new float[(int) Shape.of(dims).size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextDouble(-bound, bound);
        }
        return Tensor.of(Shape.of(dims), values);
    }
}
