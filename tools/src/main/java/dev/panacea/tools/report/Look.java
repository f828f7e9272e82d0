package dev.panacea.tools.report;

import dev.panacea.ace.inspect.MatchingMap;
import dev.panacea.ace.inspect.Spectrum;
import dev.panacea.ace.inspect.TokenPca;
import dev.panacea.ace.train.Batch;
import dev.panacea.ace.train.PretrainStep;
import dev.panacea.nn.Pass;
import dev.panacea.nn.model.Backbone;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * The pictures as networks see them, trained or not.
 *
 * @param whole tokens of each whole picture
 * @param first of each C1
 * @param second of each C2
 * @param spectrum of all these tokens together
 * @param matches matching matrices of each picture
 */
record Look(List<Tokens> whole, List<Tokens> first, List<Tokens> second, Spectrum spectrum,
        MatchingMap.Levels matches) {
    /**
     * The teacher's tokens of one picture or view.
     *
     * @param side tokens in a row
     * @param values [side · side, K], of length 1
     * @param colours [side · side, 3], by the main directions of all tokens
     */
    record Tokens(int side, float[] values, float[] colours) {}

    /** Shows the pictures to networks. */
    static Look of(PretrainStep networks, List<Shown> pictures) {
        try (MemoryScope _ = MemoryScope.open("look")) {
            Backbone backbone = networks.teacher().backbone();
            Batch batch = Batch.of(pictures.stream().map(Shown::views).toList());
            List<Tensor> all = new ArrayList<>();
            for (int k = 0; k < pictures.size(); k++) {
                all.add(backbone.tokens(pictures.get(k).whole(), Pass.EVALUATION));
                all.add(backbone.tokens(batch.first().slice(0, k, k + 1), Pass.EVALUATION));
                all.add(backbone.tokens(batch.second().slice(0, k, k + 1), Pass.EVALUATION));
            }
            TokenPca pca = TokenPca.of(all);
            List<List<Tokens>> kinds = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
            for (int i = 0; i < all.size(); i++) {
                Tensor tokens = all.get(i);
                kinds.get(i % 3).add(new Tokens(tokens.dim(1), tokens.l2Normalize(-1, 1e-12).toFloats(),
                        pca.colours(tokens)));
            }
            return new Look(kinds.get(0), kinds.get(1), kinds.get(2), pca.spectrum(),
                    MatchingMap.of(networks, batch));
        }
    }
}
