package dev.panacea.ace.transfer;

import dev.panacea.nn.ConfigException;
import dev.panacea.nn.model.BackboneConfig;
import dev.panacea.nn.model.Models;
import dev.panacea.nn.model.SwinConfig;

/**
 * The network: a backbone, and a head for the task.
 *
 * @param name a preset, such as {@code swin_base}; see {@link Models#names}
 * @param patch side of a patch in pixels
 * @param window side of a Swin's windows in tokens; a ViT does not look at it
 * @param epsilon what layer norms add to the variance
 * @param dropPath stochastic depth in training
 * @param recompute whether blocks are computed again in backward, which saves memory and costs time
 * @param headChannels channels inside a UPerNet; a classifier does not look at it
 * @param pool what a classifier reads of a picture; others do not look at it
 */
public record TransferModel(String name, int patch, int window, double epsilon, double dropPath, boolean recompute,
        int headChannels, Pool pool) {
    /** What a classifier reads of a picture. */
    public enum Pool {
        /** The backbone's pooled embedding, as the paper has it. */
        EMBEDDING,
        /** The greatest value of each channel in maps of several resolutions: finds what is small. */
        PYRAMID
    }

    /**
     * Checks the preset.
     *
     * @throws ConfigException if there is none of that name, or a number is out of range
     */
    public TransferModel {
        Models.named(name);
        if (headChannels < 1) {
            throw new ConfigException("model: headChannels " + headChannels + " (need 1 or more)");
        }
    }

    /** A preset in its usual sizes, 512 channels in a UPerNet, stochastic depth .1, the embedding for a classifier. */
    public static TransferModel of(String name) {
        BackboneConfig preset = Models.named(name);
        return new TransferModel(name, preset.patchPixels(), preset instanceof SwinConfig swin ? swin.window() : 7,
                1e-6, 0.1, false, 512, Pool.EMBEDDING);
    }

    /**
     * The backbone for square pictures.
     *
     * @throws ConfigException if the sizes do not fit together
     */
    BackboneConfig backbone(int pixels, int channels) {
        BackboneConfig preset = Models.named(name).withImage(pixels, patch);
        BackboneConfig windows = preset instanceof SwinConfig ? preset.withWindow(window) : preset;
        return windows.withColours(channels).withEpsilon(epsilon).withDropPath(dropPath)
                .withRecompute(recompute);
    }
}
