package dev.panacea.tests.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.panacea.ace.data.Picture;
import dev.panacea.ace.label.LabelSet;
import dev.panacea.ace.run.LoadLimits;
import dev.panacea.ace.transfer.Inference;
import dev.panacea.ace.transfer.LossConfig;
import dev.panacea.ace.transfer.TaskFacts;
import dev.panacea.ace.transfer.TransferConfig;
import dev.panacea.ace.transfer.TransferKind;
import dev.panacea.ace.transfer.TransferModel;
import dev.panacea.ace.transfer.TransferNetwork;
import dev.panacea.ace.transfer.TransferRun;
import dev.panacea.ace.transfer.TransferTask;
import dev.panacea.nn.ConfigException;
import dev.panacea.nn.Parameters;
import dev.panacea.tensor.DataException;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Choices of fine-tuning as text, and which are refused. */
class TransferConfigTest {
    @Test
    void everyKindSurvivesTheWayThroughText() {
        for (TransferKind kind : TransferKind.values()) {
            for (String model : new String[] {"swin_base", "vit_base_patch32_448"}) {
                TransferConfig config = TransferConfig.usual(kind, model);
                assertThat(TransferConfig.parse(config.json())).isEqualTo(config);
                assertThat(config.kind()).isEqualTo(TransferKind.named(kind.label()));
            }
            TransferConfig small = Tuning.config(kind, "swin_nano", "loss.heat", "SQUARES", "seed", "-3");
            assertThat(TransferConfig.parse(small.json())).isEqualTo(small);
        }
    }

    @Test
    void theUsualChoicesAreThePapers() {
        TransferConfig classify = TransferConfig.usual(TransferKind.CLASSIFY, "swin_base");
        assertThat(classify.view().pixels()).isEqualTo(448);
        assertThat(classify.view().flip()).isEqualTo(0.5);
        assertThat(classify.view().degrees()).isEqualTo(7);
        assertThat(classify.model().pool()).isEqualTo(TransferModel.Pool.EMBEDDING);
        assertThat(classify.optimizer().epochs()).isEqualTo(150);
        assertThat(classify.optimizer().rate()).isEqualTo(1e-4);
        assertThat(classify.optimizer().warmUpEpochs()).isEqualTo(20);
        TransferConfig points = TransferConfig.usual(TransferKind.KEYPOINTS, "swin_base");
        assertThat(points.optimizer().epochs()).isEqualTo(500);
        assertThat(points.view().flip()).as("a mirror swaps right and left").isZero();
        assertThat(points.model().headChannels()).isEqualTo(512);
    }

    /** What a deviation of 0.02 is to a layer of 1,024 inputs, it is not to one of 24. */
    @Test
    void modelsNarrowerThanAnyPublishedBeginWithLargerWeights() {
        try (MemoryScope _ = MemoryScope.open("networks")) {
            for (String model : List.of("swin_nano", "vit_nano", "swin_tiny", "vit_tiny")) {
                Parameters all = Parameters.of(1);
                new TransferNetwork(all, TransferConfig.usual(TransferKind.CLASSIFY, model), 2);
                String block = model.startsWith("swin") ? "backbone.layers.1.blocks.0." : "backbone.blocks.1.";
                for (String layer : List.of("attn.qkv", "attn.proj", "mlp.fc1", "mlp.fc2")) {
                    Tensor weight = all.find(block + layer + ".weight").orElseThrow().value();
                    double expected = 0.88 * (model.endsWith("nano") ? 1 / Math.sqrt(weight.dim(1)) : 0.02); // cut off
                    assertThat(Math.sqrt(weight.mul(weight).mean(false).item())).as(model + " " + layer)
                            .isCloseTo(expected, within(0.05 * expected));
                }
            }
        }
    }

    @Test
    void someChoicesChangeAlone() {
        TransferConfig usual = TransferConfig.usual(TransferKind.SEGMENT, "vit_nano");
        TransferConfig changed = usual.with(Map.of("loss.heat", "SQUARES", "optimizer.frozen", "true", "seed", "7",
                "optimizer.epochs", "2"));
        assertThat(changed.loss()).isEqualTo(new LossConfig(usual.loss().classWeights(), usual.loss().dice(),
                usual.loss().sigma(), LossConfig.Heat.SQUARES));
        assertThat(changed.optimizer().frozen()).isTrue();
        assertThat(changed.optimizer().epochs()).isEqualTo(2);
        assertThat(changed.seed()).isEqualTo(7);
        assertThat(changed.view()).isEqualTo(usual.view());
        assertThat(TransferConfig.parse("{\"kind\": \"KEYPOINTS\"}").kind()).isEqualTo(TransferKind.KEYPOINTS);
    }

    @Test
    void refusals() {
        Map<String, String> refused = new LinkedHashMap<>();
        refused.put("{\"optimizer\": {\"batches\": 4}}",
                "config: unknown key \"optimizer.batches\" (did you mean optimizer.batch?)");
        refused.put("{\"optimizer\": {\"batch\": 4.5}}", "config: optimizer.batch is \"4.5\" (need a whole number)");
        refused.put("{\"optimizer\": {\"batch\": 0}}", "optimizer: batch 0, epochs ");
        refused.put("{\"optimizer\": {\"patience\": -1}}", "optimizer: batch 32, epochs ");
        refused.put("{\"optimizer\": {\"validateEpochs\": 0}}", "optimizer: batch 32, epochs ");
        refused.put("{\"optimizer\": {\"layerDecay\": 1.1}}", "optimizer: rate ");
        refused.put("{\"optimizer\": {\"rate\": -0.1}}", "optimizer: rate ");
        refused.put("{\"optimizer\": {\"clip\": 1e999}}", "optimizer: rate ");
        refused.put("{\"loss\": {\"sigma\": 0.01}}", "loss: dice 1.0, sigma 0.01 ");
        refused.put("{\"loss\": {\"dice\": -1}}", "loss: dice -1.0, ");
        refused.put("{\"loss\": {\"heat\": \"SQUARE\"}}", "config: ");
        refused.put("{\"kind\": \"DETECT\"}", "config: ");
        refused.put("{\"kind\": 1}", "config: kind is \"1\" (need a text)");
        refused.put("{\"model\": {\"name\": \"swin_giant\"}}", "model swin_giant: unknown name (need one of ");
        refused.put("{\"model\": {\"window\": 0}}", "swin: image 448, patch 4, window 0 (need ");
        refused.put("{\"model\": {\"headChannels\": 0}}", "model: headChannels 0 ");
        refused.put("{\"model\": {\"pool\": \"MEAN\"}}", "config: ");
        refused.put("{\"model\": {\"dropPath\": 1}}", "swin: epsilon ");
        refused.put("{\"view\": {\"pixels\": 450}}", "swin: image 450, patch 4, window 7 (need image a multiple of ");
        refused.put("{\"augment\": {\"channels\": 2}}", "augment: mean ");
        refused.put("{\"model\": null}", "config: model is \"null\" (need an object)");
        refused.put("{\"seed\": 1} {", "config: not JSON: ");
        refused.forEach((text, message) -> assertThatThrownBy(() -> TransferConfig.parse(text)).as(text)
                .isInstanceOf(ConfigException.class).hasMessageStartingWith(message).hasMessageNotContaining("\n"));
        assertThatThrownBy(() -> TransferKind.named("segmentation")).isInstanceOf(ConfigException.class)
                .hasMessage("transfer: unknown kind: segmentation (need classify, segment or keypoints)");
    }

    @Test
    void onlyClassifiersSeeTenCrops() {
        try (MemoryScope _ = MemoryScope.open("ten")) {
            for (TransferKind kind : TransferKind.values()) {
                TransferConfig config = Tuning.config(kind, "vit_nano");
                TransferRun.Start start = TransferRun.Start.random(config, Tuning.set(kind, 1, 0, 0));
                if (kind == TransferKind.CLASSIFY) {
                    isTheMeanOfTen(new Inference(config, start.task(), start.network(), true, LoadLimits.usual()),
                            new Inference(config, start.task(), start.network(), false, LoadLimits.usual()),
                            start.set().train().read(0).picture());
                    continue;
                }
                assertThatThrownBy(() -> new Inference(config, start.task(), start.network(), true,
                        LoadLimits.usual())).isInstanceOf(ConfigException.class).hasMessage("ten crops: the task is to "
                                + kind.label() + " (they are for classify: leave them out)");
            }
        }
    }

    private static void isTheMeanOfTen(Inference ten, Inference one, Picture picture) {
        List<float[]> views = ten.views(picture);
        assertThat(views).hasSize(10);
        List<float[]> each = one.answers(views.stream().map(List::of).toList());
        float[] answer = ten.answer(picture);
        for (int label = 0; label < answer.length; label++) {
            int at = label;
            assertThat(answer[label]).isCloseTo((float) each.stream().mapToDouble(view -> view[at]).average()
                    .orElseThrow(), within(1e-5f));
        }
        assertThat(each.getFirst()).isNotEqualTo(each.get(3));
        assertThatThrownBy(() -> one.answer(new Picture(8, 8, 3, new float[192], picture.facts())))
                .isInstanceOf(DataException.class).hasMessage("picture: 3 channels (need a grey one)");
    }

    @Test
    void aSetWithoutLabelsIsRefused() {
        TransferConfig config = Tuning.config(TransferKind.CLASSIFY, "vit_nano");
        assertThatThrownBy(() -> TransferTask.of(config, new TaskFacts("films", LabelSet.Kind.ANY, List.of())))
                .isInstanceOf(DataException.class)
                .hasMessage("data set films: no labels (name another --task)");
    }
}
