package dev.panacea.ace.train;

import dev.panacea.ace.augment.Augment;
import dev.panacea.ace.crop.GridConfig;
import dev.panacea.ace.crop.ResizedCrop;
import dev.panacea.ace.head.GlobalHeadConfig;
import dev.panacea.ace.loss.GlobalConfig;
import dev.panacea.ace.loss.MatchingConfig;
import dev.panacea.ace.loss.TotalLoss;
import dev.panacea.nn.ConfigException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Named sets of choices where the paper and its released code differ. */
public enum Recipe {
    /** The default: the paper's method with what makes it train well. */
    PANACEA {
        @Override
        public PretrainConfig config() {
            return new PretrainConfig(label(), 0, new ModelConfig("swin_base", 7, 1e-6, 0.1, false),
                    GridConfig.paper(), ResizedCrop.usual(), Augment.usual(), true, GlobalHeadConfig.usual(),
                    GlobalConfig.usual(), MatchingConfig.usual(0.9), MatchingConfig.usual(0.99),
                    new TotalLoss(0.1, 0.5, 0.5), OptimizerConfig.usual());
        }
    },

    /** The text of the paper: no resized crop, no heads it does not name, plain products, λ .1 / 1 / 1. */
    PAPER {
        @Override
        public PretrainConfig config() {
            PretrainConfig c = PANACEA.config();
            return new PretrainConfig(label(), c.seed(), c.model(), c.grid(), ResizedCrop.off(), c.augment(), false,
                    new GlobalHeadConfig(false, 2048, 256, 65_536), GlobalConfig.paper(), MatchingConfig.paper(0.9),
                    MatchingConfig.paper(0.99), new TotalLoss(0.1, 1, 1), c.optimizer().withClipPerTensor(false));
        }
    },

    /** What the released code does where the paper says otherwise or nothing: a 5 × 5 target, drop path .2. */
    RELEASED {
        @Override
        public PretrainConfig config() {
            PretrainConfig c = PANACEA.config();
            return new PretrainConfig(label(), c.seed(), new ModelConfig("swin_base", 7, 1e-6, 0.2, false), c.grid(),
                    c.resizedCrop(), c.augment(), true, c.globalHead(), c.global(), c.composition(),
                    c.decomposition().withKernel(5), c.weights(), c.optimizer());
        }
    };

    /** All its choices, for a Swin-B on pictures of 1024 pixels. */
    public abstract PretrainConfig config();

    /** Its name in files and on command lines. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The recipe of that name.
     *
     * @throws ConfigException if there is none
     */
    public static Recipe named(String name) {
        return Arrays.stream(values()).filter(recipe -> recipe.label().equals(name)).findFirst()
                .orElseThrow(() -> new ConfigException("recipe " + name + ": unknown name (need one of "
                        + Arrays.stream(values()).map(Recipe::label).collect(Collectors.joining(", ")) + ")"));
    }
}
