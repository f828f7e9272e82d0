package dev.panacea.nn.model;

import dev.panacea.nn.ConfigException;
import dev.panacea.nn.Parameters;

/**
 * The shape of a Vision Transformer.
 *
 * @param imagePixels side of the square pictures it is made for; others work too, at interpolated positions
 * @param colours channels of a picture
 * @param patchPixels side of a patch
 * @param channels embedding channels
 * @param depth number of blocks
 * @param heads attention heads
 * @param epsilon what layer norms add to the variance
 * @param dropPath stochastic depth of the last block; it grows evenly from 0 at the first
 * @param recompute whether blocks are computed again in backward, which saves memory and costs time
 */
public record VitConfig(int imagePixels, int colours, int patchPixels, int channels, int depth, int heads,
        double epsilon, double dropPath, boolean recompute) implements BackboneConfig {
    /**
     * Checks the sizes.
     *
     * @throws ConfigException if they contradict each other
     */
    public VitConfig {
        Models.check("vit", epsilon, dropPath);
        if (patchPixels < 1 || imagePixels < patchPixels || imagePixels % patchPixels != 0) {
            throw new ConfigException("vit: image " + imagePixels + ", patch " + patchPixels
                    + " (need image a multiple of patch)");
        }
        if (heads < 1 || channels < 1 || channels % heads != 0 || depth < 1) {
            throw new ConfigException("vit: channels " + channels + ", heads " + heads + ", depth " + depth
                    + " (need channels a multiple of heads, depth >= 1)");
        }
    }

    /** 0.8 M parameters: for tests and for two cores. */
    public static VitConfig nano() {
        return of(96, 6, 3);
    }

    /** ViT-Ti/16: 5.5 M parameters. */
    public static VitConfig tiny() {
        return of(192, 12, 3);
    }

    /** ViT-S/16: 21.7 M parameters. */
    public static VitConfig small() {
        return of(384, 12, 6);
    }

    /** ViT-B/16: 85.8 M parameters; with patches of 32 at 448 pixels 87.6 M. */
    public static VitConfig base() {
        return of(768, 12, 12);
    }

    /** ViT-L/16: 303 M parameters. */
    public static VitConfig large() {
        return of(1024, 24, 16);
    }

    private static VitConfig of(int channels, int depth, int heads) {
        return new VitConfig(224, 3, 16, channels, depth, heads, 1e-6, 0, false);
    }

    @Override
    public VitConfig withImage(int pixels) {
        return withImage(pixels, patchPixels);
    }

    @Override
    public VitConfig withImage(int pixels, int patch) {
        return new VitConfig(pixels, colours, patch, channels, depth, heads, epsilon, dropPath, recompute);
    }

    @Override
    public VitConfig withColours(int number) {
        return new VitConfig(imagePixels, number, patchPixels, channels, depth, heads, epsilon, dropPath, recompute);
    }

    /** Refused: attention sees all tokens. */
    @Override
    public VitConfig withWindow(int tokens) {
        throw new ConfigException("vit: window " + tokens + " (a Vision Transformer has none: leave it out, or take a "
                + "swin model)");
    }

    @Override
    public VitConfig withEpsilon(double added) {
        return new VitConfig(imagePixels, colours, patchPixels, channels, depth, heads, added, dropPath, recompute);
    }

    @Override
    public VitConfig withDropPath(double rate) {
        return new VitConfig(imagePixels, colours, patchPixels, channels, depth, heads, epsilon, rate, recompute);
    }

    @Override
    public VitConfig withRecompute(boolean again) {
        return new VitConfig(imagePixels, colours, patchPixels, channels, depth, heads, epsilon, dropPath, again);
    }

    @Override
    public boolean isNarrow() {
        return channels < tiny().channels;
    }

    @Override
    public VisionTransformer make(Parameters parameters) {
        return new VisionTransformer(parameters, this);
    }
}
