package dev.panacea.tests.transfer;

import dev.panacea.ace.data.Picture;
import dev.panacea.ace.data.PictureFacts;
import dev.panacea.ace.drawn.Point;
import dev.panacea.ace.example.Example;
import dev.panacea.ace.example.ExampleSet;
import dev.panacea.ace.example.Examples;
import dev.panacea.ace.example.Mask;
import dev.panacea.ace.label.LabelSet;
import dev.panacea.ace.run.LoadLimits;
import dev.panacea.ace.transfer.TransferConfig;
import dev.panacea.ace.transfer.TransferKind;
import dev.panacea.ace.transfer.TransferRun;
import dev.panacea.tensor.DataException;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.RandomSource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/** Small runs of fine-tuning on pictures of a bright and a dim disc, which have classes, masks and points at once. */
public final class Tuning {
    static final int SIDE = 32;
    static final LoadLimits LIMITS = new LoadLimits(2, 0);
    static final List<String> LABELS = List.of("bright", "dim");

    private Tuning() {}

    /** A nano model on views of 32 pixels, batches of 4, 4 epochs, and changes of that by name and value in turn. */
    public static TransferConfig config(TransferKind kind, String model, String... changes) {
        Map<String, String> all = new HashMap<>(Map.ofEntries(
                Map.entry("view.pixels", Integer.toString(SIDE)), Map.entry("augment.channels", "1"),
                Map.entry("model.patch", model.startsWith("swin") ? "2" : "8"), Map.entry("model.window", "4"),
                Map.entry("model.headChannels", "8"), Map.entry("optimizer.batch", "4"),
                Map.entry("optimizer.epochs", "4"), Map.entry("optimizer.warmUpEpochs", "1"),
                Map.entry("optimizer.rate", "0.002"), Map.entry("optimizer.patience", "0")));
        for (int i = 0; i < changes.length; i += 2) {
            all.put(changes[i], changes[i + 1]);
        }
        return TransferConfig.usual(kind, model).with(all);
    }

    /** The label set's kind that fits a task. */
    private static LabelSet.Kind kind(TransferKind kind) {
        return kind == TransferKind.CLASSIFY ? LabelSet.Kind.ANY : LabelSet.Kind.MARKS;
    }

    /** A set for a task, of so many pictures in each part. */
    public static ExampleSet set(TransferKind kind, int train, int validation, int test) {
        return set(kind(kind), new Discs(train + validation + test, Set.of()), train, validation);
    }

    static ExampleSet set(LabelSet.Kind kind, Examples all, int train, int validation) {
        return new ExampleSet("discs", kind, LABELS, part(all, 0, train), part(all, train, train + validation),
                part(all, train + validation, all.size()));
    }

    private static Examples part(Examples all, int from, int to) {
        return all.some(IntStream.range(from, to).toArray());
    }

    /**
     * Pictures of two discs. A label is true where its disc's middle lies in the upper half, not known of every fifth
     * picture; masks are the discs, not known near the left border; the points are their middles, and that of the dim
     * one is not known of every third.
     *
     * @param size how many
     * @param broken numbers of those that cannot be read
     */
    record Discs(int size, Set<Integer> broken) implements Examples {
        @Override
        public String name(int number) {
            return "discs " + number;
        }

        private static Point middle(int number, int disc) {
            RandomSource random = RandomSource.of(5).child(number).child(disc);
            return new Point(0.2 + 0.6 * random.uniform(0), 0.2 + 0.6 * random.uniform(1));
        }

        @Override
        public float[] targets(int number) {
            return new float[] {middle(number, 0).y() < 0.5 ? 1 : 0,
                number % 5 == 4 ? Float.NaN : middle(number, 1).y() < 0.5 ? 1 : 0};
        }

        @Override
        public Example read(int number) {
            if (broken.contains(number)) {
                throw new DataException(name(number) + ": broken (draw it again)");
            }
            float[] grey = new float[SIDE * SIDE];
            List<Mask> masks = new ArrayList<>();
            for (int disc = 1; disc >= 0; disc--) {
                byte[] mask = new byte[SIDE * SIDE];
                Point middle = middle(number, disc).times(SIDE);
                for (int i = 0; i < grey.length; i++) {
                    if (Math.hypot(i % SIDE + 0.5 - middle.x(), i / SIDE + 0.5 - middle.y()) < 4 + disc) {
                        grey[i] = disc == 0 ? 1 : 0.5f;
                        mask[i] = Mask.INSIDE;
                    }
                    mask[i] = i % SIDE < number % 3 ? Mask.UNKNOWN : mask[i];
                }
                masks.addFirst(new Mask(SIDE, SIDE, mask));
            }
            return new Example(name(number), new Picture(SIDE, SIDE, 1, grey, new PictureFacts("discs", 8, List.of())),
                    targets(number), masks, List.of(Optional.of(middle(number, 0)),
                            number % 3 == 2 ? Optional.empty() : Optional.of(middle(number, 1))));
        }
    }

    /** Opens a run with weights of the seed, in the current memory scope. */
    static TransferRun open(TransferConfig config, ExampleSet set, Path folder) {
        return TransferRun.open(TransferRun.Start.random(config, set), folder, LIMITS);
    }

    /** A whole run; what each step said. */
    static List<TransferRun.Done> run(TransferConfig config, ExampleSet set, Path folder) {
        try (MemoryScope _ = MemoryScope.open("run"); TransferRun run = open(config, set, folder)) {
            return steps(run, Long.MAX_VALUE);
        }
    }

    /** So many steps of a run, or as many as there are. */
    static List<TransferRun.Done> steps(TransferRun run, long most) {
        List<TransferRun.Done> done = new ArrayList<>();
        while (!run.isDone() && done.size() < most) {
            done.add(run.next());
        }
        return done;
    }
}
