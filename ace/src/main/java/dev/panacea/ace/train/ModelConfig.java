package dev.panacea.ace.train;

import dev.panacea.ace.crop.GridConfig;
import dev.panacea.nn.ConfigException;
import dev.panacea.nn.model.BackboneConfig;
import dev.panacea.nn.model.Models;
import dev.panacea.nn.model.SwinConfig;

/**
 * The backbone of student and teacher. Its patches follow from the grid: a token of C1 is a cell, so a ViT's patch is a
 * cell, and a Swin's an eighth of one.
 *
 * @param name a preset, such as {@code swin_base}; see {@link Models#names}
 * @param window side of a Swin's windows in tokens; a ViT does not look at it
 * @param epsilon what layer norms add to the variance
 * @param dropPath stochastic depth of the student; the teacher has none
 * @param recompute whether blocks are computed again in backward, which saves memory and costs time
 */
public record ModelConfig(String name, int window, double epsilon, double dropPath, boolean recompute) {
    /** The same with another preset. */
    public ModelConfig withName(String other) {
        return new ModelConfig(other, window, epsilon, dropPath, recompute);
    }

    /** The student's backbone for views of this grid. */
    BackboneConfig student(GridConfig grid, int channels) {
        return teacher(grid, channels).withDropPath(dropPath).withRecompute(recompute);
    }

    /**
     * The teacher's backbone for views of this grid.
     *
     * @throws ConfigException if there is no such preset, or its stride cannot be a cell
     */
    public BackboneConfig teacher(GridConfig grid, int channels) {
        BackboneConfig preset = Models.named(name);
        int patch = grid.cellPixels();
        if (preset instanceof SwinConfig swin) {
            int halvings = swin.depths().size() - 1;
            patch >>= halvings;
            if (patch << halvings != grid.cellPixels()) {
                throw new ConfigException("model " + name + ": cells of " + grid.cellPixels()
                        + " pixels (need a multiple of " + (1 << halvings) + ")");
            }
            preset = preset.withWindow(window);
        }
        return preset.withImage(grid.viewPixels(), patch).withColours(channels).withEpsilon(epsilon).withDropPath(0);
    }
}
