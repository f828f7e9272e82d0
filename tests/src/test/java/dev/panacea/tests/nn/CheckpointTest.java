package dev.panacea.tests.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.panacea.nn.CheckpointException;
import dev.panacea.nn.ConfigException;
import dev.panacea.nn.Initial;
import dev.panacea.nn.Parameter;
import dev.panacea.nn.Parameters;
import dev.panacea.nn.checkpoint.Checkpoint;
import dev.panacea.nn.checkpoint.Position;
import dev.panacea.nn.checkpoint.Progress;
import dev.panacea.nn.checkpoint.RunState;
import dev.panacea.nn.model.SwinConfig;
import dev.panacea.nn.model.SwinTransformer;
import dev.panacea.nn.model.VisionTransformer;
import dev.panacea.nn.model.VitConfig;
import dev.panacea.nn.optim.AdamW;
import dev.panacea.nn.optim.Clipping;
import dev.panacea.nn.optim.Optimizer;
import dev.panacea.nn.optim.ParameterGroup;
import dev.panacea.tensor.ElementType;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.RandomSource;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.io.Safetensors;
import dev.panacea.tensor.io.SafetensorsFile;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is saved comes back bit for bit; what is damaged or does not fit is refused, and changes nothing. */
class CheckpointTest {
    private static final Progress PROGRESS = new Progress(new Position(-7, 42, 3, 1000),
            Map.of("config", "{\"window\": 7,\n \"name\": \"é\"}"), List.of("{\"loss\":1.5}", "{\"loss\":0.5}"), 0.5);

    @TempDir
    private Path folder;

    private MemoryScope scope;

    @BeforeEach
    void openScope() {
        scope = MemoryScope.open("test");
    }

    @AfterEach
    void closeScope() {
        scope.close();
    }

    /** A run of a model with an integer buffer, and its follower. */
    private record Run(Parameters student, Parameters teacher, Optimizer optimizer, RunState state) {
        static Run of(long seed) {
            Parameters student = model(seed);
            Parameters teacher = model(seed + 1);
            Optimizer optimizer = new AdamW(ParameterGroup.byDecay(student.trainable()));
            return new Run(student, teacher, optimizer, new RunState().model("student", student.all())
                    .model("teacher", teacher.all()).optimizer("optimizer", optimizer));
        }

        private static Parameters model(long seed) {
            Parameters all = Parameters.of(seed);
            Initial normal = (random, dims) -> random.normal(0, 1, dims);
            all.at("backbone").make("weight", normal, 5, 3);
            all.at("backbone").make("bias", normal, 5);
            all.buffer("count", (_, dims) -> Tensor.full(ElementType.I32, seed, dims));
            all.buffer("mean", (random, dims) -> random.normal(0, 1, dims).cast(ElementType.F64), 5);
            return all;
        }

        void step() {
            optimizer.step(p -> RandomSource.of(optimizer.steps()).normal(0, 1, p.shape().dims()), 0.1, 0.1,
                    Clipping.NONE);
        }

        Map<String, double[]> values() {
            Map<String, double[]> values = new LinkedHashMap<>();
            student.all().forEach(p -> values.put("student." + p.path(), p.value().toDoubles()));
            teacher.all().forEach(p -> values.put("teacher." + p.path(), p.value().toDoubles()));
            optimizer.state().forEach((path, tensor) -> values.put("optimizer." + path, tensor.toDoubles()));
            return values;
        }
    }

    private Path saved() {
        Run run = Run.of(1);
        run.step();
        run.step();
        Path path = folder.resolve("run.safetensors");
        Checkpoint.save(path, run.state(), PROGRESS);
        return path;
    }

    @Test
    void everythingComesBack() {
        Run run = Run.of(1);
        run.step();
        run.step();
        Path path = folder.resolve("run.safetensors");
        Checkpoint.save(path, run.state(), PROGRESS);
        Run other = Run.of(5);
        try (Checkpoint checkpoint = Checkpoint.open(path)) {
            assertThat(checkpoint.progress()).isEqualTo(PROGRESS);
            checkpoint.restore(other.state());
        }
        assertThat(other.values()).usingRecursiveComparison().isEqualTo(run.values());
        assertThat(other.optimizer().steps()).isEqualTo(2);
        run.step();
        other.step();
        assertThat(other.values()).usingRecursiveComparison().isEqualTo(run.values());
    }

    @Test
    void otherProgramsReadItsTensorsByPlainNames() {
        try (SafetensorsFile file = Safetensors.open(saved())) {
            assertThat(file.names()).containsExactlyInAnyOrder("student.backbone.weight", "student.backbone.bias",
                    "student.count", "student.mean", "teacher.backbone.weight", "teacher.backbone.bias",
                    "teacher.count", "teacher.mean", "optimizer.m.backbone.weight", "optimizer.v.backbone.weight",
                    "optimizer.m.backbone.bias", "optimizer.v.backbone.bias", "optimizer.step", "crc32c");
            assertThat(file.metadata()).containsEntry("format", "panacea checkpoint").containsEntry("version", "1")
                    .containsEntry("seed", "-7").containsEntry("step", "42")
                    .containsEntry("history", "{\"loss\":1.5}\n{\"loss\":0.5}").containsKey("config");
        }
    }

    @Test
    void noRecordsAndNoMetricComeBackToo() {
        Path path = folder.resolve("run.safetensors");
        Progress bare = new Progress(new Position(1, 0, 0, 0), Map.of(), List.of(), Double.NaN);
        Checkpoint.save(path, Run.of(1).state(), bare);
        try (Checkpoint checkpoint = Checkpoint.open(path)) {
            assertThat(checkpoint.progress()).isEqualTo(bare);
        }
    }

    @Test
    void eachFlippedBitIsDetected() throws IOException {
        byte[] bytes = Files.readAllBytes(saved());
        for (int at = 0; at < bytes.length; at++) {
            for (int bit = 0; bit < 8; bit++) {
                bytes[at] ^= (byte) (1 << bit);
                MemorySegment flipped = MemorySegment.ofArray(bytes);
                assertThatThrownBy(() -> Checkpoint.open(flipped, "flipped")).as("byte %d, bit %d", at, bit)
                        .isInstanceOf(CheckpointException.class).hasMessageStartingWith("checkpoint flipped: ");
                bytes[at] ^= (byte) (1 << bit);
            }
        }
        Checkpoint.open(MemorySegment.ofArray(bytes), "mended").close();
    }

    /** As above, in a file of more than one piece of the checksum. */
    @Test
    void aFlippedBitOfALargeFileIsDetected() throws IOException {
        Parameters all = Parameters.of(1);
        all.make("weight", Initial.TRANSFORMER, 1000, 1001);
        Path path = folder.resolve("large.safetensors");
        Checkpoint.save(path, new RunState().model("student", all.all()), PROGRESS);
        byte[] bytes = Files.readAllBytes(path);
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 100; i++) {
            int at = random.nextInt(bytes.length);
            bytes[at] ^= (byte) (1 << i % 8);
            assertThatThrownBy(() -> Checkpoint.open(MemorySegment.ofArray(bytes), "flipped")).as("byte %d", at)
                    .isInstanceOf(CheckpointException.class);
            bytes[at] ^= (byte) (1 << i % 8);
        }
        Checkpoint.open(MemorySegment.ofArray(bytes), "mended").close();
    }

    @Test
    void damageIsToldInOneLine() throws IOException {
        Path path = saved();
        byte[] bytes = Files.readAllBytes(path);
        bytes[bytes.length / 2] ^= 1;
        Files.write(path, bytes);
        assertThatThrownBy(() -> Checkpoint.open(path)).hasMessageMatching("checkpoint " + path + ": bytes differ from "
                + "their checksum: [0-9a-f]{8}, checksum [0-9a-f]{8} \\(damaged: take another copy\\)");
        Files.write(path, Arrays.copyOf(bytes, bytes.length - 100));
        assertThatThrownBy(() -> Checkpoint.open(path)).hasMessageStartingWith("checkpoint " + path
                + ": tensor beyond the end: \"");
        Files.delete(path);
        assertThatThrownBy(() -> Checkpoint.open(path)).hasMessage("checkpoint " + path + ": cannot be read: "
                + "no such file or folder (check the path, its permissions and the space left)");
        assertThatThrownBy(() -> Checkpoint.save(folder.resolve("no/run"), Run.of(1).state(), PROGRESS))
                .isInstanceOf(CheckpointException.class).hasMessage("checkpoint " + folder.resolve("no/run")
                        + ": cannot be written: no such file or folder (check the path, its permissions and the space "
                        + "left)");
    }

    @Test
    void otherKindsAndVersionsAreTold() {
        Path path = folder.resolve("other.safetensors");
        Map<String, Tensor> tensors = Map.of("weight", Tensor.zeros(3));
        Safetensors.save(path, tensors, Map.of());
        assertThatThrownBy(() -> Checkpoint.open(path)).hasMessage("checkpoint " + path + ": no checksum: the last of "
                + "1 tensors is not crc32c, 4 bytes (was it written by another program?)");
        Safetensors.saveSealed(path, tensors, Map.of());
        assertThatThrownBy(() -> Checkpoint.open(path)).hasMessage("checkpoint " + path
                + ": not a checkpoint of a run: safetensors of another kind (load it as weights)");
        for (String version : List.of("0", "2", "99999999999999")) {
            Safetensors.saveSealed(path, tensors, Map.of("format", "panacea checkpoint", "version", version));
            assertThatThrownBy(() -> Checkpoint.open(path)).hasMessage("checkpoint " + path + ": another version of "
                    + "the format: " + (version.length() > 9 ? "unknown" : version)
                    + ", this program reads 1 (use the program that wrote it)");
        }
        Safetensors.saveSealed(path, tensors, Map.of("format", "panacea checkpoint", "version", "1"));
        assertThatThrownBy(() -> Checkpoint.open(path)).hasMessageMatching("checkpoint " + path
                + ": text is missing: \\w+ \\(take another checkpoint\\)");
    }

    @Test
    void aModelComesBackAloneButWhole() {
        Path path = saved();
        Run run = Run.of(5);
        Map<String, double[]> before = run.values();
        try (Checkpoint checkpoint = Checkpoint.open(path)) {
            assertThatThrownBy(() -> checkpoint.restorePart(new RunState().model("teacher",
                    run.teacher().all().subList(1, 4)))).isInstanceOf(CheckpointException.class)
                    .hasMessageContaining("\"teacher.backbone.weight\" is F32 [5, 3], model has no such tensor");
            assertThatThrownBy(() -> checkpoint.checkPart(new RunState().model("teacher",
                    run.teacher().all().subList(1, 4)))).isInstanceOf(CheckpointException.class);
            checkpoint.checkPart(new RunState().model("teacher", run.teacher().all()));
            assertThat(run.values()).usingRecursiveComparison().isEqualTo(before);
            checkpoint.restorePart(new RunState().model("teacher", run.teacher().all()));
        }
        Map<String, double[]> saved = Run.of(1).values();
        run.values().forEach((name, values) -> assertThat(values).as(name)
                .isEqualTo(name.startsWith("teacher.") ? saved.get(name) : before.get(name)));
    }

    @Test
    void whatDoesNotFitIsRefusedAndChangesNothing() {
        Path path = saved();
        Run run = Run.of(5);
        Map<String, double[]> before = run.values();
        Parameters wide = Parameters.of(1);
        wide.at("backbone").make("weight", Initial.ZEROS, 5, 4);
        Parameters renamed = Parameters.of(1);
        renamed.at("backbones").make("weight", Initial.ZEROS, 5, 3);
        Parameters other = Parameters.of(1);
        other.make("gamma", Initial.ZEROS, 9);
        Parameters single = Parameters.of(1);
        single.make("count", Initial.ZEROS);
        try (Checkpoint checkpoint = Checkpoint.open(path)) {
            assertThatThrownBy(() -> checkpoint.restore(new RunState().model("teacher", run.teacher().all())
                    .model("student", wide.all())))
                    .isInstanceOf(CheckpointException.class).hasMessage("checkpoint " + path
                            + ": student.backbone.weight is F32 [5, 3], model needs F32 [5, 4] "
                            + "(is this of another configuration?)");
            assertThatThrownBy(() -> checkpoint.restore(new RunState().model("student", renamed.all())))
                    .hasMessage("checkpoint " + path + ": student.backbones.weight is missing, model needs F32 [5, 3] "
                            + "(did you mean \"student.backbone.weight\"?)");
            assertThatThrownBy(() -> checkpoint.restore(new RunState().model("student", other.all())))
                    .hasMessage("checkpoint " + path + ": student.gamma is missing, model needs F32 [9] "
                            + "(is it of another model?)");
            assertThatThrownBy(() -> checkpoint.restore(new RunState().model("student", single.all())))
                    .hasMessage("checkpoint " + path + ": student.count is I32 [], model needs F32 [] "
                            + "(was it converted to another type?)");
            assertThatThrownBy(() -> checkpoint.restore(new RunState().model("student", run.student().all())
                    .optimizer("optimizer", run.optimizer())))
                    .hasMessageMatching("checkpoint " + path + ": \"teacher\\.\\S+\" is \\S+ \\[.*], model has no such "
                            + "tensor, and 3 more \\(is it of a larger model, or of more models\\?\\)");
        }
        assertThat(run.values()).usingRecursiveComparison().isEqualTo(before);
    }

    @Test
    void aFileCutShortWhileOpenChangesNothing() throws IOException {
        Parameters all = Parameters.of(1);
        all.make("small", Initial.TRANSFORMER, 3);
        all.make("weight", Initial.TRANSFORMER, 300, 300);
        RunState state = new RunState().model("student", all.all());
        Path path = folder.resolve("cut.safetensors");
        Checkpoint.save(path, state, PROGRESS);
        all.all().forEach(parameter -> parameter.value().flat(0, 7));
        try (Checkpoint checkpoint = Checkpoint.open(path);
                RandomAccessFile other = new RandomAccessFile(path.toFile(), "rw")) {
            other.setLength(8192);
            assertThatThrownBy(() -> checkpoint.restore(state)).isInstanceOf(CheckpointException.class)
                    .hasMessageStartingWith("checkpoint " + path + ": file shrank while open: \"student.weight\" at ");
        }
        all.all().forEach(parameter -> assertThat(parameter.value().flat(0)).isEqualTo(7));
    }

    @Test
    void guessesWhereAModelComesFrom() {
        Path path = folder.resolve("models.safetensors");
        assertThat(refusal(path, swin(SwinConfig.nano()), swin(SwinConfig.nano().withWindow(8).withImage(256))))
                .isEqualTo("checkpoint " + path + ": student.backbone.layers.0.blocks.0.attn."
                        + "relative_position_bias_table is F32 [169, 1], model needs F32 [225, 1], and 7 more "
                        + "(was its window 7?)");
        assertThat(refusal(path, swin(SwinConfig.nano()), swin(SwinConfig.tiny()))).endsWith(" (is this swin_nano?)");
        assertThat(refusal(path, vit(VitConfig.nano()), vit(VitConfig.tiny()))).endsWith(" (is this vit_nano?)");
        assertThat(refusal(path, vit(VitConfig.nano()), vit(VitConfig.nano().withImage(256, 16))))
                .isEqualTo("checkpoint " + path + ": student.backbone.pos_embed is F32 [1, 197, 96], model needs "
                        + "F32 [1, 257, 96] (were its pictures 14 × 14 patches?)");
    }

    private static String refusal(Path path, List<Parameter> from, List<Parameter> to) {
        Checkpoint.save(path, new RunState().model("student", from), PROGRESS);
        try (Checkpoint checkpoint = Checkpoint.open(path)) {
            checkpoint.restore(new RunState().model("student", to));
            throw new AssertionError("fits");
        } catch (CheckpointException e) {
            return e.getMessage();
        }
    }

    private static List<Parameter> swin(SwinConfig config) {
        Parameters all = Parameters.of(1);
        new SwinTransformer(all.at("backbone"), config);
        return all.all();
    }

    private static List<Parameter> vit(VitConfig config) {
        Parameters all = Parameters.of(1);
        new VisionTransformer(all.at("backbone"), config);
        return all.all();
    }

    @Test
    void anOptimiserThatDidFewerThanNoStepsIsRefusedBeforeAnythingChanges() {
        Path path = saved();
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        Map<String, String> metadata;
        try (SafetensorsFile file = Safetensors.open(path)) {
            file.names().stream().filter(name -> !name.equals("crc32c"))
                    .forEach(name -> tensors.put(name, file.load(name)));
            metadata = file.metadata();
        }
        tensors.put("optimizer.step", Tensor.full(ElementType.I32, -3));
        Safetensors.saveSealed(path, tensors, metadata);
        Run run = Run.of(5);
        Map<String, double[]> before = run.values();
        try (Checkpoint checkpoint = Checkpoint.open(path)) {
            assertThatThrownBy(() -> checkpoint.restore(run.state())).isInstanceOf(CheckpointException.class)
                    .hasMessage("checkpoint " + path + ": optimizer state: step is -3 (need 0 or more)");
        }
        assertThat(run.values()).usingRecursiveComparison().isEqualTo(before);
    }

    @Test
    void refusesWhatCannotBeNamed() {
        Parameters all = Parameters.of(1);
        RunState state = new RunState().model("student", all.all());
        for (String name : List.of("student", "", "a.b")) {
            assertThatThrownBy(() -> state.model(name, all.all())).isInstanceOf(ConfigException.class).hasMessage(
                    "run state: no name for a part: \"" + name + "\" (need one without a dot, once only)");
        }
        Position position = new Position(0, 0, 0, 0);
        assertThatThrownBy(() -> new Progress(position, Map.of("seed", "1"), List.of(), 0))
                .hasMessage("progress: name of a text is taken: seed (rename it)");
        assertThatThrownBy(() -> new Progress(position, Map.of(), List.of("a\nb"), 0))
                .hasMessage("progress: record is not one line: \"a\\nb\"");
        assertThatThrownBy(() -> new Position(0, 1, 2, -3)).hasMessage(
                "position: counts out of range: step 1, epoch 2, sample -3 (need 0 or more)");
        assertThatThrownBy(() -> Safetensors.saveSealed(folder.resolve("x"), Map.of("crc32c", Tensor.zeros(1)),
                Map.of())).hasMessageContaining("name is taken by the format: \"crc32c\"");
    }
}
