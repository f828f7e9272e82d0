package dev.panacea.tools.lesson;

import dev.panacea.tools.pretrain.ChoiceOptions;
import dev.panacea.tools.pretrain.RunConfig;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Which step of which run a lesson looks at: options of {@code pretrain}, with the same defaults. */
final class StepOptions {
    @Parameters(arity = "0..*", paramLabel = "IMAGE",
            description = "Pictures, folders or lists of them (default: drawn X-rays).")
    private List<String> data = List.of();

    @Mixin
    private ChoiceOptions choices;

    boolean draws() {
        return data.isEmpty();
    }

    /** The run that the step is of. */
    RunConfig run() {
        return choices.changed(choices.begun(), Map.of()).withData(data);
    }
}
