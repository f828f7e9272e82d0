package dev.panacea.bindings.cuda.kernel;

import dev.panacea.bindings.cuda.KernelFunction;
import dev.panacea.bindings.cuda.KernelSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The attention kernels for heads of one size.
 *
 * @param window side of a window; 0 for none
 * @param depth elements of a head
 * @param vector whether rows begin at multiples of four elements, and depth is one
 * @param bias whether there is a bias; of windows, whether it is the table
 * @param mask whether there is a mask; of windows, whether they are shifted
 */
record AttentionText(int window, int depth, boolean vector, boolean bias, boolean mask) {
    /** The most elements of a head. */
    static final int MOST_DEPTH = 512;
    /** Rows that a thread has a part of: {@code MANY} in {@code attention.cu}. */
    static final int MANY = 4;
    /** Rows that a thread has a part of where there is more to hold: {@code FEW}. */
    static final int FEW = 2;

    private static final Map<AttentionText, Map<String, KernelFunction>> FUNCTIONS = new ConcurrentHashMap<>();
    private static final int WARP = 32;
    private static final int LANE_DEPTH = 16; // elements of a row that a thread has, for the sake of registers
    private static final int TILE = 4096; // elements of a tile in shared memory
    private static final int SHARED_BYTES = 48 << 10;

    /** Threads that share a row. */
    int lanes() {
        int lanes = 1;
        while (lanes * LANE_DEPTH < depth) {
            lanes *= 2;
        }
        return lanes;
    }

    /** Threads of a block: a warp where it has room for a window. */
    int threads() {
        return window > 0 && window * window <= WARP / lanes() * MANY ? WARP : 2 * WARP;
    }

    /** How many blocks share so many rows, if a thread takes {@code each} of them. */
    int tiles(int rows, int each) {
        int block = threads() / lanes() * each;
        return (rows + block - 1) / block;
    }

    /** Elements of a row in shared memory. */
    private int width() {
        int step = 4 * lanes();
        return (depth + step - 1) / step * step;
    }

    /** Whether the probabilities of a window fit in shared memory, as {@code attention.cu} has it. */
    boolean small() {
        int tokens = window * window;
        int side = 2 * window - 1;
        return 4L * (2L * tokens * width() + 2L * tokens * (tokens | 1) + side * side) <= SHARED_BYTES;
    }

    /** A kernel by its name. */
    KernelFunction function(String name) {
        return FUNCTIONS.computeIfAbsent(this, text -> new ConcurrentHashMap<>())
                .computeIfAbsent(name, each -> source().function(each));
    }

    private KernelSource source() {
        int keys = Math.clamp(TILE / width(), 4, 64);
        KernelSource source = Texts.of("attention.cu").with("DEPTH", depth).with("LANES", lanes())
                .with("THREADS", threads()).with("KEYS", window == 0 ? keys : Math.min(keys, window * window));
        source = window == 0 ? source : source.with("WINDOW", window);
        source = bias ? source.with(window == 0 ? "BIAS" : "TABLE", "") : source;
        source = mask ? source.with(window == 0 ? "MASK" : "SHIFTED", "") : source;
        return vector ? source.with("VECTOR", "") : source;
    }
}
