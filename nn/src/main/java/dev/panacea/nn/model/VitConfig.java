package dev.panacea.nn.model;

import dev.panacea.nn.ConfigException;

/**
 * The shape of a Vision Transformer.
 *
 * @param imagePixels side of the square pictures it is made for
 * @param colours channels of a picture
 * @param patchPixels side of a patch
 * @param channels embedding channels
 * @param depth number of blocks
 * @param heads attention heads
 * @param mlpRatio hidden channels of an MLP as a multiple of its channels
 * @param dropPath stochastic depth of the last block; it grows evenly from 0 at the first
 * @param recompute whether blocks are computed again in backward, which saves memory and costs time
 */
public record VitConfig(int imagePixels, int colours, int patchPixels, int channels, int depth, int heads,
        double mlpRatio, double dropPath, boolean recompute) {
    /** Checks the sizes. */
    public VitConfig {
        if (patchPixels < 1 || imagePixels < patchPixels || imagePixels % patchPixels != 0) {
            throw new ConfigException("vit: image " + imagePixels + ", patch " + patchPixels
                    + " (need image a multiple of patch)");
        }
        if (heads < 1 || channels < 1 || channels % heads != 0 || depth < 1) {
            throw new ConfigException("vit: channels " + channels + ", heads " + heads + ", depth " + depth
                    + " (need channels a multiple of heads, depth >= 1)");
        }
    }

    /** For tests and for two cores. */
    public static VitConfig nano() {
        return of(96, 6, 3, 16);
    }

    /** ViT-Ti/16. */
    public static VitConfig tiny() {
        return of(192, 12, 3, 16);
    }

    /** ViT-S/16. */
    public static VitConfig small() {
        return of(384, 12, 6, 16);
    }

    /** ViT-B/16; with patches of 32 at 448 it has 87.57 M parameters. */
    public static VitConfig base() {
        return of(768, 12, 12, 16);
    }

    /** ViT-L/16. */
    public static VitConfig large() {
        return of(1024, 24, 16, 16);
    }

    private static VitConfig of(int channels, int depth, int heads, int patch) {
        return new VitConfig(224, 3, patch, channels, depth, heads, 4, 0, false);
    }

    /** The same for pictures and patches of other sizes. */
    public VitConfig withImage(int pixels, int patch) {
        return new VitConfig(pixels, colours, patch, channels, depth, heads, mlpRatio, dropPath, recompute);
    }

    /** The same for pictures of another number of channels. */
    public VitConfig withColours(int number) {
        return new VitConfig(imagePixels, number, patchPixels, channels, depth, heads, mlpRatio, dropPath, recompute);
    }

    /** The same with another stochastic depth. */
    public VitConfig withDropPath(double rate) {
        return new VitConfig(imagePixels, colours, patchPixels, channels, depth, heads, mlpRatio, rate, recompute);
    }

    /** The same, with blocks computed again in backward or not. */
    public VitConfig withRecompute(boolean again) {
        return new VitConfig(imagePixels, colours, patchPixels, channels, depth, heads, mlpRatio, dropPath, again);
    }
}
