package dev.panacea.ace.transfer;

import dev.panacea.ace.metric.HeatMap;
import dev.panacea.nn.ConfigException;
import dev.panacea.nn.explain.GradCam;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Tensor;

/** Which places of a view speak for a label, by {@link GradCam} of a fine-tuned classifier. */
public final class LabelHeat {
    private final TransferConfig config;
    private final TransferNetwork network;

    /**
     * Maps of a network.
     *
     * @throws ConfigException if it is no classifier
     */
    public LabelHeat(TransferConfig config, TransferNetwork network) {
        if (network.classifier() == null) {
            throw new ConfigException("heat maps: the task is to " + config.kind().label()
                    + " (they are for classify: leave them out)");
        }
        this.config = config;
        this.network = network;
    }

    /**
     * The map of a label over a view: 0 where nothing speaks for it, a place for each token of the last block.
     *
     * @param view one of {@link Inference#views}, [C, V, V]
     * @param label its number
     * @return [h, h]
     */
    public HeatMap of(float[] view, int label) {
        int pixels = config.view().pixels();
        try (MemoryScope _ = MemoryScope.open("heat")) {
            Tensor picture = Tensor.of(Shape.of(1, config.augment().channels(), pixels, pixels), view);
            Tensor map = GradCam.map(network.backbone(), picture, GradCam.ofClass(network.classifier(), label));
            return new HeatMap(map.dim(2), map.toFloats());
        }
    }
}
