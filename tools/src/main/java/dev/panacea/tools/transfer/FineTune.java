package dev.panacea.tools.transfer;

import dev.panacea.ace.transfer.TransferKind;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code panacea finetune}: training of a backbone for a task with labels. */
@Command(name = "finetune", mixinStandardHelpOptions = true, synopsisSubcommandLabel = "KIND",
        subcommands = {FineTune.Classify.class, FineTune.Segment.class, FineTune.Keypoints.class},
        description = "Train a backbone for a task with labels: classes, masks or key points.",
        footer = {"", "'panacea finetune KIND --help' tells more."})
public final class FineTune implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    /** What picocli fills in. */
    public FineTune() {}

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "for what? (need classify, segment or keypoints)");
    }

    /** Labels of whole pictures. */
    @Command(name = "classify", mixinStandardHelpOptions = true, sortOptions = false,
            description = {"Train for labels of whole pictures, by one linear layer on the embedding.",
                "Without options: which of five findings a drawn X-ray has, by a nano Swin."},
            footer = {"", "Example:",
                "  panacea finetune classify --data nih/ --task chestxray14 --init runs/pretrain"})
    static final class Classify implements Callable<Integer> {
        @Mixin
        private Tuning tuning;

        @Override
        public Integer call() {
            return tuning.run(TransferKind.CLASSIFY);
        }
    }

    /** A mask for each label. */
    @Command(name = "segment", mixinStandardHelpOptions = true, sortOptions = false,
            description = {"Train for masks, by a UPerNet.",
                "Without options: heart, clavicles and lungs of drawn X-rays, by a nano Swin."},
            footer = {"", "Example:", "  panacea finetune segment --data jsrt/ --task jsrt --init runs/pretrain"})
    static final class Segment implements Callable<Integer> {
        @Mixin
        private Tuning tuning;

        @Override
        public Integer call() {
            return tuning.run(TransferKind.SEGMENT);
        }
    }

    /** A place for each label. */
    @Command(name = "keypoints", mixinStandardHelpOptions = true, sortOptions = false,
            description = {"Train for key points, by the heat maps of a UPerNet.",
                "Without options: seven landmarks of drawn X-rays, by a nano Swin."},
            footer = {"", "Example:",
                "  panacea finetune keypoints --data films/ --task landmarks --init runs/pretrain"})
    static final class Keypoints implements Callable<Integer> {
        @Mixin
        private Tuning tuning;

        @Override
        public Integer call() {
            return tuning.run(TransferKind.KEYPOINTS);
        }
    }
}
