package dev.panacea.ace.transfer;

import dev.panacea.ace.metric.HeatMap;
import dev.panacea.nn.ConfigException;
import dev.panacea.nn.Pass;
import dev.panacea.nn.explain.GradCam;
import dev.panacea.nn.model.Classifier;
import dev.panacea.nn.model.PyramidClassifier;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Tensor;

/**
 * Which places of a view speak for a label of a fine-tuned classifier: by {@link GradCam} where it reads the pooled
 * embedding, by {@link PyramidClassifier#evidence} where it reads maps.
 */
public final class LabelHeat {
    private final TransferConfig config;
    private final TransferNetwork network;

    /**
     * Maps of a network.
     *
     * @throws ConfigException if it is no classifier
     */
    public LabelHeat(TransferConfig config, TransferNetwork network) {
        if (config.kind() != TransferKind.CLASSIFY) {
            throw new ConfigException("heat maps: the task is to " + config.kind().label()
                    + " (they are for classify: leave them out)");
        }
        this.config = config;
        this.network = network;
    }

    /** What its maps are called. */
    public String method() {
        return network.head() instanceof Classifier ? "Grad-CAM" : "evidence";
    }

    /**
     * The map of a label over a view, 0 where nothing speaks for it: a place for each token of the last block, or for
     * each 4 × 4 pixels where the network reads maps.
     *
     * @param view one of {@link Inference#views}, [C, V, V]
     * @param label its number
     * @return [h, h]
     */
    public HeatMap of(float[] view, int label) {
        int pixels = config.view().pixels();
        try (MemoryScope _ = MemoryScope.open("heat")) {
            Tensor picture = Tensor.of(Shape.of(1, config.augment().channels(), pixels, pixels), view);
            Tensor map = network.head() instanceof Classifier classifier
                    ? GradCam.map(network.backbone(), picture, GradCam.ofClass(classifier, label))
                    : ((PyramidClassifier) network.head()).evidence(picture, Pass.EVALUATION).select(1, label).relu();
            return new HeatMap(map.dim(2), map.toFloats());
        }
    }
}
