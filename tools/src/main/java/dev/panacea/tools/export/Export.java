package dev.panacea.tools.export;

import dev.panacea.ace.data.Normalisation;
import dev.panacea.ace.study.BackboneSpec;
import dev.panacea.ace.transfer.FineTuned;
import dev.panacea.nn.ConfigException;
import dev.panacea.nn.model.Models;
import dev.panacea.nn.onnx.OnnxModel;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tools.embed.WeightOptions;
import dev.panacea.tools.transfer.TransferPlan;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code panacea export}: writes a network as ONNX. */
@Command(name = "export", mixinStandardHelpOptions = true, sortOptions = false,
        description = {"Write a network as ONNX, for ONNX Runtime and others.",
            "A fine-tuned network becomes 'logits' and 'probabilities', or 'heatmaps' of key points; a backbone"
                + " 'tokens' and 'pooled'. Its input is 'pictures', in batches of any size."},
        footer = {"", "Examples:", "  panacea export runs/classify --out findings.onnx",
            "  panacea export swin.pth --model swin_base_448 --out swin.onnx"})
public final class Export implements Callable<Integer> {
    private static final String RANDOM = "random";
    private static final List<String> FOR_OTHERS = List.of("--normalise", "--image", "--window", "--colours",
            "--epsilon", "--part", "--naming", "--seed");

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "RUN|FILE",
            description = "The folder of a run, a checkpoint, weights from elsewhere (with --model), or 'random'.")
    private String given;

    @Option(names = "--out", required = true, paramLabel = "FILE", description = "Where it goes: a name in .onnx.")
    private Path out;

    @Option(names = "--grey",
            description = "Take grey values in 0..1, [batch, 1, H, W], and normalise them in the network; without it"
                    + " pictures come normalised, as mean and std in the file tell.")
    private boolean grey;

    @Option(names = "--batch", defaultValue = "0", paramLabel = "N",
            description = "Take batches of this size alone, as some devices want it (default: any size).")
    private int batch;

    @Option(names = "--backbone", description = "Of a fine-tuned network, the backbone alone.")
    private boolean backbone;

    @Option(names = "--model", paramLabel = "NAME",
            description = "The backbone of files that do not tell, such as swin_base_448.")
    private String model;

    @Option(names = "--normalise", defaultValue = "xray", paramLabel = "NAME",
            description = "For files that do not tell: xray, imagenet, half, none, or MEAN,DEVIATION (default:"
                    + " ${DEFAULT-VALUE}).")
    private String normalise;

    @Mixin
    private WeightOptions which;

    /** What picocli fills in. */
    public Export() {}

    @Override
    public Integer call() {
        if (!out.toString().endsWith(".onnx")) {
            throw new ParameterException(spec.commandLine(), "--out: " + out + " (need a name that ends in .onnx)");
        }
        if (batch < 0 || batch > 1 << 16) {
            throw new ParameterException(spec.commandLine(), "--batch: out of range: " + batch + " (need 1..65536)");
        }
        try (MemoryScope _ = MemoryScope.open("export")) {
            boolean tuned = !given.equals(RANDOM) && model == null && FineTuned.isFineTuned(Path.of(given));
            OnnxModel written = tuned ? tuned(Path.of(given)) : untuned();
            written.write(out);
            PrintWriter printer = spec.commandLine().getOut();
            printer.printf(Locale.ROOT, "%s: %s; %.1f MB%n", out, written.signature(), written.byteSize() * 1e-6);
            printer.flush();
        }
        return 0;
    }

    private OnnxModel tuned(Path run) {
        for (String option : FOR_OTHERS) {
            if (spec.commandLine().getParseResult().hasMatchedOption(option)) {
                throw new ParameterException(spec.commandLine(), option + ": " + run + " tells itself (leave it out)");
            }
        }
        FineTuned tuned = FineTuned.load(run);
        Exported exported = backbone ? Exported.backbone(tuned) : Exported.of(tuned);
        OnnxModel made = exported.model(batch, grey).with("weights", name(tuned.file()));
        return Files.isRegularFile(run.resolve(TransferPlan.FILE))
                ? made.with("method", TransferPlan.read(run).method()) : made;
    }

    private OnnxModel untuned() {
        BackboneSpec told = told();
        BackboneSpec made = new BackboneSpec(told.name(), which.apply(told.model()), told.imagePixels(),
                told.normalisation(), told.augment(), told.dense());
        if (given.equals(RANDOM)) {
            return Exported.of(made.random(which.seed()), made).model(batch, grey)
                    .with("weights", RANDOM + ", seed " + which.seed());
        }
        Path file = BackboneSpec.checkpoint(Path.of(given));
        BackboneSpec.Loaded loaded = made.load(file, which.options());
        spec.commandLine().getErr().print(loaded.report().text());
        spec.commandLine().getErr().flush();
        return Exported.of(loaded.backbone(), made).model(batch, grey).with("weights", name(file));
    }

    private static String name(Path file) {
        return file.getFileName().toString();
    }

    private BackboneSpec told() {
        if (model != null) {
            return BackboneSpec.foreign(model, Models.named(model), Normalisation.named(normalise));
        }
        return (given.equals(RANDOM) ? Optional.<BackboneSpec>empty()
                : BackboneSpec.toldBy(BackboneSpec.checkpoint(Path.of(given)))).orElseThrow(() ->
                        new ConfigException("export " + given + ": it does not say which model it is (name it: --model"
                                + " NAME)"));
    }
}
