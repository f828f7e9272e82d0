package dev.panacea.ace.transfer;

import dev.panacea.ace.run.LoadLimits;
import dev.panacea.ace.train.ConfigText;
import dev.panacea.nn.CheckpointException;
import dev.panacea.nn.ConfigException;
import dev.panacea.nn.Parameters;
import dev.panacea.nn.checkpoint.Checkpoint;
import dev.panacea.nn.checkpoint.CheckpointFolder;
import dev.panacea.nn.checkpoint.RunState;
import dev.panacea.tensor.DataException;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.ShapeException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * A fine-tuned network from a file, ready to answer.
 *
 * <pre>{@code
 * FineTuned tuned = FineTuned.load(Path.of("runs/finetune"));
 * float[] probabilities = tuned.inference(false, LoadLimits.usual()).answer(new ImageDecoder().decode(film));
 * }</pre>
 *
 * @param file the checkpoint
 * @param config the choices of its run
 * @param facts the data set's
 * @param task what it answers
 * @param network with its weights, which belong to the memory scope that was current
 */
public record FineTuned(Path file, TransferConfig config, TaskFacts facts, TransferTask task,
        TransferNetwork network) {
    /**
     * Loads the checkpoint that a person means: the best of a run's folder, the last where there is no best, or a file.
     *
     * @throws CheckpointException if there is none, or it is damaged or not that of a fine-tuned network
     */
    public static FineTuned load(Path given) {
        Path file = Files.isDirectory(given) ? checkpoint(given) : given;
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            TransferConfig config = config(checkpoint, file);
            TaskFacts facts = ConfigText.parse(checkpoint.progress().texts().getOrDefault(TransferRun.TASK, ""),
                    TaskFacts.UNKNOWN);
            try (MemoryScope _ = MemoryScope.open("shapes")) { // no more memory is taken than the file has weights for
                checkpoint.checkPart(new RunState().model("model",
                        new TransferNetwork(Parameters.shapes(), config, facts.labels().size()).parameters().all()));
            }
            TransferNetwork network = new TransferNetwork(Parameters.zeros(), config, facts.labels().size());
            checkpoint.restorePart(new RunState().model("model", network.parameters().all()));
            return new FineTuned(file, config, facts, TransferTask.of(config, facts), network);
        } catch (ConfigException | DataException | ShapeException e) {
            throw new CheckpointException("checkpoint " + file + ": " + e.getMessage(), e);
        }
    }

    /** Whether a file or a run's folder is that of a fine-tuned network. */
    public static boolean isFineTuned(Path given) {
        Optional<Path> file = Files.isDirectory(given) ? TransferRun.folder(given, TransferKind.CLASSIFY).files()
                .stream().findFirst() : Optional.of(given);
        if (file.isEmpty() || !file.get().toString().endsWith(".safetensors")) {
            return false;
        }
        try (Checkpoint checkpoint = Checkpoint.open(file.get())) {
            return checkpoint.progress().texts().containsKey(TransferRun.CONFIG);
        } catch (CheckpointException e) {
            return false;
        }
    }

    private static TransferConfig config(Checkpoint checkpoint, Path file) {
        Map<String, String> texts = checkpoint.progress().texts();
        if (!texts.containsKey(TransferRun.CONFIG)) {
            throw new CheckpointException("checkpoint " + file
                    + ": not that of a fine-tuned network (name a run of panacea finetune)");
        }
        return TransferConfig.parse(texts.get(TransferRun.CONFIG));
    }

    /**
     * The best checkpoint in the folder of a run of fine-tuning, the last where there is no best.
     *
     * @throws CheckpointException if there is none, or it is damaged or not that of a fine-tuned network
     */
    public static Path checkpoint(Path run) {
        CheckpointFolder folder = TransferRun.folder(run, TransferKind.CLASSIFY);
        Path last = folder.files().stream().findFirst().orElseThrow(() -> new CheckpointException("checkpoint " + run
                + ": no checkpoint in this folder (name the folder of a run, or a file)"));
        try (Checkpoint checkpoint = Checkpoint.open(last)) {
            return TransferRun.folder(run, config(checkpoint, last).kind()).bestFile().orElse(last);
        }
    }

    /** What answers about pictures; see {@link Inference}. */
    public Inference inference(boolean tenCrop, LoadLimits limits) {
        return new Inference(config, task, network, tenCrop, limits);
    }
}
