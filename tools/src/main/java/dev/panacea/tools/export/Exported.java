package dev.panacea.tools.export;

import dev.panacea.ace.augment.Augment;
import dev.panacea.ace.data.Normalisation;
import dev.panacea.ace.label.LabelSet;
import dev.panacea.ace.study.BackboneSpec;
import dev.panacea.ace.transfer.FineTuned;
import dev.panacea.ace.transfer.TransferKind;
import dev.panacea.nn.ConfigException;
import dev.panacea.nn.model.Backbone;
import dev.panacea.nn.onnx.OnnxExport;
import dev.panacea.nn.onnx.OnnxModel;
import dev.panacea.nn.onnx.OnnxNetwork;
import dev.panacea.nn.onnx.OnnxValue;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.Collectors;

/**
 * A network that is exported.
 *
 * @param network what it computes from pictures that are normalised
 * @param pixels side of its pictures
 * @param channels of its pictures
 * @param normalisation what makes them ready
 * @param texts what its file tells
 */
record Exported(OnnxNetwork network, int pixels, int channels, Normalisation normalisation,
        SequencedMap<String, String> texts) {
    Exported {
        if (channels > normalisation.means().size()) {
            throw new ConfigException("export: pictures of " + channels + " channels (need 3 at most: --colours)");
        }
    }

    /** A backbone: its tokens, and one embedding of each picture. */
    static Exported of(Backbone backbone, BackboneSpec spec) {
        SequencedMap<String, String> texts = new LinkedHashMap<>();
        texts.put("model", spec.name());
        return new Exported((pictures, pass) -> {
            Backbone.Encoding<OnnxValue> encoding = backbone.encode(pictures, pass);
            return results("tokens", encoding.tokens(), "pooled", encoding.pooled());
        }, backbone.config().imagePixels(), backbone.config().colours(), spec.normalisation(), texts);
    }

    /** The backbone of a network for a task. */
    static Exported backbone(FineTuned tuned) {
        Augment augment = tuned.config().augment();
        Backbone backbone = tuned.network().backbone();
        return of(backbone, BackboneSpec.foreign(tuned.config().model().name(), backbone.config(),
                Normalisation.grey(augment.mean(), augment.deviation())));
    }

    /** A network for a task: its logits, and what it answers, pixel by pixel where it does not speak of the whole. */
    static Exported of(FineTuned tuned) {
        Exported backbone = backbone(tuned);
        SequencedMap<String, String> texts = new LinkedHashMap<>(backbone.texts);
        texts.put("task", tuned.config().kind().label());
        texts.put("data", tuned.facts().set());
        texts.put("labels", String.join(",", tuned.facts().labels()));
        boolean one = tuned.facts().kind() == LabelSet.Kind.ONE;
        return new Exported((pictures, pass) -> {
            OnnxValue logits = tuned.network().forward(pictures, pass);
            return switch (tuned.config().kind()) {
                case CLASSIFY -> results("logits", logits, "probabilities", one ? logits.softmax(1) : logits.sigmoid());
                case SEGMENT -> results("logits", logits, "probabilities", logits.sigmoid());
                case KEYPOINTS -> new LinkedHashMap<>(Map.of("heatmaps", logits));
            };
        }, backbone.pixels, backbone.channels, backbone.normalisation, texts);
    }

    private static SequencedMap<String, OnnxValue> results(String name, OnnxValue value, String other, OnnxValue next) {
        SequencedMap<String, OnnxValue> results = new LinkedHashMap<>();
        results.put(name, value);
        results.put(other, next);
        return results;
    }

    /**
     * The file.
     *
     * @param batch pictures that are fed at once; 0 for any number
     * @param grey whether they are grey values in 0..1 [B, 1, H, W], which the network then normalises itself
     */
    OnnxModel model(int batch, boolean grey) {
        int fed = grey ? 1 : channels;
        OnnxNetwork whole = grey ? (pictures, pass) -> network.outputs(normalised(pictures), pass) : network;
        OnnxModel model = batch == 0 ? OnnxExport.anyBatch(Shape.of(fed, pixels, pixels), whole)
                : OnnxExport.fixed(Shape.of(batch, fed, pixels, pixels), whole);
        texts.forEach(model::with);
        return model.with("pixels", Integer.toString(pixels)).with("input", grey ? "grey 0..1" : "normalised")
                .with("mean", joined(normalisation.means())).with("std", joined(normalisation.deviations()));
    }

    private String joined(List<Double> numbers) {
        return numbers.subList(0, channels).stream().map(String::valueOf).collect(Collectors.joining(","));
    }

    /** {@code (x − mean) / deviation} in each channel, of which there is one. */
    private <T extends TensorOps<T>> T normalised(T grey) {
        float[] scales = new float[channels];
        float[] shifts = new float[channels];
        for (int channel = 0; channel < channels; channel++) {
            double deviation = normalisation.deviations().get(channel);
            scales[channel] = (float) (1 / deviation);
            shifts[channel] = (float) (-normalisation.means().get(channel) / deviation);
        }
        Shape each = Shape.of(channels, 1, 1);
        T all = TensorOps.concat(1, Collections.nCopies(channels, grey));
        return all.mul(grey.lift(Tensor.of(each, scales))).add(grey.lift(Tensor.of(each, shifts)));
    }
}
