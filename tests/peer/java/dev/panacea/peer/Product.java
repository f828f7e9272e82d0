package dev.panacea.peer;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A matrix product {@code C[M,N] = A[M,K] · B[K,N]} of the work to beat.
 *
 * @param name which layer it belongs to, and which pass
 * @param batch how many of the same size, one after another in memory
 * @param leftTransposed whether A lies as [K,M]
 * @param rightTransposed whether B lies as [N,K]
 */
record Product(String name, int batch, int m, int n, int k, boolean leftTransposed, boolean rightTransposed) {
    private static final int[] SWIN_B_TOKENS = {25_088, 6_272, 1_568, 392}; // two pictures of 448², by stage
    private static final int VIT_TOKENS = 394;                              // two pictures of 1 + 14 × 14 tokens

    /** Multiplications and additions. */
    double flops() {
        return 2.0 * batch * m * n * k;
    }

    /** Swin-B 448² and ViT-B/32 448², both passes of all linear layers and attention; odd sizes; tall and thin. */
    static List<Product> all() {
        Map<String, Product> all = new LinkedHashMap<>(); // by shape: layers that share one are measured once
        linear(all, "swin patch", SWIN_B_TOKENS[0], 48, 128);
        for (int stage = 0; stage < 4; stage++) {
            int tokens = SWIN_B_TOKENS[stage];
            int channels = 128 << stage;
            if (stage > 0) {
                linear(all, "swin" + stage + " merge", tokens, 2 * channels, channels);
            }
            block(all, "swin" + stage, tokens, channels);
        }
        linear(all, "vit patch", 392, 3_072, 768);
        block(all, "vit", VIT_TOKENS, 768);
        attention(all, "swin0 w7", 2 * 256 * 4, 49, 32);
        attention(all, "swin0 w14", 2 * 64 * 4, 196, 32);
        attention(all, "vit", 2 * 12, 197, 64);
        for (int rows : new int[] {1, 3, 17, 197}) {
            linear(all, "rows " + rows, rows, 768, 3_072);
            put(all, new Product("columns " + rows, 1, 768, rows, 768, false, false));
        }
        put(all, new Product("tall", 1, 25_088, 17, 128, false, false));
        put(all, new Product("tall", 1, 100_003, 8, 8, false, true));
        put(all, new Product("thin", 1, 17, 25_088, 3, false, false));
        put(all, new Product("long sums", 1, 16, 16, 25_088, true, false));
        return List.copyOf(all.values());
    }

    private static void block(Map<String, Product> all, String name, int tokens, int channels) {
        linear(all, name + " qkv", tokens, channels, 3 * channels);
        linear(all, name + " proj", tokens, channels, channels);
        linear(all, name + " fc1", tokens, channels, 4 * channels);
        linear(all, name + " fc2", tokens, 4 * channels, channels);
    }

    /** A layer's forward pass, x · Wᵀ; its input's gradient, g · W; its weight's, gᵀ · x. */
    private static void linear(Map<String, Product> all, String name, int rows, int in, int out) {
        put(all, new Product(name + " forward", 1, rows, out, in, false, true));
        put(all, new Product(name + " input gradient", 1, rows, in, out, false, false));
        put(all, new Product(name + " weight gradient", 1, out, in, rows, true, false));
    }

    /** Scores, q · kᵀ; the sums of values, p · v; and the gradient of the values, pᵀ · g. */
    private static void attention(Map<String, Product> all, String name, int batch, int tokens, int depth) {
        put(all, new Product(name + " scores", batch, tokens, tokens, depth, false, true));
        put(all, new Product(name + " values", batch, tokens, depth, tokens, false, false));
        put(all, new Product(name + " value gradient", batch, tokens, depth, tokens, true, false));
    }

    private static void put(Map<String, Product> all, Product product) {
        all.putIfAbsent(product.shape(), product);
    }

    /** Sizes and a letter for each operand: n as it lies, t transposed. */
    String shape() {
        return (batch > 1 ? batch + " × " : "") + m + " × " + n + " × " + k + " " + (leftTransposed ? 't' : 'n')
                + (rightTransposed ? 't' : 'n');
    }
}
