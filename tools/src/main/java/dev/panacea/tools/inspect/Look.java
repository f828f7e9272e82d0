package dev.panacea.tools.inspect;

import dev.panacea.ace.data.Picture;
import dev.panacea.ace.data.Preparation;
import dev.panacea.ace.inspect.TokenPca;
import dev.panacea.ace.inspect.TokenSimilarity;
import dev.panacea.ace.study.BackboneSpec;
import dev.panacea.nn.Pass;
import dev.panacea.nn.explain.AttentionMap;
import dev.panacea.nn.explain.GradCam;
import dev.panacea.nn.explain.Rollout;
import dev.panacea.nn.explain.TokenGrid;
import dev.panacea.nn.model.Backbone;
import dev.panacea.tensor.Backends;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Tensor;
import dev.panacea.tools.study.Subject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What one network sees in one picture. Tensors belong to the current memory scope. */
final class Look {
    private static final int HEADS = 8; // shown of one block
    private static final double[][] PLACES = {{0.5, 0.5}, {0.35, 0.3}, {0.7, 0.65}}; // of queries: rows, columns

    private final Subject network;
    private final Backbone backbone;
    private final Tensor input; // [1, C, S, S]
    private final Tensor tokens; // [1, h, w, K]

    Look(Subject network, Picture picture, int pixels) {
        this.network = network;
        backbone = network.features().backbone();
        BackboneSpec spec = network.features().spec();
        Preparation preparation = new Preparation(pixels, spec.model().colours(), Preparation.Fit.STRETCH,
                spec.normalisation());
        input = Tensor.of(Shape.of(1, preparation.channels(), pixels, pixels), preparation.apply(picture))
                .to(Backends.current());
        tokens = backbone.tokens(input, Pass.EVALUATION);
    }

    /** How many tokens it makes of the picture, along a side. */
    int side() {
        return tokens.dim(1);
    }

    /** All parts of the page. */
    List<Part> parts(List<ClassHead> heads, int[] classes) {
        List<Part> parts = new ArrayList<>();
        parts.addAll(attention());
        parts.add(cam(heads, classes));
        parts.add(colours());
        parts.add(nearest());
        return parts;
    }

    private List<Part> attention() {
        List<AttentionMap> maps = new ArrayList<>();
        List<Pane> blocks = new ArrayList<>();
        List<Pane> queries = new ArrayList<>();
        AttentionMap.each(backbone, input, map -> {
            AttentionMap mean = map.mean();
            blocks.add(pane(map.block(), map, read(mean, 0)));
            if (!maps.isEmpty() && !maps.getLast().grid().equals(map.grid())) {
                queries.addAll(queries(maps.getLast().mean()));
            }
            if (!maps.isEmpty() && maps.getLast().grid().equals(map.grid())) {
                maps.removeLast();
            }
            maps.add(map); // the last of each stage
        });
        queries.addAll(queries(maps.getLast().mean()));
        List<Pane> heads = new ArrayList<>();
        for (AttentionMap map : maps) {
            for (int head = 0; head < Math.min(HEADS, map.heads()); head++) {
                heads.add(pane(map.block() + ", head " + head, map, read(map, head)));
            }
        }
        boolean vit = maps.getLast().grid().classTokens() > 0;
        String what = vit ? "how much the class token reads of each patch" : "how much each token is read by all others"
                + " of its window, on the average";
        Rollout rollout = Rollout.of(backbone, input);
        TokenGrid grid = rollout.grid();
        return List.of(
                new Part("Attention, block by block", "Mean over the heads: " + what + ".", blocks),
                new Part("Attention of heads", "In the last block" + (vit ? "" : " of each stage") + ", the first "
                        + HEADS + " heads: " + what + ".", heads),
                new Part("Attention of places", "In the last block" + (vit ? "" : " of each stage") + ", mean over the"
                        + " heads: what the outlined token reads" + (vit ? " of the patches." : " of its window."),
                        queries),
                new Part("Attention rollout", "How much of each token at the first block reaches the pooled embedding"
                        + " through all blocks, each half attention, half residual (Abnar and Zuidema 2020)"
                        + (vit ? "; what stays in the class token is left out."
                        : "; merged tokens hand on equal parts."),
                        List.of(Pane.heat("rollout", grid.patches(rollout.pooled(0)), grid.columns(), -1))));
    }

    private static double[] read(AttentionMap map, int head) {
        return map.grid().classTokens() > 0 ? map.row(0, head, 0) : map.read(0, head);
    }

    private static Pane pane(String caption, AttentionMap map, double[] values) {
        return Pane.heat(caption, map.grid().patches(values), map.grid().columns(), -1);
    }

    private static List<Pane> queries(AttentionMap mean) {
        TokenGrid grid = mean.grid();
        return Arrays.stream(PLACES).map(place -> {
            int row = (int) (place[0] * grid.rows());
            int column = (int) (place[1] * grid.columns());
            return Pane.heat(mean.block() + ", row " + row + ", column " + column,
                    grid.patches(mean.row(0, 0, grid.token(row, column))), grid.columns(),
                    row * grid.columns() + column);
        }).toList();
    }

    private Part cam(List<ClassHead> heads, int[] classes) {
        List<Pane> panes = new ArrayList<>();
        panes.add(Pane.heat("embedding", GradCam.map(backbone, input, GradCam.ofEmbedding(backbone)).toDoubles(),
                tokens.dim(2), -1));
        for (ClassHead head : heads) {
            for (int index : head.shown(backbone.pooled(input, Pass.EVALUATION), classes)) {
                panes.add(Pane.heat(head.caption(index), GradCam.map(backbone, input, head.score(backbone, index))
                        .toDoubles(), tokens.dim(2), -1));
            }
        }
        return new Part("Grad-CAM", "Which places speak for the pooled embedding as it is"
                + (heads.isEmpty() ? "" : ", and for classes") + ": tokens before the last block, weighed by the mean"
                + " gradient of half the embedding's squared length"
                + (heads.isEmpty() ? "" : " or of the class's logit") + ", what is positive of their sum"
                + " (Selvaraju et al. 2017).", panes);
    }

    private Part colours() {
        return new Part("Main directions of tokens", "The three directions in which the tokens of this picture differ"
                + " most are red, green and blue: tokens of one colour are alike.",
                List.of(Pane.colours("directions 1, 2, 3", TokenPca.of(List.of(tokens)).colours(tokens),
                        tokens.dim(2))));
    }

    private Part nearest() {
        double[] cosines = TokenSimilarity.cosines(tokens, tokens).toDoubles();
        int count = tokens.dim(1) * tokens.dim(2);
        List<Pane> panes = Arrays.stream(PLACES).map(place -> {
            int token = (int) (place[0] * tokens.dim(1)) * tokens.dim(2) + (int) (place[1] * tokens.dim(2));
            return Pane.heat("cosine", Arrays.copyOfRange(cosines, token * count, (token + 1) * count), tokens.dim(2),
                    token);
        }).toList();
        return new Part("Nearest tokens", "How much each token is like the outlined one: the cosine of both.", panes);
    }

    /** The network's own line of facts. */
    String name() {
        return network.label();
    }
}
