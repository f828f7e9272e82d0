package dev.panacea.tools.transfer;

import dev.panacea.nn.ConfigException;
import java.util.List;
import picocli.CommandLine.Option;

/** Options that name pictures with labels. */
public final class ExampleOptions {
    @Option(names = "--data", paramLabel = "DIR",
            description = "The folder of a data set (default: drawn X-rays, with findings, masks or landmarks).")
    private String data;

    @Option(names = "--task", paramLabel = "NAME",
            description = {"Which data set it is: chestxray14, shenzhen, rsna, eyepacs, idrid, idrid-points,"
                + " idrid-lesions, jsrt, chestxdet, siim, landmarks; folder (one for each class) or csv (columns image,"
                + " patient, split, and label, one for each label, mask_NAME, or x_NAME and y_NAME) for pictures of"
                + " your own.",
                "Lists and pictures lie anywhere in DIR; 'panacea data check --task NAME DIR' tells what is found.",
                "Without --data, lesions: the boxes of findings are the masks that finetune segment learns."})
    private String task;

    @Option(names = "--columns", paramLabel = "NAME", split = ",",
            description = "With --task csv: the columns that are labels (default: all others).")
    private List<String> columns;

    @Option(names = "--labels", paramLabel = "NAME", split = ",",
            description = "Use these labels alone, such as heart (default: all).")
    private List<String> labels;

    @Option(names = "--allow-missing", description = "Go on where pictures that lists name are not there.")
    private boolean incomplete;

    @Option(names = "--split-seed", paramLabel = "N",
            description = "What splits come from that a set does not have (default: 0).")
    private Long splitSeed;

    @Option(names = "--drawn", paramLabel = "TRAIN,VALIDATION,TEST", split = ",",
            description = "How many X-rays are drawn where there is no --data (default: 256,48,96).")
    private List<Integer> drawn;

    @Option(names = "--drawn-pixels", paramLabel = "N", description = "Side of drawn X-rays (default: 224).")
    private Integer pixels;

    /** What picocli fills in. */
    public ExampleOptions() {}

    /** Whether another data set is named. */
    boolean isGiven() {
        return data != null || task != null;
    }

    /**
     * A choice with what was given.
     *
     * @throws ConfigException if it does not fit together
     */
    ExampleChoice changed(ExampleChoice begun) {
        if (drawn != null && drawn.size() != 3) {
            throw new ConfigException("--drawn " + drawn + ": " + drawn.size() + " numbers (need three, such as"
                    + " 256,48,96)");
        }
        return new ExampleChoice(data == null ? begun.data() : data, task == null ? begun.task() : task,
                columns == null ? begun.columns() : columns, labels == null ? begun.labels() : labels,
                incomplete || begun.incomplete(), splitSeed == null ? begun.splitSeed() : splitSeed,
                drawn == null ? begun.train() : drawn.get(0), drawn == null ? begun.validation() : drawn.get(1),
                drawn == null ? begun.test() : drawn.get(2), pixels == null ? begun.pixels() : pixels);
    }
}
