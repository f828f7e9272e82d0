package dev.panacea.tools.transfer;

import dev.panacea.ace.data.Ahead;
import dev.panacea.ace.data.ImageDecoder;
import dev.panacea.ace.data.Picture;
import dev.panacea.ace.run.LoadLimits;
import dev.panacea.ace.transfer.FineTuned;
import dev.panacea.ace.transfer.Inference;
import dev.panacea.ace.transfer.TransferKind;
import dev.panacea.nn.ConfigException;
import dev.panacea.tensor.DataException;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tools.DeviceOptions;
import dev.panacea.tools.ListOptions;
import dev.panacea.tools.Progress;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code panacea predict}: what a fine-tuned network says of pictures, in files. */
@Command(name = "predict", mixinStandardHelpOptions = true, sortOptions = false,
        description = {"Ask a fine-tuned network about pictures, which need no labels.",
            "A classifier: predictions.csv, a probability for each label; --heat draws what speaks for one.",
            "Masks: masks/LABEL/NAME.png in the size of each picture, overlays/NAME.png, masks.csv.",
            "Key points: points.csv in pixels of each picture, overlays/NAME.png.",
            "Pictures that share a name get their folder's or a number before or behind it. Films lie as they are"
                + " displayed: a JPEG turned by its camera is turned before. What cannot be read is named and"
                + " left out."},
        footer = {"", "Examples:", "  panacea predict runs/finetune films/ --out answers",
            "  panacea predict runs/finetune film.dcm --heat best --heat Effusion --out answers"})
public final class Predict implements Callable<Integer> {
    private static final int TOLD = 10; // pictures whose answers are printed too

    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "RUN",
            description = "The folder of a run of finetune, of which the best checkpoint is taken, or a checkpoint.")
    private Path run;

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "PICTURES",
            description = "Files, folders (all files below them), or lists: .txt with a name a line, .csv with a column"
                    + " of names.")
    private List<Path> sources;

    @Mixin
    private OutFolder folder;

    @Option(names = "--heat", paramLabel = "LABEL|best|all", split = ",",
            description = "Classifiers: draw where they look for a label, for the most probable one, or for each, by"
                    + " Grad-CAM or, where they read maps, by what each place says: heat/LABEL/NAME.png"
                    + " and heat.csv. The hottest place of each map has the same colour, however probable the label. May"
                    + " be repeated.")
    private List<String> heat = List.of();

    @Option(names = "--ten-crop", description = "Classifiers: the mean over ten crops in place of the whole picture.")
    private boolean tenCrop;

    @Option(names = "--probabilities",
            description = "Masks: probabilities in grey, 0 to 255, in place of black and white (above one half).")
    private boolean probabilities;

    @Option(names = "--batch", defaultValue = "8", paramLabel = "N",
            description = "Pictures computed at once, a matter of speed alone (default: ${DEFAULT-VALUE}).")
    private int batch;

    @Mixin
    private ListOptions lists;

    @Mixin
    private DeviceOptions device;

    /** What picocli fills in. */
    public Predict() {}

    /** Writes the answers; exit code 1 where no picture could be read. */
    @Override
    public Integer call() {
        if (batch < 1 || batch > 4096) {
            throw new ParameterException(spec.commandLine(), "--batch: out of range: " + batch + " (need 1..4096)");
        }
        Path out = folder.path().orElseThrow(() -> new ParameterException(spec.commandLine(),
                "Missing required option: '--out=DIR'"));
        device.use();
        try (MemoryScope _ = MemoryScope.open("predict")) {
            FineTuned tuned = FineTuned.load(run);
            predict(tuned, answers(tuned, out), out, lists.files(sources, "predict", spec.commandLine().getErr()));
        }
        return 0;
    }

    private Answers answers(FineTuned tuned, Path out) {
        TransferKind kind = tuned.config().kind();
        refuse(!heat.isEmpty() && kind != TransferKind.CLASSIFY, "--heat", kind, TransferKind.CLASSIFY);
        refuse(tenCrop && kind != TransferKind.CLASSIFY, "--ten-crop", kind, TransferKind.CLASSIFY);
        refuse(probabilities && kind != TransferKind.SEGMENT, "--probabilities", kind, TransferKind.SEGMENT);
        return switch (kind) {
            case CLASSIFY -> new ClassAnswers(out, tuned, HeatChoice.named(heat, tuned.task().labels()));
            case SEGMENT -> new MaskAnswers(out, tuned, probabilities);
            case KEYPOINTS -> new PointAnswers(out, tuned);
        };
    }

    private void refuse(boolean wrong, String option, TransferKind kind, TransferKind need) {
        if (wrong) {
            throw new ConfigException(option + ": " + run + " was trained to " + kind.label() + " (it is for "
                    + need.label() + ": leave it out)");
        }
    }

    private void predict(FineTuned tuned, Answers answers, Path out, List<Path> files) {
        PrintWriter printer = spec.commandLine().getOut();
        int unreadable = 0;
        int done = 0;
        Eye eye = new Eye(tuned, tenCrop, !heat.isEmpty());
        List<String> names = AnswerNames.ofFiles(files);
        try (Progress progress = Progress.open("predict", files.size(), spec.commandLine().getErr());
                Ahead<Seen> ahead = new Ahead<>(files.size(), i -> eye.see(files.get((int) i), names.get((int) i)),
                        Runtime.getRuntime().availableProcessors(), 2 * batch + 2)) {
            List<Seen> ready = new ArrayList<>();
            while (ahead.hasNext()) {
                Seen next = ahead.next();
                if (next.trouble() != null) {
                    unreadable++;
                    progress.say("left out: " + next.trouble());
                    progress.step();
                } else {
                    ready.add(next);
                }
                if (ready.size() == batch || !ahead.hasNext() && !ready.isEmpty()) {
                    OutFolder.made(out);
                    List<float[]> some = eye.answers(ready);
                    for (int i = 0; i < ready.size(); i++) {
                        String words = answers.add(ready.get(i), some.get(i));
                        if (files.size() <= TOLD) {
                            progress.print(printer, ready.get(i).file() + ": " + words + "\n");
                        }
                        progress.step();
                    }
                    done += ready.size();
                    ready.clear();
                }
            }
        }
        if (done == 0) {
            throw new DataException("predict: no picture could be read: " + files.size() + " tried (see above)");
        }
        printer.printf("%s: %d pictures%s%n", answers.finish(), done,
                unreadable == 0 ? "" : "; " + unreadable + " unreadable left out");
        printer.flush();
    }

    /** What makes pictures ready, on any thread, and answers about some of them. */
    private static final class Eye {
        private final ImageDecoder decoder = new ImageDecoder();
        private final Inference inference;
        private final Inference whole;
        private final boolean heated;
        private final boolean drawn;

        Eye(FineTuned tuned, boolean tenCrop, boolean heated) {
            inference = tuned.inference(tenCrop, LoadLimits.usual());
            whole = tuned.inference(false, LoadLimits.usual());
            this.heated = heated;
            drawn = heated || tuned.config().kind() != TransferKind.CLASSIFY;
        }

        Seen see(Path file, String name) {
            try {
                Picture picture = decoder.decode(file);
                return new Seen(file, name, picture.width(), picture.height(), inference.views(picture),
                        heated ? whole.views(picture).getFirst() : null, drawn ? FilmOverlay.shown(picture) : null,
                        null);
            } catch (DataException unreadable) {
                return Seen.unreadable(file, unreadable.getMessage());
            }
        }

        List<float[]> answers(List<Seen> some) {
            return inference.answers(some.stream().map(Seen::views).toList());
        }
    }
}
