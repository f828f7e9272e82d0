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

    @Command(mixinStandardHelpOptions = true, sortOptions = false,
            description = {"Train for labels of whole pictures, by one linear layer on the embedding or, with --set"
                    + " model.pool=PYRAMID, on what stands out in maps of several resolutions: small findings.",
                "Without options: which of five findings a drawn X-ray has, by a nano Swin."},
            footer = {"", "Example:",
                "  panacea finetune classify --data nih/ --task chestxray14 --init runs/pretrain"})
    int classify(@Mixin Tuning tuning) {
        return tuning.run(TransferKind.CLASSIFY);
    }

    @Command(mixinStandardHelpOptions = true, sortOptions = false,
            description = {"Train for masks, by a UPerNet.",
                "Without options: heart, clavicles and lungs of drawn X-rays, by a nano Swin."},
            footer = {"", "Example:", "  panacea finetune segment --data jsrt/ --task jsrt --init runs/pretrain"})
    int segment(@Mixin Tuning tuning) {
        return tuning.run(TransferKind.SEGMENT);
    }

    @Command(mixinStandardHelpOptions = true, sortOptions = false,
            description = {"Train for key points, by the heat maps of a UPerNet.",
                "Without options: seven landmarks of drawn X-rays, by a nano Swin."},
            footer = {"", "Example:",
                "  panacea finetune keypoints --data films/ --task landmarks --init runs/pretrain"})
    int keypoints(@Mixin Tuning tuning) {
        return tuning.run(TransferKind.KEYPOINTS);
    }
}
