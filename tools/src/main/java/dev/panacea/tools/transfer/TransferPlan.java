package dev.panacea.tools.transfer;

import dev.panacea.ace.example.ExampleSet;
import dev.panacea.ace.train.ConfigText;
import dev.panacea.ace.transfer.TransferConfig;
import dev.panacea.ace.transfer.TransferKind;
import dev.panacea.nn.ConfigException;
import dev.panacea.tensor.DataException;
import dev.panacea.tensor.io.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * All that a fine-tuning run follows from, as {@code run.json} holds it beside the checkpoints.
 *
 * @param examples the pictures
 * @param shots how many of the training examples are used; 0 for all
 * @param share which share of them is used; 1 for all
 * @param method what tables call the weights that it begins with
 * @param init the file of those weights, or {@code random}
 * @param part of a file with several models, the one that is taken; empty for the teacher
 * @param transfer the choices of the method
 */
public record TransferPlan(ExampleChoice examples, int shots, double share, String method, String init, String part,
        TransferConfig transfer) {
    /** Weights that nothing has trained. */
    public static final String RANDOM = "random";
    /** Its name in the folder of a run. */
    public static final String FILE = "run.json";

    private static final int LARGEST = 1 << 20;

    /**
     * Checks the numbers.
     *
     * @throws ConfigException if one is out of range
     */
    public TransferPlan {
        if (shots < 0 || !(share > 0 && share <= 1)) {
            throw new ConfigException("shots " + shots + ", share " + share + " (need 0 or more, and 0..1)");
        }
    }

    /**
     * The paper's (Sec. A.4), on drawn X-rays.
     *
     * @param model a preset
     */
    public static TransferPlan paper(TransferKind kind, String model) {
        return new TransferPlan(ExampleChoice.drawn(), 0, 1, RANDOM, RANDOM, "", TransferConfig.usual(kind, model));
    }

    /** Small enough for two cores and some minutes: views of 224 pixels, batches of 8, nothing dropped. */
    public static TransferPlan small(TransferKind kind, String model) {
        int epochs = switch (kind) {
            case CLASSIFY -> 20;
            case SEGMENT -> 15;
            case KEYPOINTS -> 25;
        };
        return paper(kind, model).with(Map.of("view.pixels", "224", "model.dropPath", "0", "model.headChannels", "64",
                "optimizer.batch", "8", "optimizer.epochs", Integer.toString(epochs), "optimizer.rate", "0.001",
                "optimizer.warmUpEpochs", "1", "optimizer.patience", "0"));
    }

    /** The same with some choices of the method changed, by their names. */
    public TransferPlan with(Map<String, String> changes) {
        return changes.isEmpty() ? this : with(transfer.with(changes));
    }

    /** The same with other choices of the method. */
    public TransferPlan with(TransferConfig other) {
        return new TransferPlan(examples, shots, share, method, init, part, other);
    }

    /** The same with another seed. */
    public TransferPlan withSeed(long seed) {
        return with(Map.of("seed", Long.toString(seed)));
    }

    /** The examples that are used of a set; which, the seed decides. */
    public ExampleSet used(ExampleSet all) {
        ExampleSet used = share == 1 ? all : all.withShare(share, transfer.seed());
        return shots == 0 ? used : used.withShots(shots, transfer.seed());
    }

    /**
     * Reads the plan of a run.
     *
     * @throws ConfigException if it is no plan
     * @throws DataException if it cannot be read
     */
    public static TransferPlan read(Path run) {
        Path path = run.resolve(FILE);
        try {
            if (Files.size(path) > LARGEST) {
                throw new ConfigException("too large for a plan (need JSON of at most 1 MiB)");
            }
            return ConfigText.parse(Files.readString(path), small(TransferKind.CLASSIFY, "swin_nano"));
        } catch (IOException e) {
            throw new DataException("run " + path + ": cannot be read: " + e.getClass().getSimpleName()
                    + " (name the folder of a run of panacea finetune)", e);
        } catch (ConfigException e) {
            throw new ConfigException("run " + path + ": " + e.getMessage());
        }
    }

    /**
     * Writes it into the folder of a run.
     *
     * @throws DataException if it cannot be written
     */
    public void write(Path run) {
        AtomicFile.write(run.resolve(FILE), "run", (ConfigText.json(this) + "\n").getBytes(StandardCharsets.UTF_8));
    }
}
