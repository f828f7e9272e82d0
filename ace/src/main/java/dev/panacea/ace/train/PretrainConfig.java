package dev.panacea.ace.train;

import dev.panacea.ace.augment.Augment;
import dev.panacea.ace.crop.GridConfig;
import dev.panacea.ace.crop.ResizedCrop;
import dev.panacea.ace.head.GlobalHeadConfig;
import dev.panacea.ace.loss.GlobalConfig;
import dev.panacea.ace.loss.MatchingConfig;
import dev.panacea.ace.loss.TotalLoss;
import dev.panacea.nn.ConfigException;
import java.util.Map;

/**
 * Every choice of a pretraining run. {@link Recipe} has whole sets of them; a file or a command line changes some.
 *
 * <pre>{@code
 * PretrainConfig config = PretrainConfig.parse("{\"recipe\": \"paper\", \"optimizer\": {\"batch\": 4}}")
 *         .with(Map.of("model.name", "swin_nano", "grid.imagePixels", "512", "grid.cellPixels", "16"));
 * }</pre>
 *
 * @param recipe the recipe it began from
 * @param seed what all random numbers come from
 * @param model the backbone
 * @param grid the grid of crops
 * @param resizedCrop what brings a picture to the grid's size
 * @param augment changes of grey values
 * @param denseHead whether matching has the {@link dev.panacea.ace.head.DenseHead}
 * @param globalHead the head of the global loss
 * @param global the global loss
 * @param composition matching of teacher's C2 and composed C1
 * @param decomposition matching of teacher's C1 and decomposed C2
 * @param weights λ1, λ2, λ3
 * @param optimizer how the student is trained
 */
public record PretrainConfig(String recipe, long seed, ModelConfig model, GridConfig grid, ResizedCrop resizedCrop,
        Augment augment, boolean denseHead, GlobalHeadConfig globalHead, GlobalConfig global,
        MatchingConfig composition, MatchingConfig decomposition, TotalLoss weights, OptimizerConfig optimizer) {
    /**
     * Checks what no part can check for itself.
     *
     * @throws ConfigException if there is no such recipe, or the backbone does not fit the grid
     */
    public PretrainConfig {
        Recipe.named(recipe);
        model.student(grid, augment.channels());
    }

    /**
     * Reads a configuration: what the text does not name is as in its recipe, {@code panacea} where it names none.
     *
     * @throws ConfigException if the text is no JSON, has a key that is not known, or a value that cannot be
     */
    public static PretrainConfig parse(String json) {
        Recipe recipe = ConfigText.named(json, "recipe").map(Recipe::named).orElse(Recipe.PANACEA);
        return ConfigText.parse(json, recipe.config());
    }

    /**
     * The same with some values changed, all at once: sizes depend on each other.
     *
     * @param changes by names joined by dots, such as {@code optimizer.batch}; numbers, {@code true}, {@code false} or
     *     texts
     * @throws ConfigException if there is no such key, or a value cannot be
     */
    public PretrainConfig with(Map<String, String> changes) {
        return ConfigText.with(this, changes);
    }

    /** All choices as JSON, which {@link #parse} reads. */
    public String json() {
        return ConfigText.json(this);
    }
}
