package dev.panacea.bindings.cuda.kernel;

import dev.panacea.bindings.cuda.CudaBackend;
import dev.panacea.bindings.cuda.KernelFunction;
import dev.panacea.bindings.cuda.KernelSource;
import dev.panacea.bindings.cuda.Launch;
import dev.panacea.tensor.Tensor;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Layer normalisation of rows of one length, which a warp holds in registers.
 *
 * @param forward normalises
 * @param backward gives the gradient of x, and sums for gamma and beta
 */
record LayerNormText(KernelFunction forward, KernelFunction backward) {
    private static final Map<Integer, LayerNormText> TEXTS = new ConcurrentHashMap<>();
    private static final int WARP = 32;
    private static final int WARPS = 8; // of a block
    private static final int UNIT = 128; // a four for each lane
    private static final int MOST = 2048;
    private static final int MOST_BACKWARD = 1024;
    private static final int MOST_BLOCKS = 1024;
    private static final int BATCHES = 4; // of rows that a warp of the gradient takes at least, where there are so many

    static LayerNormText of(int n) {
        return TEXTS.computeIfAbsent(n, length -> {
            KernelSource source = Texts.of("layer_norm.cu").with("N", length);
            return new LayerNormText(source.function("layer_norm"),
                    length <= MOST_BACKWARD ? source.function("layer_norm_backward") : null);
        });
    }

    static boolean fitsForward(int n) {
        return n % UNIT == 0 && n <= MOST;
    }

    static boolean fitsBackward(int n) {
        return n % UNIT == 0 && n <= MOST_BACKWARD;
    }

    /** The tensor, or a copy where its first element is not aligned to four: the bytes must not depend on that. */
    static Tensor aligned(Tensor x) {
        return x.address() % (4 * Float.BYTES) == 0 ? x : x.copy();
    }

    /** How many rows a block has at a time. */
    private static int rows(int n) {
        return WARPS * Math.max(1, 512 / n);
    }

    Launch launchForward(CudaBackend cuda, long rows, int n) {
        return cuda.launch(forward).grid((rows + rows(n) - 1) / rows(n)).block(WARP, WARPS, 1);
    }

    /** How many blocks share the rows of the gradient. */
    static int blocks(long rows, int n) {
        return (int) Math.clamp(rows / (BATCHES * rows(n)), 1, MOST_BLOCKS);
    }

    Launch launchBackward(CudaBackend cuda, int blocks) {
        return cuda.launch(backward).grid(blocks).block(WARP, WARPS, 1);
    }
}
