package dev.panacea.tests.ace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.panacea.ace.crop.ResizedCrop;
import dev.panacea.ace.train.PretrainConfig;
import dev.panacea.ace.train.Recipe;
import dev.panacea.nn.ConfigException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Recipes, and configurations as text. */
class PretrainConfigTest {
    @Test
    void everyRecipeSurvivesTheWayThroughText() {
        for (Recipe recipe : Recipe.values()) {
            PretrainConfig config = recipe.config();
            assertThat(PretrainConfig.parse(config.json())).isEqualTo(config);
            assertThat(config.recipe()).isEqualTo(recipe.label());
            assertThat(Recipe.named(recipe.label())).isEqualTo(recipe);
        }
    }

    @Test
    void recipesDifferWhereTheyShould() {
        PretrainConfig paper = Recipe.PAPER.config();
        assertThat(paper.weights().composition()).isEqualTo(1);
        assertThat(paper.composition().normalised()).isFalse();
        assertThat(paper.denseHead()).isFalse();
        assertThat(paper.globalHead().on()).isFalse();
        assertThat(paper.global().symmetric()).isFalse();
        assertThat(paper.optimizer().clipPerTensor()).isFalse();
        assertThat(paper.resizedCrop()).isEqualTo(ResizedCrop.off());
        assertThat(Recipe.RELEASED.config().decomposition().kernel()).isEqualTo(5);
        assertThat(Recipe.RELEASED.config().model().dropPath()).isEqualTo(0.2);
        assertThat(Recipe.PANACEA.config().decomposition().kernel()).isEqualTo(3);
    }

    @Test
    void textChangesARecipe() {
        PretrainConfig config = PretrainConfig.parse("""
                {"recipe": "paper", "optimizer": {"batch": 4, "rate": 1},
                 "grid": {"imagePixels": 512, "cellPixels": 16}}
                """);
        assertThat(config.recipe()).isEqualTo("paper");
        assertThat(config.optimizer().batch()).isEqualTo(4);
        assertThat(config.optimizer().rate()).isEqualTo(1);
        assertThat(config.optimizer().epochs()).isEqualTo(100);
        assertThat(config.grid().viewPixels()).isEqualTo(224);
        assertThat(config.weights()).isEqualTo(Recipe.PAPER.config().weights());
        assertThat(PretrainConfig.parse("{}")).isEqualTo(Recipe.PANACEA.config());
        assertThat(config.with(Map.of("model.name", "vit_base", "denseHead", "true", "seed", "-7")).model().name())
                .isEqualTo("vit_base");
    }

    @Test
    void refusals() {
        Map<String, String> refused = new LinkedHashMap<>();
        refused.put("{\"optimiser\": {}}", "config: unknown key \"optimiser\" (did you mean optimizer?)");
        refused.put("{\"grid\": {\"cellPixel\": 16}}",
                "config: unknown key \"grid.cellPixel\" (did you mean grid.cellPixels?)");
        refused.put("{\"optimizer\": {\"batch\": 4.5}}", "config: optimizer.batch is \"4.5\" (need a whole number)");
        refused.put("{\"optimizer\": {\"rate\": \"high\"}}",
                "config: optimizer.rate is \"\"high\"\" (need a number)");
        refused.put("{\"grid\": 5}", "config: grid is \"5\" (need an object)");
        refused.put("{\"denseHead\": null}", "config: denseHead is \"null\" (need true or false)");
        refused.put("{\"model\": {\"name\": true}}", "config: model.name is \"true\" (need a text)");
        refused.put("{\"recipe\": \"papre\"}",
                "recipe papre: unknown name (need one of panacea, paper, released)");
        refused.put("{\"grid\": {\"cellPixels\": 30}}", "grid: picture of 1024 pixels, cells of 30 (need a multiple)");
        refused.put("{\"model\": {\"name\": \"swin_giant\"}}", "model swin_giant: unknown name (need one of ");
        refused.put("[]", "config: not an object: \"[]\" (need {…})");
        refused.put("{\"seed\": 1, \"seed\": 2}", "config: not JSON: Duplicate ");
        refused.put("{\"seed\": 1} {", "config: not JSON: ");
        refused.put("{\"seed\": NaN}", "config: not JSON: ");
        refused.put("", "config: not ");
        refused.put("{\"optimizer\": {\"batch\": 99999999999}}", "config: ");
        refused.put("[".repeat(100_000), "config: not JSON: ");
        refused.forEach((text, message) -> assertThatThrownBy(() -> PretrainConfig.parse(text)).as(text)
                .isInstanceOf(ConfigException.class).hasMessageStartingWith(message).hasMessageNotContaining("\n"));
        assertThatThrownBy(() -> Recipe.PANACEA.config().with(Map.of("seed.x", "1")))
                .isInstanceOf(ConfigException.class).hasMessageStartingWith("config: seed is ");
    }
}
