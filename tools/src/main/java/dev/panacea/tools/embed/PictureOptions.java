package dev.panacea.tools.embed;

import dev.panacea.ace.data.Normalisation;
import dev.panacea.ace.data.Preparation;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** How pictures are found and made ready for a model. */
final class PictureOptions {
    @Option(names = "--normalise", defaultValue = "xray", paramLabel = "NAME",
            description = "xray (mean 0.5056, deviation 0.252), imagenet (for weights of torchvision, timm, DINO),"
                    + " half, none, or MEAN,DEVIATION (default: ${DEFAULT-VALUE}).")
    private String normalise;

    @Option(names = "--fit", defaultValue = "stretch", paramLabel = "FIT",
            description = "What becomes of pictures that are not square: stretch, or crop to the middle (default:"
                    + " ${DEFAULT-VALUE}).")
    private Preparation.Fit fit;

    @Option(names = "--root", paramLabel = "DIR",
            description = "What names in a list are relative to (default: the list's folder).")
    private Path root;

    @Option(names = "--column", defaultValue = "image", paramLabel = "NAME",
            description = "The column of a .csv that names the pictures (default: ${DEFAULT-VALUE}).")
    private String column;

    Normalisation normalisation() {
        return Normalisation.named(normalise);
    }

    String normaliseText() {
        return normalise;
    }

    Preparation.Fit fit() {
        return fit;
    }

    Path root() {
        return root;
    }

    String column() {
        return column;
    }
}
