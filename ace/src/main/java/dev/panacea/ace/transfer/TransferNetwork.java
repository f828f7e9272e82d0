package dev.panacea.ace.transfer;

import dev.panacea.nn.Parameter;
import dev.panacea.nn.Parameters;
import dev.panacea.nn.Pass;
import dev.panacea.nn.layer.Layer;
import dev.panacea.nn.model.Backbone;
import dev.panacea.nn.model.BackboneConfig;
import dev.panacea.nn.model.Classifier;
import dev.panacea.nn.model.PyramidClassifier;
import dev.panacea.nn.model.UperNet;
import dev.panacea.nn.model.UperNetConfig;
import dev.panacea.nn.model.VitConfig;
import dev.panacea.tensor.TensorOps;
import java.util.List;

/**
 * A backbone with a head: one linear layer, on the pooled embedding or on what stands out in maps of several
 * resolutions, or a UPerNet. Parameters are {@code backbone.…} and {@code head.…}, or what a UPerNet calls its own.
 */
public final class TransferNetwork {
    private static final String BACKBONE = "backbone.";
    private static final String LAST_NORM = "backbone.norm."; // a ViT's, which its maps do not go through

    private final Parameters parameters;
    private final Backbone backbone;
    private final Layer head;

    /**
     * Makes backbone and head.
     *
     * @param parameters an empty list, which gets all
     * @param labels what the head tells apart
     */
    public TransferNetwork(Parameters parameters, TransferConfig config, int labels) {
        this.parameters = parameters;
        BackboneConfig shape = config.backbone();
        Parameters inside = parameters.at("backbone");
        backbone = shape.make(shape.isNarrow() ? inside.narrow() : inside);
        head = switch (config.kind()) {
            case CLASSIFY -> switch (config.model().pool()) {
                case EMBEDDING -> new Classifier(parameters, backbone, labels);
                case PYRAMID -> new PyramidClassifier(parameters, backbone, labels);
            };
            case SEGMENT, KEYPOINTS -> new UperNet(parameters, backbone,
                    UperNetConfig.of(labels).withChannels(config.model().headChannels()));
        };
    }

    /** All parameters. */
    public Parameters parameters() {
        return parameters;
    }

    /** The backbone. */
    public Backbone backbone() {
        return backbone;
    }

    /** What answers: a {@link Classifier}, a {@link PyramidClassifier} or a {@link UperNet}, over the backbone. */
    public Layer head() {
        return head;
    }

    /** Pictures [B, C, V, V] → logits of labels [B, L], or of each pixel [B, L, V, V]. */
    public <T extends TensorOps<T>> T forward(T pictures, Pass<T> pass) {
        return head.forward(pictures, pass);
    }

    /** What learns: all that the task asks for, or the head alone. */
    List<Parameter> trained(boolean frozen) {
        boolean unused = !(head instanceof Classifier) && backbone.config() instanceof VitConfig;
        return parameters.trainable().stream().filter(parameter -> !frozen || isHead(parameter))
                .filter(parameter -> !unused || !parameter.path().startsWith(LAST_NORM)).toList();
    }

    /** Whether a parameter is the head's. */
    static boolean isHead(Parameter parameter) {
        return !parameter.path().startsWith(BACKBONE);
    }
}
