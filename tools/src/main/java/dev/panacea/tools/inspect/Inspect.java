package dev.panacea.tools.inspect;

import dev.panacea.ace.data.ImageDecoder;
import dev.panacea.ace.data.Picture;
import dev.panacea.ace.data.Resize;
import dev.panacea.ace.drawn.DrawnXray;
import dev.panacea.ace.study.BackboneSpec;
import dev.panacea.nn.ConfigException;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.io.AtomicFile;
import dev.panacea.tools.DeviceOptions;
import dev.panacea.tools.study.Subject;
import dev.panacea.tools.study.SubjectOptions;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code panacea inspect}: what networks see in one picture, as one page. */
@Command(name = "inspect", mixinStandardHelpOptions = true, sortOptions = false,
        description = {"Show what networks see in a picture: attention, rollout, Grad-CAM, main directions of tokens,"
            + " nearest tokens.", "Without a picture a drawn X-ray, without a checkpoint an untrained nano Swin."},
        footer = {"", "Example:",
            "  panacea inspect film.png --checkpoint runs/pretrain --checkpoint random --out page.html"})
public final class Inspect implements Callable<Integer> {
    private static final int SHOWN = 512; // pixels of the picture in the page, at most
    private static final int DRAWN = 1024;

    @Spec
    private CommandSpec spec;

    @Parameters(arity = "0..1", paramLabel = "IMAGE", description = "The picture (default: a drawn X-ray).")
    private Path image;

    @Mixin
    private SubjectOptions subjects;

    @Option(names = "--pixels", paramLabel = "N",
            description = "Side of the square that the picture is resized to, a multiple of the model's patch (default:"
                    + " the model's view).")
    private Integer pixels;

    @Option(names = "--class", paramLabel = "N",
            description = "Of a file with a classifier: the class that Grad-CAM explains; may be repeated (default: the"
                    + " three with the largest logits).")
    private int[] classes = {};

    @Option(names = "--drawn-seed", defaultValue = "1000000", paramLabel = "N",
            description = "The patient who is drawn where no picture is named (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--out", defaultValue = "inspect.html", paramLabel = "FILE",
            description = "The page (default: ${DEFAULT-VALUE}).")
    private Path out;

    @Mixin
    private DeviceOptions device;

    /** What picocli fills in. */
    public Inspect() {}

    @Override
    public Integer call() {
        PrintWriter printer = spec.commandLine().getOut();
        device.use();
        String name = image == null ? "drawn X-ray " + seed : image.getFileName().toString();
        try (MemoryScope _ = MemoryScope.open("inspect")) {
            List<Subject> networks = subjects.subjects(spec.commandLine().getErr());
            Picture picture = image == null ? DrawnXray.draw(seed, DRAWN).picture() : decoded(networks);
            int side = Math.min(SHOWN, Math.max(picture.width(), picture.height()));
            InspectPage page = new InspectPage(name,
                    new Resize(side, side, Resize.Filter.BILINEAR).apply(picture), facts(picture));
            for (Subject network : networks) {
                inspect(page, network, picture);
            }
            AtomicFile.write(out, "page", page.end().getBytes(StandardCharsets.UTF_8));
        }
        printer.println(out);
        printer.flush();
        return 0;
    }

    /** In colour where a network has seen colours: those of one channel take its first. */
    private Picture decoded(List<Subject> networks) {
        boolean grey = networks.stream().anyMatch(network -> network.features().spec().model().colours() == 1);
        return grey ? new ImageDecoder().decode(image) : new ImageDecoder().decodeColour(image);
    }

    private void inspect(InspectPage page, Subject network, Picture picture) {
        BackboneSpec made = network.features().spec();
        int side = pixels == null ? network.features().pixels() : pixels;
        if (side < made.model().patchPixels() || side % made.model().patchPixels() != 0 || side > 1 << 13) {
            throw new ConfigException("inspect: --pixels " + side + ": the model " + made.name() + " has patches of "
                    + made.model().patchPixels() + " (need a multiple, up to 8192)");
        }
        try (MemoryScope _ = MemoryScope.open(network.label())) {
            Path file = Path.of(network.origin());
            List<ClassHead> heads = Files.isRegularFile(file)
                    ? ClassHead.in(file, network.features().backbone().channels()).stream().toList() : List.of();
            if (heads.isEmpty() && classes.length > 0) {
                throw new ConfigException("inspect: --class " + classes[0] + ": " + network.label()
                        + " has no classifier (need a file with head.weight and head.bias)");
            }
            Look look = new Look(network, picture, side);
            Map<String, String> facts = new LinkedHashMap<>();
            facts.put("model", made.name());
            facts.put("weights", network.origin());
            facts.put("sees", side + " × " + side + " pixels, " + made.model().colours() + " channel(s), as "
                    + look.side() + " × " + look.side() + " tokens of " + network.features().backbone().channels());
            facts.put("normalisation", "mean " + made.normalisation().means().getFirst() + ", deviation "
                    + made.normalisation().deviations().getFirst());
            page.network(network.label(), facts, look.parts(heads, classes));
        }
    }

    private Map<String, String> facts(Picture picture) {
        Map<String, String> facts = new LinkedHashMap<>();
        Optional.ofNullable(image).ifPresent(file -> facts.put("file", file.toString()));
        facts.put("picture", picture.width() + " × " + picture.height() + " pixels, " + picture.facts());
        facts.put("mean intensity", String.format(Locale.ROOT, "%.4f of 1", picture.mean()));
        return facts;
    }
}
