package dev.panacea.ace.study;

import dev.panacea.ace.augment.Augment;
import dev.panacea.ace.data.Normalisation;
import dev.panacea.ace.head.DenseBackbone;
import dev.panacea.ace.train.PretrainConfig;
import dev.panacea.ace.transfer.FineTuned;
import dev.panacea.ace.transfer.TransferConfig;
import dev.panacea.ace.transfer.TransferRun;
import dev.panacea.nn.CheckpointException;
import dev.panacea.nn.ConfigException;
import dev.panacea.nn.Parameters;
import dev.panacea.nn.checkpoint.CheckpointFolder;
import dev.panacea.nn.checkpoint.Metric;
import dev.panacea.nn.model.Backbone;
import dev.panacea.nn.model.BackboneConfig;
import dev.panacea.nn.model.SwinConfig;
import dev.panacea.nn.weight.LoadOptions;
import dev.panacea.nn.weight.LoadReport;
import dev.panacea.nn.weight.WeightFile;
import dev.panacea.nn.weight.WeightLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A network before it has weights, and how pictures are made ready for it.
 *
 * <pre>{@code
 * Path file = BackboneSpec.checkpoint(Path.of("runs/pretrain"));
 * BackboneSpec spec = BackboneSpec.toldBy(file).orElseThrow();
 * Backbone teacher = spec.load(file, LoadOptions.DEFAULT).backbone();
 * FeatureExtractor features = new BackboneFeatures(teacher, spec, BackboneFeatures.Pooling.TOKENS, 8);
 * }</pre>
 *
 * @param name of the model, such as {@code swin_nano}
 * @param model its sizes; its pictures are views
 * @param imagePixels side of a whole picture, see {@link FeatureExtractor#imagePixels}
 * @param normalisation what intensities become
 * @param augment how views are changed in training
 * @param dense whether its tokens are those after the dense head, which training matches, and not the backbone's
 */
public record BackboneSpec(String name, BackboneConfig model, int imagePixels, Normalisation normalisation,
        Augment augment, boolean dense) {
    /**
     * A loaded backbone, and what the load did.
     *
     * @param backbone in evaluation
     * @param report which weights it got
     */
    public record Loaded(Backbone backbone, LoadReport report) {}

    /** The teacher's backbone of a pretraining run. */
    public static BackboneSpec of(PretrainConfig config) {
        return new BackboneSpec(config.model().name(), config.model().teacher(config.grid(),
                config.augment().channels()), config.grid().imagePixels(),
                Normalisation.grey(config.augment().mean(), config.augment().deviation()), config.augment(),
                false);
    }

    /** The backbone of a fine-tuned network. */
    public static BackboneSpec of(TransferConfig config) {
        BackboneSpec spec = foreign(config.model().name(), config.backbone().withDropPath(0),
                Normalisation.grey(config.augment().mean(), config.augment().deviation()));
        return new BackboneSpec(spec.name, spec.model, spec.imagePixels, spec.normalisation, config.augment(), false);
    }

    /** A model whose file does not tell what it is; a view is 7/16 of a picture, as in the paper, in whole tokens. */
    public static BackboneSpec foreign(String name, BackboneConfig model, Normalisation normalisation) {
        int token = model instanceof SwinConfig swin ? swin.patchPixels() << swin.depths().size() - 1
                : model.patchPixels();
        int image = token * (int) Math.round(model.imagePixels() * 16.0 / 7 / token);
        return new BackboneSpec(name, model, image, normalisation, Augment.usual(), false);
    }

    /** The same, with tokens after the dense head or without. */
    public BackboneSpec withDense(boolean other) {
        return new BackboneSpec(name, model, imagePixels, normalisation, augment, other);
    }

    /**
     * What a checkpoint of a run of pretraining or fine-tuning says of itself; empty for weights from elsewhere.
     *
     * @throws dev.panacea.tensor.DataException if the file cannot be read
     * @throws ConfigException if what it says cannot be
     */
    public static Optional<BackboneSpec> toldBy(Path file) {
        try (WeightFile weights = WeightFile.open(file)) {
            String pretrained = weights.texts().get("config");
            String tuned = weights.texts().get(TransferRun.CONFIG);
            return pretrained != null ? Optional.of(of(PretrainConfig.parse(pretrained)))
                    : Optional.ofNullable(tuned).map(text -> of(TransferConfig.parse(text)));
        } catch (ConfigException e) {
            throw new ConfigException("checkpoint " + file + ": " + e.getMessage());
        }
    }

    /**
     * The file that a person means: in the folder of a run of fine-tuning the checkpoint that answers best, in that of
     * another run the last one; or the file itself.
     *
     * @throws CheckpointException if a folder has none, or it is damaged
     */
    public static Path checkpoint(Path given) {
        if (!Files.isDirectory(given)) {
            return given;
        }
        if (FineTuned.isFineTuned(given)) {
            return FineTuned.checkpoint(given);
        }
        Path inside = given.resolve("checkpoints");
        Path folder = Files.isDirectory(inside) ? inside : given;
        return new CheckpointFolder(folder, 1, Metric.LOWER_IS_BETTER).files().stream().findFirst().orElseThrow(() ->
                new CheckpointException("checkpoint " + given + ": no checkpoint in this folder (name the folder of a"
                        + " run, or a file)"));
    }

    /** What tables call weights that a person names: a run by its folder, a file by its own name without its end. */
    public static String label(Path given) {
        return given.toAbsolutePath().normalize().getFileName().toString()
                .replaceFirst("\\.(safetensors|pth|pt)$", "");
    }

    /** The network that training starts from. */
    public Backbone random(long seed) {
        return make(Parameters.of(seed));
    }

    private Backbone make(Parameters parameters) {
        return dense ? new DenseBackbone(parameters, model) : model.make(parameters);
    }

    /**
     * The network with the weights of a file.
     *
     * @throws CheckpointException if they do not fit, or lack the dense head that tokens are asked of
     * @throws dev.panacea.tensor.DataException if the file cannot be read
     */
    public Loaded load(Path file, LoadOptions options) {
        Parameters parameters = Parameters.zeros();
        Backbone backbone = make(parameters);
        try (WeightFile weights = WeightFile.open(file)) {
            LoadReport report = WeightLoader.load(weights, parameters, options);
            if (dense && !report.missing().isEmpty()) {
                throw new CheckpointException("checkpoint " + file + ": no dense head that fits: "
                        + report.missing().getFirst() + " is missing (take the tokens of the backbone)");
            }
            return new Loaded(backbone, report);
        }
    }
}
