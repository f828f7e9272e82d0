package dev.panacea.nn.model;

import dev.panacea.nn.Parameters;

/** What a {@link Backbone} is made from, of either family. */
public sealed interface BackboneConfig permits SwinConfig, VitConfig {
    /** Side of the square pictures it is made for. */
    int imagePixels();

    /** Channels of a picture. */
    int colours();

    /** Side of a patch. */
    int patchPixels();

    /** The same for pictures of another size. */
    BackboneConfig withImage(int pixels);

    /** The same for pictures and patches of other sizes. */
    BackboneConfig withImage(int pixels, int patch);

    /** The same for pictures of another number of channels. */
    BackboneConfig withColours(int number);

    /**
     * The same with attention in windows of another side.
     *
     * @throws dev.panacea.nn.ConfigException if the model has no windows
     */
    BackboneConfig withWindow(int tokens);

    /** The same with another number added to the variance in layer norms. */
    BackboneConfig withEpsilon(double added);

    /** The same with another stochastic depth. */
    BackboneConfig withDropPath(double rate);

    /** The same, with blocks computed again in backward or not. */
    BackboneConfig withRecompute(boolean again);

    /** Whether it has fewer channels than any published model of its family; see {@link Parameters#narrow}. */
    boolean isNarrow();

    /** Makes the model and all its parameters. */
    Backbone make(Parameters parameters);
}
