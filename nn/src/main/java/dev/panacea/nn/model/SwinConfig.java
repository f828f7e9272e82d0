package dev.panacea.nn.model;

import dev.panacea.nn.ConfigException;
import dev.panacea.nn.Parameters;
import java.util.List;

/**
 * The shape of a Swin Transformer.
 *
 * @param imagePixels side of the square pictures it is made for; others work too, at a window that fits these
 * @param colours channels of a picture
 * @param patchPixels side of a patch
 * @param channels embedding channels of the first stage; each later stage has twice those of the one before
 * @param depths blocks of each stage
 * @param heads attention heads of each stage
 * @param window side of an attention window in tokens
 * @param epsilon what layer norms add to the variance
 * @param dropPath stochastic depth of the last block; it grows evenly from 0 at the first
 * @param recompute whether blocks are computed again in backward, which saves memory and costs time
 */
public record SwinConfig(int imagePixels, int colours, int patchPixels, int channels, List<Integer> depths,
        List<Integer> heads, int window, double epsilon, double dropPath, boolean recompute) implements BackboneConfig {
    /**
     * Checks the sizes.
     *
     * @throws ConfigException if they contradict each other
     */
    public SwinConfig {
        depths = List.copyOf(depths);
        heads = List.copyOf(heads);
        Models.check("swin", epsilon, dropPath);
        if (depths.isEmpty() || depths.size() != heads.size()) {
            throw new ConfigException("swin: depths " + depths + ", heads " + heads
                    + " (need one of each for each stage)");
        }
        if (window < 1 || patchPixels < 1 || imagePixels < patchPixels || imagePixels % patchPixels != 0) {
            throw new ConfigException("swin: image " + imagePixels + ", patch " + patchPixels + ", window " + window
                    + " (need image a multiple of patch, window >= 1)");
        }
        for (int stage = 0; stage < heads.size(); stage++) {
            if (channels < 1 || heads.get(stage) < 1 || (channels << stage) % heads.get(stage) != 0) {
                throw new ConfigException("swin: " + (channels << stage) + " channels in stage " + stage + ", "
                        + heads.get(stage) + " heads (need a multiple)");
            }
        }
    }

    /** 1.3 M parameters: for tests and for two cores. */
    public static SwinConfig nano() {
        return of(24, List.of(2, 2, 2, 2), List.of(1, 2, 4, 8), 0);
    }

    /** Swin-T: 27.5 M parameters. */
    public static SwinConfig tiny() {
        return of(96, List.of(2, 2, 6, 2), List.of(3, 6, 12, 24), 0.2);
    }

    /** Swin-S: 48.8 M parameters. */
    public static SwinConfig small() {
        return of(96, List.of(2, 2, 18, 2), List.of(3, 6, 12, 24), 0.3);
    }

    /** Swin-B: 86.7 M parameters. */
    public static SwinConfig base() {
        return of(128, List.of(2, 2, 18, 2), List.of(4, 8, 16, 32), 0.5);
    }

    /** Swin-L: 195 M parameters. */
    public static SwinConfig large() {
        return of(192, List.of(2, 2, 18, 2), List.of(6, 12, 24, 48), 0.5);
    }

    private static SwinConfig of(int channels, List<Integer> depths, List<Integer> heads, double dropPath) {
        return new SwinConfig(224, 3, 4, channels, depths, heads, 7, 1e-5, dropPath, false);
    }

    @Override
    public SwinConfig withImage(int pixels) {
        return withImage(pixels, patchPixels);
    }

    @Override
    public SwinConfig withImage(int pixels, int patch) {
        return new SwinConfig(pixels, colours, patch, channels, depths, heads, window, epsilon, dropPath, recompute);
    }

    @Override
    public SwinConfig withColours(int number) {
        return new SwinConfig(imagePixels, number, patchPixels, channels, depths, heads, window, epsilon, dropPath,
                recompute);
    }

    @Override
    public SwinConfig withWindow(int tokens) {
        return new SwinConfig(imagePixels, colours, patchPixels, channels, depths, heads, tokens, epsilon, dropPath,
                recompute);
    }

    @Override
    public SwinConfig withEpsilon(double added) {
        return new SwinConfig(imagePixels, colours, patchPixels, channels, depths, heads, window, added, dropPath,
                recompute);
    }

    @Override
    public SwinConfig withDropPath(double rate) {
        return new SwinConfig(imagePixels, colours, patchPixels, channels, depths, heads, window, epsilon, rate,
                recompute);
    }

    @Override
    public SwinConfig withRecompute(boolean again) {
        return new SwinConfig(imagePixels, colours, patchPixels, channels, depths, heads, window, epsilon, dropPath,
                again);
    }

    @Override
    public boolean isNarrow() {
        return channels < tiny().channels;
    }

    @Override
    public SwinTransformer make(Parameters parameters) {
        return new SwinTransformer(parameters, this);
    }
}
