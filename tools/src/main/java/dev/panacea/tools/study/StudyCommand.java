package dev.panacea.tools.study;

import dev.panacea.ace.study.Study;
import dev.panacea.ace.study.StudyConfig;
import dev.panacea.ace.study.StudyData;
import dev.panacea.ace.study.StudyResult;
import dev.panacea.nn.ConfigException;
import dev.panacea.tensor.DataException;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tools.DeviceOptions;
import dev.panacea.tools.Progress;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code panacea study}: what networks have learned, measured without training anything. */
@Command(name = "study", mixinStandardHelpOptions = true, sortOptions = false,
        description = {"Ask networks what they have learned, and put the answers side by side.",
            "Without options: an untrained nano Swin on drawn X-rays."},
        footer = {"", "Examples:", "  panacea study all --checkpoint runs/pretrain --checkpoint random",
            "  panacea study compositionality --checkpoint runs/ace --checkpoint vit_base_patch16_224=dino.pth"
                + " --data test.txt --root films/"})
public final class StudyCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(arity = "0..*", paramLabel = "NAME", description = "The studies, or 'all' (the default).")
    private List<String> names = List.of();

    @Mixin
    private SubjectOptions subjects;

    @Mixin
    private DataOptions data;

    @Mixin
    private SearchOptions search;

    @Option(names = "--patches", defaultValue = "4", paramLabel = "N",
            description = "Random patches, and pairs of crops, of each picture (default: ${DEFAULT-VALUE}).")
    private int patches;

    @Option(names = "--among", defaultValue = "32", paramLabel = "N",
            description = "Pictures among which one is to be found (default: ${DEFAULT-VALUE}).")
    private int among;

    @Option(names = "--seed", defaultValue = "0", paramLabel = "N",
            description = "What all draws come from (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--out", defaultValue = "runs/study", paramLabel = "DIR",
            description = "The folder of the results (default: ${DEFAULT-VALUE}).")
    private Path out;

    @Mixin
    private DeviceOptions device;

    /** What picocli fills in. */
    public StudyCommand() {}

    @Override
    public Integer call() {
        PrintWriter printer = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        List<Study> studies = Studies.named(names, search.studies(err));
        StudyConfig config = StudyConfig.USUAL.withSeed(seed).withBatch(among).withPatches(patches);
        device.use();
        try (MemoryScope _ = MemoryScope.open("study")) {
            List<Subject> networks = subjects.subjects(err);
            StudyData pictures = data.open(networks.stream().map(network -> network.features().imagePixels())
                    .collect(Collectors.toCollection(TreeSet::new)), err);
            List<StudyAnswers> answers = ask(studies, networks, pictures, config);
            new StudyPage(data.text(pictures), networks, config, answers).write(out);
        }
        printer.println(out.resolve("study.html"));
        printer.flush();
        return 0;
    }

    private List<StudyAnswers> ask(List<Study> studies, List<Subject> networks, StudyData pictures,
            StudyConfig config) {
        List<StudyAnswers> answers = new ArrayList<>();
        PrintWriter err = spec.commandLine().getErr();
        RuntimeException first = null;
        try (Progress progress = Progress.open("study", (long) studies.size() * networks.size(), err)) {
            for (Study study : studies) {
                Map<String, StudyResult> results = new LinkedHashMap<>();
                List<String> refused = new ArrayList<>();
                for (Subject network : networks) {
                    progress.note(study.name() + ", " + network.label());
                    try {
                        results.put(network.label(), study.run(network.features(), pictures, config));
                    } catch (ConfigException | DataException cannot) { // the others may
                        refused.add(network.label() + ": " + cannot.getMessage());
                        progress.say(study.name() + ": left out: " + refused.getLast());
                        first = first == null ? cannot : first;
                    }
                    progress.step();
                }
                answers.add(new StudyAnswers(study, config, results, refused));
                if (!results.isEmpty()) {
                    progress.print(spec.commandLine().getOut(), answers.getLast().table());
                }
            }
        }
        if (first != null && answers.stream().allMatch(answer -> answer.results().isEmpty())) {
            throw first;
        }
        return answers;
    }
}
