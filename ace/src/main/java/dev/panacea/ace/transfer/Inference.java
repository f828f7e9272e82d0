package dev.panacea.ace.transfer;

import dev.panacea.ace.data.Ahead;
import dev.panacea.ace.data.Picture;
import dev.panacea.ace.data.Reduction;
import dev.panacea.ace.example.Example;
import dev.panacea.ace.example.Examples;
import dev.panacea.ace.example.Placement;
import dev.panacea.ace.run.LoadLimits;
import dev.panacea.nn.ConfigException;
import dev.panacea.nn.Pass;
import dev.panacea.tensor.DataException;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * A network's answers about pictures, each seen as a whole, or as the mean over ten crops of it.
 */
public final class Inference {
    private final TransferConfig config;
    private final TransferTask task;
    private final TransferNetwork network;
    private final LoadLimits limits;
    private final List<Placement> placements;

    /** Views of one example, out of any memory scope. */
    private record Seen(Example example, List<float[]> views) {}

    /**
     * Answers of a network.
     *
     * @param tenCrop whether ten crops are seen in place of the whole, which classifiers alone can
     * @throws ConfigException if they are asked of another
     */
    public Inference(TransferConfig config, TransferTask task, TransferNetwork network, boolean tenCrop,
            LoadLimits limits) {
        if (tenCrop && config.kind() != TransferKind.CLASSIFY) {
            throw new ConfigException("ten crops: the task is to " + config.kind().label()
                    + " (they are for classify: leave them out)");
        }
        this.config = config;
        this.task = task;
        this.network = network;
        this.limits = limits;
        placements = tenCrop ? config.view().ten() : List.of(config.view().whole());
    }

    /**
     * What the network says of one picture.
     *
     * @return probabilities of labels [L], of pixels of the view [L, V, V], or column, row and height of each key point
     *     in the view [L, 3]
     */
    public float[] answer(Picture picture) {
        return answers(List.of(views(picture))).getFirst();
    }

    /**
     * What the network reads of a picture, for any thread to make: the whole of it or ten crops.
     *
     * @return views, each [C, V, V]
     */
    public List<float[]> views(Picture picture) {
        Reduction reduction = config.reduction();
        Picture reduced = reduction.apply(picture);
        return placements.stream().map(placement -> TransferLoader.values(placement.view(reduced,
                config.view().pixels()), config.augment())).toList();
    }

    /**
     * What the network says of pictures, as {@link #answer} of each.
     *
     * @param pictures the {@link #views} of each
     */
    public List<float[]> answers(List<List<float[]>> pictures) {
        List<float[]> answers = new ArrayList<>();
        List<float[]> views = pictures.stream().flatMap(List::stream).toList();
        int pixels = config.view().pixels();
        int most = config.optimizer().batch();
        for (int from = 0; from < views.size(); from += most) {
            List<float[]> some = views.subList(from, Math.min(views.size(), from + most));
            try (MemoryScope _ = MemoryScope.open("inference")) {
                Tensor input = Tensor.of(Shape.of(some.size(), config.augment().channels(), pixels,
                        pixels), some);
                answers.addAll(task.answers(network.forward(input, Pass.EVALUATION)));
            }
        }
        int each = placements.size();
        return IntStream.range(0, pictures.size()).mapToObj(i ->
                task.mean(answers.subList(i * each, (i + 1) * each))).toList();
    }

    /**
     * What the network says of examples, and the truth.
     *
     * @param done told how many pictures are done, after each batch
     * @throws DataException if a picture cannot be read: what is reported is about all
     */
    public Predictions predictions(Examples examples, IntConsumer done) {
        TransferTask.Collector collector = task.collector();
        int batch = Math.max(1, config.optimizer().batch() / placements.size());
        try (Ahead<Seen> ahead = new Ahead<>(examples.size(), i -> {
            Example example = examples.read((int) i);
            return new Seen(example, views(example.picture()));
        }, limits.threads(), 2 * batch + limits.threads())) {
            for (int from = 0; from < examples.size(); from += batch) {
                List<Seen> some = new ArrayList<>();
                while (some.size() < batch && ahead.hasNext()) {
                    some.add(ahead.next());
                }
                List<float[]> answers = answers(some.stream().map(Seen::views).toList());
                for (int i = 0; i < some.size(); i++) {
                    collector.add(some.get(i).example, answers.get(i));
                }
                done.accept(from + some.size());
            }
        }
        return collector.predictions();
    }
}
