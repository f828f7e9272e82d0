package dev.panacea.tensor.cpu;

import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.memory.Memory;
import dev.panacea.tensor.op.WindowAttention;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * What window attention and its backward kernel share beyond the arithmetic: which image tokens a window holds after
 * the cyclic shift, which of them are true neighbours, and the bias of a head. A row of the task is a head and a group
 * of windows; the groups depend on sizes alone.
 */
abstract class WindowTask extends AttentionTask {
    /** Rows to cut a call into: enough to keep threads busy, few enough that a head's bias is rarely spread anew. */
    private static final int ENOUGH = 32;
    private static final int REGION = OWN;
    private static final int TABLE = OWN + 1;

    int heads;
    int channels;
    /** Windows of all images. */
    int windows;
    /** Groups of windows that each head's work is cut into. */
    int groups;
    int groupWindows;
    int height;
    int span;
    boolean table;
    /** Rows of the table: (2·window − 1)². */
    int entries;
    private int window;
    private int side;
    private int down;
    private int right;
    private int across;
    private int inImage;
    private long bias;
    /** The output of the layer before: [B, H, W, 3C]. */
    final Image qkv = new Image();

    /** A tensor [B, H, W, channels] by address and strides in bytes. */
    static final class Image {
        private long address;
        private long image;
        private long row;
        private long token;
        long channel;

        void of(Tensor tensor) {
            long[] strides = tensor.layout().strides();
            long unit = tensor.type().byteSize();
            strides(tensor.address(), strides[0] * unit, strides[1] * unit, strides[2] * unit, strides[3] * unit);
        }

        /** A contiguous tensor [B, h, H, W], its heads in the place of channels. */
        void statistics(long start, int heads, int height, int span) {
            long plane = (long) height * span * Float.BYTES;
            strides(start, heads * plane, (long) span * Float.BYTES, Float.BYTES, plane);
        }

        private void strides(long start, long ofImage, long ofRow, long ofToken, long ofChannel) {
            address = start;
            image = ofImage;
            row = ofRow;
            token = ofToken;
            channel = ofChannel;
        }
    }

    final void prepare(WindowAttention op, Tensor input, Tensor biasTensor) {
        window = op.window();
        side = 2 * window - 1;
        entries = side * side;
        table = biasTensor.shape().rank() == 2;
        heads = biasTensor.dim(table ? 1 : 0);
        bias = biasTensor.address();
        qkv.of(input);
        channels = input.dim(3) / 3;
        height = input.dim(1);
        span = input.dim(2);
        down = op.shiftOf(height);
        right = op.shiftOf(span);
        across = span / window;
        inImage = height / window * across;
        windows = Math.multiplyExact(input.dim(0), inImage);
        int tokens = window * window;
        sizes(tokens, tokens, channels / heads, 1 / Math.sqrt(channels / heads));
        int wanted = Math.clamp(ENOUGH / heads, 1, windows);
        groupWindows = (windows + wanted - 1) / wanted;
        groups = (windows + groupWindows - 1) / groupWindows;
    }

    /** Addresses, at one channel, of the tokens of a window, row-major in the shifted window. */
    final long[] tokens(Image image, int number, int channel, int slot, Scratch scratch) {
        long[] address = scratch.longs(slot, queries);
        long start = image.address + number / inImage * image.image + channel * image.channel;
        int top = number % inImage / across * window + down;
        int left = number % inImage % across * window + right;
        int at = 0;
        for (int i = 0; i < window; i++) {
            int y = top + i < height ? top + i : top + i - height;
            long token = start + y * image.row + left * image.token;
            for (int j = 0; j < window; j++) {
                if (left + j == span) {
                    token -= span * image.token;
                }
                address[at++] = token;
                token += image.token;
            }
        }
        return address;
    }

    /** The region of each token of a window, or null where all are one: only a wrapped window has several. */
    final float[] regions(int number, Scratch scratch) {
        int top = number % inImage / across * window + down;
        int left = number % inImage % across * window + right;
        if (top + window <= height && left + window <= span) {
            return null;
        }
        float[] region = scratch.floats(REGION, width);
        for (int i = 0; i < queries; i++) {
            region[i] = (top + i / window < height ? 0 : 2) + (left + i % window < span ? 0 : 1);
        }
        return region;
    }

    /** Spreads the bias of a head to [N, width], −∞ in the padding. */
    final float[] bias(int head, Scratch scratch) {
        float[] spread = scratch.floats(ADDED, queries * width + PanelProduct.LANES);
        if (table) {
            float[] reversed = scratch.floats(TABLE, entries + PanelProduct.LANES);
            for (int i = 0; i < entries; i++) {
                reversed[entries - 1 - i] = Memory.f32(bias + Float.BYTES * ((long) i * heads + head));
            }
            spread(reversed, spread);
        } else {
            for (int i = 0; i < queries; i++) {
                PanelPack.load(bias + Float.BYTES * ((long) head * queries + i) * keys, Float.BYTES, keys, 1, spread,
                        i * width);
            }
        }
        for (int i = 0; i < queries; i++) {
            Arrays.fill(spread, i * width + keys, (i + 1) * width, Float.NEGATIVE_INFINITY);
        }
        return spread;
    }

    /** Copies whole vectors: what one run writes too much, the next one or the padding overwrites. */
    private void spread(float[] reversed, float[] spread) {
        for (int i = 0; i < queries; i++) {
            for (int j = 0; j < window; j++) {
                int from = run(i, j);
                int to = i * width + j * window;
                for (int k = 0; k < window; k += PanelProduct.LANES) {
                    FloatVector.fromArray(PanelProduct.S, reversed, from + k).intoArray(spread, to + k);
                }
            }
        }
    }

    /**
     * In the table read backwards, query i and the keys of row j of the window are neighbours: where they begin. Key
     * and query (Δy, Δx) apart are at (Δy + window − 1)·side + Δx + window − 1 there.
     */
    final int run(int i, int j) {
        return (j - i / window + window - 1) * side + window - 1 - i % window;
    }

    /** Adds the gradients [N, width] of the scores of a head to those of the table read backwards. */
    final void fold(float[] gradients, float[] reversed) {
        for (int i = 0; i < queries; i++) {
            for (int j = 0; j < window; j++) {
                int from = i * width + j * window;
                int to = run(i, j);
                for (int k = 0; k < window; k++) {
                    reversed[to + k] += gradients[from + k];
                }
            }
        }
    }
}
