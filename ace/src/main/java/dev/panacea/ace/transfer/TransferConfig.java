package dev.panacea.ace.transfer;

import dev.panacea.ace.augment.Augment;
import dev.panacea.ace.data.Reduction;
import dev.panacea.ace.example.ViewConfig;
import dev.panacea.ace.train.ConfigText;
import dev.panacea.nn.ConfigException;
import dev.panacea.nn.model.BackboneConfig;
import java.util.Map;

/**
 * Every choice of a fine-tuning run but its data and the weights that it begins from.
 *
 * @param kind what the network learns to say
 * @param seed what all random numbers come from
 * @param model backbone and head
 * @param view how views are cut from pictures; for key points without mirroring, which would swap right and left
 * @param augment changes of grey values, and their normalisation
 * @param loss what is made small
 * @param optimizer how
 */
public record TransferConfig(TransferKind kind, long seed, TransferModel model, ViewConfig view, Augment augment,
        LossConfig loss, TuningConfig optimizer) {
    /**
     * Checks what no part can check for itself.
     *
     * @throws ConfigException if the backbone does not fit the views
     */
    public TransferConfig {
        model.backbone(view.pixels(), augment.channels());
    }

    /**
     * The paper's (Sec. A.4): views of 448 pixels, mirrored at a chance of one half, turned by up to 7 degrees; grey
     * values as they are.
     */
    public static TransferConfig usual(TransferKind kind, String model) {
        ViewConfig view = ViewConfig.usual(448);
        return new TransferConfig(kind, 0, TransferModel.of(model),
                kind == TransferKind.KEYPOINTS ? view.withFlip(0) : view, Augment.usual().unchanging(),
                LossConfig.usual(), TuningConfig.usual(kind));
    }

    /** What is kept of each picture. */
    public Reduction reduction() {
        return Reduction.squares(view.pixels(), view.leastScale());
    }

    /** The backbone in training; nothing is dropped where it does not learn. */
    public BackboneConfig backbone() {
        BackboneConfig backbone = model.backbone(view.pixels(), augment.channels());
        return optimizer.frozen() ? backbone.withDropPath(0) : backbone;
    }

    /**
     * Reads a configuration that {@link #json} wrote.
     *
     * @throws ConfigException if the text is no JSON, has a key that is not known, or a value that cannot be
     */
    public static TransferConfig parse(String json) {
        return ConfigText.parse(json, usual(TransferKind.CLASSIFY, "swin_nano"));
    }

    /**
     * The same with some values changed.
     *
     * @param changes by names joined by dots, such as {@code optimizer.batch}
     * @throws ConfigException if there is no such key, or a value cannot be
     */
    public TransferConfig with(Map<String, String> changes) {
        return ConfigText.with(this, changes);
    }

    /** All choices as JSON. */
    public String json() {
        return ConfigText.json(this);
    }
}
