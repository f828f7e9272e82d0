package dev.panacea.tools.lesson;

import dev.panacea.ace.augment.Plane;
import dev.panacea.ace.data.Picture;
import dev.panacea.ace.run.BatchLoader;
import dev.panacea.ace.run.LoadLimits;
import dev.panacea.ace.run.PictureSource;
import dev.panacea.ace.train.Batch;
import dev.panacea.ace.train.PretrainConfig;
import dev.panacea.ace.train.PretrainStep;
import dev.panacea.ace.train.StepReport;
import dev.panacea.ace.train.Views;
import dev.panacea.nn.Parameter;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.memory.MemoryPool;
import dev.panacea.tools.DeviceOptions;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code panacea trace}: one step of pretraining, room by room, from the picture to the teacher that has moved. */
@Command(name = "trace", mixinStandardHelpOptions = true, sortOptions = false,
        description = {"Run a step of pretraining and show what each part of it gets, makes and takes.",
            "The step is that of 'panacea pretrain' with the same options, byte for byte."},
        footer = {"", "min, mean and max are of what comes out, the time is without that of looking at it.",
            "Examples:", "  panacea trace", "  panacea trace --model vit_nano --batch 4 --json",
            "  panacea trace film.dcm --step 0"})
public final class Trace implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private StepOptions options;

    @Option(names = "--step", defaultValue = "3", paramLabel = "N",
            description = "Which step to show; those before it are run unseen (default: ${DEFAULT-VALUE}).")
    private int step;

    @Option(names = "--json", description = "One JSON object a line.")
    private boolean json;

    @Mixin
    private DeviceOptions device;

    /** What picocli fills in. */
    public Trace() {}

    @Override
    public Integer call() {
        device.use();
        PretrainConfig config = options.run().pretrain();
        PictureSource source = options.run().source(spec.commandLine().getErr());
        Tracer tracer = new Tracer();
        try (MemoryScope _ = MemoryScope.open("trace")) {
            long perEpoch = BatchLoader.stepsPerEpoch(source, config);
            PretrainStep training = new PretrainStep(config, perEpoch, tracer);
            if (step < 0 || step >= training.schedules().steps()) {
                throw new ParameterException(spec.commandLine(), "--step: out of range: " + step + " (need 0.."
                        + (training.schedules().steps() - 1) + ")");
            }
            try (BatchLoader loader = new BatchLoader(source, config, 0, step + 1, LoadLimits.usual())) {
                for (int before = 0; before < step; before++) {
                    try (MemoryScope _ = MemoryScope.open("before")) {
                        training.run(loader.next());
                    }
                }
                MemoryPool.HOST.resetPeak();
                print(training, run(training, loader, source, step / perEpoch, tracer), tracer);
            }
        }
        return 0;
    }

    private StepReport run(PretrainStep training, BatchLoader loader, PictureSource source, long epoch,
            Tracer tracer) {
        tracer.begin();
        List<Batch> batches = loader.next();
        tracer.made("BatchLoader", List.of(), batches.stream().flatMap(b -> Stream.of(b.first(), b.second())).toList());
        Room waited = tracer.rooms().removeFirst();
        String name = batches.getFirst().names().getFirst();
        int number = IntStream.range(0, source.size()).filter(k -> source.name(k).equals(name)).findFirst()
                .orElseThrow();
        tracer.begin();
        Picture whole = source.picture(number);
        List<Shape> size = List.of(Shape.of(whole.height(), whole.width()));
        tracer.made(options.draws() ? "DrawnXray" : "ImageDecoder", List.of(), size,
                Room.Statistics.of(whole.values()));
        Picture picture = BatchLoader.reduction(training.config()).apply(whole);
        tracer.made("Reduction", size, List.of(Shape.of(picture.height(), picture.width())),
                Room.Statistics.of(picture.values()));
        Views.of(new Plane(picture.height(), picture.width(), picture.values()).tensor(1).squeeze(0),
                training.config(), Views.random(training.config(), epoch, number), tracer);
        tracer.rooms().add(waited);
        tracer.begin();
        return training.run(batches);
    }

    private void print(PretrainStep training, StepReport report, Tracer tracer) {
        PrintWriter printer = spec.commandLine().getOut();
        String state = digest(training);
        if (json) {
            tracer.rooms().forEach(room -> printer.println(room.json()));
            printer.println("{\"step\":" + report.step() + ",\"ops\":" + tracer.ops() + ",\"savedBytes\":"
                    + tracer.savedBytes() + ",\"peakBytes\":" + MemoryPool.HOST.peakBytes() + ",\"state\":\"" + state
                    + "\"}");
        } else {
            printer.println(begin(training, report));
            printer.println(Room.HEAD);
            tracer.rooms().forEach(room -> printer.println(room.line()));
            printer.print(end(training.config(), report));
            printer.printf("memory    the tape of %d ops kept %s for backward; at most %s in use%n", tracer.ops(),
                    Sizes.bytes(tracer.savedBytes()), Sizes.bytes(MemoryPool.HOST.peakBytes()));
            printer.println("state     " + state + ", SHA-256 of student and teacher after the step");
        }
        printer.flush();
    }

    private static String begin(PretrainStep training, StepReport report) {
        PretrainConfig config = training.config();
        return "step %d of %d: %s, %d pictures, views of %d pixels; the first five lines show one picture%n".formatted(
                report.step(), training.schedules().steps(), config.model().name(), config.optimizer().pictures(),
                config.grid().viewPixels());
    }

    private static String end(PretrainConfig config, StepReport report) {
        return String.format(Locale.ROOT, "%nloss      %.4f = %s · global %.4f + %s · composition %.4f"
                + " + %s · decomposition %.4f%nrates     learning rate %.2e, weight decay %.3f,"
                + " the teacher keeps %.5f of itself%n", report.loss(), config.weights().global(), report.global(),
                config.weights().composition(), report.composition(), config.weights().decomposition(),
                report.decomposition(), report.rate(), report.decay(), report.momentum());
    }

    /** Of all parameters of student and teacher, in their order. */
    private static String digest(PretrainStep training) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (Parameter parameter : Stream.concat(training.student().parameters().all().stream(),
                    training.teacher().parameters().all().stream()).toList()) {
                float[] values = parameter.value().toFloats();
                ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
                bytes.asFloatBuffer().put(values);
                digest.update(bytes.array());
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException never) {
            throw new IllegalStateException(never); // every JDK has it
        }
    }
}
