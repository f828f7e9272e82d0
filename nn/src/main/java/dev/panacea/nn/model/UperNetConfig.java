package dev.panacea.nn.model;

import dev.panacea.nn.ConfigException;
import java.util.List;

/**
 * The shape of a UPerNet.
 *
 * @param outputs maps to predict: classes, or key points
 * @param channels channels inside
 * @param grids rows, and columns, of each grid that the coarsest map is pooled over
 */
public record UperNetConfig(int outputs, int channels, List<Integer> grids) {
    /**
     * Checks the sizes.
     *
     * @throws ConfigException if one is below 1
     */
    public UperNetConfig {
        grids = List.copyOf(grids);
        if (outputs < 1 || channels < 1 || grids.stream().anyMatch(grid -> grid < 1)) {
            throw new ConfigException("upernet: outputs " + outputs + ", channels " + channels + ", grids " + grids
                    + " (need 1 or more of each)");
        }
    }

    /** That of the paper, 512 channels and grids of 1, 2, 3 and 6, for a number of outputs. */
    public static UperNetConfig of(int outputs) {
        return new UperNetConfig(outputs, 512, List.of(1, 2, 3, 6));
    }

    /** The same with other channels inside. */
    public UperNetConfig withChannels(int number) {
        return new UperNetConfig(outputs, number, grids);
    }
}
