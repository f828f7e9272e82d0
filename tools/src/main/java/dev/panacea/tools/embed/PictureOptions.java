package dev.panacea.tools.embed;

import dev.panacea.ace.data.Normalisation;
import dev.panacea.ace.data.Preparation;
import picocli.CommandLine.Option;

/** How pictures are made ready for a model. */
final class PictureOptions {
    @Option(names = "--normalise", defaultValue = "xray", paramLabel = "NAME",
            description = "xray (mean 0.5056, deviation 0.252), imagenet (for weights of torchvision, timm, DINO),"
                    + " half, none, or MEAN,DEVIATION (default: ${DEFAULT-VALUE}).")
    private String normalise;

    @Option(names = "--fit", defaultValue = "stretch", paramLabel = "FIT",
            description = "What becomes of pictures that are not square: stretch, or crop to the middle (default:"
                    + " ${DEFAULT-VALUE}).")
    private Preparation.Fit fit;

    Normalisation normalisation() {
        return Normalisation.named(normalise);
    }

    String normaliseText() {
        return normalise;
    }

    Preparation.Fit fit() {
        return fit;
    }
}
