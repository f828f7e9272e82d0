package dev.panacea.tools.embed;

import dev.panacea.ace.data.Ahead;
import dev.panacea.ace.data.ImageDecoder;
import dev.panacea.ace.data.Normalisation;
import dev.panacea.ace.data.Picture;
import dev.panacea.ace.data.Preparation;
import dev.panacea.nn.Parameters;
import dev.panacea.nn.Pass;
import dev.panacea.nn.model.Backbone;
import dev.panacea.nn.model.BackboneConfig;
import dev.panacea.nn.model.Models;
import dev.panacea.nn.weight.WeightFile;
import dev.panacea.nn.weight.WeightLoader;
import dev.panacea.tensor.DataException;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Tensor;
import dev.panacea.tools.DeviceOptions;
import dev.panacea.tools.ListOptions;
import dev.panacea.tools.Progress;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code panacea embed}: runs a backbone over pictures and writes their features. */
@Command(name = "embed", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Turn pictures into features, as a backbone with given weights sees them.",
        footer = {"", "Example:",
            "  panacea embed films/ --model swin_base_448 --weights swin.pth --out features.safetensors"})
public final class Embed implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @picocli.CommandLine.Parameters(arity = "1..*", paramLabel = "PICTURES",
            description = "Files, folders (all files below them), or lists: .txt with a name a line, .csv with a column"
                    + " of names.")
    private List<Path> sources;

    @Option(names = "--model", required = true, paramLabel = "NAME",
            description = "The backbone: swin_tiny, vit_base_patch32_448 and so on.")
    private String model;

    @Option(names = "--weights", required = true, paramLabel = "FILE",
            description = "Its weights, .safetensors or .pth; or 'random' for those that training starts from.")
    private String weights;

    @Option(names = "--out", required = true, paramLabel = "FILE",
            description = "Where the features go: .safetensors or .csv.")
    private Path out;

    @Option(names = "--tokens", description = "Write all tokens too, not just one embedding a picture.")
    private boolean tokens;

    @Option(names = "--batch", defaultValue = "8", paramLabel = "N",
            description = "Pictures computed at once (default: ${DEFAULT-VALUE}).")
    private int batch;

    @Mixin
    private ListOptions lists;

    @Mixin
    private PictureOptions pictures;

    @Mixin
    private WeightOptions which;

    @Mixin
    private DeviceOptions device;

    /** What picocli fills in. */
    public Embed() {}

    /** Writes the features; exit code 1 where no picture could be read. */
    @Override
    public Integer call() {
        PrintWriter err = spec.commandLine().getErr();
        if (batch < 1 || batch > 4096) {
            throw new ParameterException(spec.commandLine(), "--batch: out of range: " + batch + " (need 1..4096)");
        }
        FeatureFile.Kind kind = FeatureFile.Kind.of(out); // before the work, not after it
        Normalisation normalisation = pictures.normalisation();
        device.use();
        BackboneConfig config = which.apply(Models.named(model));
        List<Path> files = lists.files(sources, "embed", err);
        boolean random = weights.equals("random");
        Parameters parameters = random ? Parameters.of(which.seed()) : Parameters.zeros();
        Backbone backbone = config.make(parameters);
        Map<String, String> texts = new LinkedHashMap<>();
        if (!random) {
            try (WeightFile file = WeightFile.open(Path.of(weights))) {
                err.print(WeightLoader.load(file, parameters, which.options()).text());
            }
        }
        texts.put("model", model);
        texts.put("weights", random ? "random, seed " + which.seed() : weights);
        texts.put("image", Integer.toString(config.imagePixels()));
        texts.put("normalise", pictures.normaliseText());
        Preparation preparation = new Preparation(config.imagePixels(), config.colours(), pictures.fit(),
                normalisation);
        err.flush();
        return embed(files, backbone, preparation, kind, texts);
    }

    private int embed(List<Path> files, Backbone backbone, Preparation preparation, FeatureFile.Kind kind,
            Map<String, String> texts) {
        PrintWriter err = spec.commandLine().getErr();
        int unreadable = 0;
        long begun = System.nanoTime();
        int done = 0;
        double waited;
        ImageDecoder decoder = new ImageDecoder();
        try (FeatureFile features = kind.open(out, texts);
                Progress progress = Progress.open("embed", files.size(), err);
                Ahead<Prepared> ahead = new Ahead<>(files.size(),
                        i -> prepare(files.get((int) i), decoder, preparation),
                        Runtime.getRuntime().availableProcessors(), 2 * batch + 2)) {
            List<Prepared> ready = new ArrayList<>();
            while (ahead.hasNext()) {
                Prepared next = ahead.next();
                progress.step();
                if (next.values == null) {
                    unreadable++;
                    progress.say("left out: " + next.trouble);
                } else {
                    ready.add(next);
                }
                if (ready.size() == batch || !ahead.hasNext() && !ready.isEmpty()) {
                    compute(ready, backbone, preparation, features);
                    done += ready.size();
                    ready.clear();
                }
            }
            waited = ahead.waitedSeconds();
            if (done > 0) {
                features.finish();
            }
        }
        double seconds = (System.nanoTime() - begun) * 1e-9;
        if (done == 0) {
            throw new DataException("embed: no picture could be read: " + files.size() + " tried (see above)");
        }
        spec.commandLine().getOut().printf("%s: %d pictures, %d features each%s; %.1f pictures/s, %.0f %% of the time"
                + " waiting for them%s%n", out, done, backbone.channels(), tokens ? ", and tokens" : "", done / seconds,
                100 * waited / seconds, unreadable == 0 ? "" : "; " + unreadable + " unreadable left out");
        spec.commandLine().getOut().flush();
        return 0;
    }

    /** A picture's values, or what is wrong with it. */
    private record Prepared(Path file, float[] values, String trouble) {}

    private static Prepared prepare(Path file, ImageDecoder decoder, Preparation preparation) {
        try {
            Picture picture = preparation.channels() == 3 ? decoder.decodeColour(file) : decoder.decode(file);
            return new Prepared(file, preparation.apply(picture), null);
        } catch (DataException unreadable) {
            return new Prepared(file, null, unreadable.getMessage());
        }
    }

    private void compute(List<Prepared> pictures, Backbone backbone, Preparation preparation, FeatureFile features) {
        try (MemoryScope _ = MemoryScope.open("batch")) {
            Tensor input = Tensor.of(Shape.of(pictures.size(), preparation.channels(), preparation.pixels(),
                    preparation.pixels()), pictures.stream().map(Prepared::values).toList());
            Backbone.Encoding<Tensor> encoding = backbone.encode(input, Pass.EVALUATION);
            List<String> names = pictures.stream().map(picture -> picture.file.toString()).toList();
            features.add(names, encoding.pooled(), tokens ? encoding.tokens() : null);
        }
    }
}
