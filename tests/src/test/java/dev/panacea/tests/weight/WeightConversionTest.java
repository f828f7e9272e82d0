package dev.panacea.tests.weight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.panacea.nn.ConfigException;
import dev.panacea.nn.weight.WeightConversion;
import dev.panacea.nn.weight.WeightFile;
import dev.panacea.tensor.DataException;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.io.Safetensors;
import dev.panacea.tensor.io.StoredType;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Weights keep their bits and settings from one format to another and back, and PyTorch opens what we write. */
class WeightConversionTest {
    private static final Path PYTHON = Path.of("/usr/bin/python3");
    private static final String FIND_TORCH =
            "import importlib.util, sys; sys.exit(importlib.util.find_spec('torch') is None)";
    private static final long PATIENCE = 300; // seconds, on a busy machine

    @TempDir
    private Path folder;

    @ParameterizedTest
    @MethodSource("dev.panacea.tests.weight.WeightFileTest#cases")
    void thereAndBackIsTheSameFile(String name) throws IOException {
        Path golden = WeightFileTest.GOLDEN.resolve(name + ".pth");
        Path first = convert(golden, "first.safetensors", null);
        Path torch = convert(first, "torch.pth", null);
        Path second = convert(torch, "second.safetensors", null);
        assertThat(second).hasSameBinaryContentAs(first);
        assertThat(convert(second, "again.pt", null)).hasSameBinaryContentAs(torch);
        try (WeightFile before = WeightFile.open(golden); WeightFile after = WeightFile.open(torch)) {
            assertThat(after.weights()).containsExactlyInAnyOrderEntriesOf(before.weights());
            assertThat(after.texts()).containsExactlyInAnyOrderEntriesOf(before.texts());
        }
        assertThat(Files.list(folder)).hasSize(4); // nothing half-written is left
    }

    @Test
    void pytorchOpensWhatWeWriteTrustingItWithNothing() throws IOException, InterruptedException {
        assumeThat(Files.isExecutable(PYTHON) && succeeds(List.of(PYTHON.toString(), "-c", FIND_TORCH)))
                .as("needs %s with torch", PYTHON).isTrue();
        List<String> command = new ArrayList<>(List.of(PYTHON.toString(), "golden/weights.py", "--check"));
        for (String name : List.of("checkpoint2", "types", "views")) {
            Path ordered = convert(WeightFileTest.GOLDEN.resolve(name + ".pth"), name + ".safetensors", null);
            command.add(convert(ordered, name + ".pth", null).toString());
        }
        assertThat(succeeds(command)).as("%s", command).isTrue();
    }

    @Test
    void storagesLieAtMultiplesOf64Bytes() throws IOException {
        Path torch = convert(WeightFileTest.GOLDEN.resolve("checkpoint2.pth"), "a.pth", null);
        try (WeightFile file = WeightFile.open(torch)) {
            MemorySegment bytes = MemorySegment.ofArray(Files.readAllBytes(torch));
            for (String name : List.of("student.module.head.weight", "teacher.module.backbone.head.weight")) {
                byte[] wanted = WeightFileTest.bytes(file.source(name));
                boolean found = false;
                for (long at = 0; at + wanted.length <= bytes.byteSize(); at += 64) {
                    found |= bytes.asSlice(at, wanted.length).mismatch(MemorySegment.ofArray(wanted)) < 0;
                }
                assertThat(found).as(name).isTrue();
            }
        }
    }

    @Test
    void floatsAreRoundedWhereAsked() {
        Path golden = WeightFileTest.GOLDEN.resolve("types.pth");
        for (StoredType type : List.of(StoredType.F32, StoredType.F16, StoredType.BF16)) {
            try (WeightFile file = WeightFile.open(convert(golden, type + ".safetensors", type));
                    WeightFile types = WeightFile.open(golden)) {
                for (String name : List.of("float64", "float32", "float16", "bfloat16")) {
                    assertThat(file.weights().get(name).type()).isEqualTo(type);
                }
                for (String name : List.of("int64", "bool", "uint8")) {
                    assertThat(file.weights().get(name)).isEqualTo(types.weights().get(name));
                }
                String same = type == StoredType.F32 ? "float32" : type == StoredType.F16 ? "float16" : "bfloat16";
                for (String name : List.of("float64", "float32")) { // as PyTorch rounded the same numbers
                    assertThat(file.load(name).toFloats()).containsExactly(types.load(same).toFloats());
                }
            }
        }
    }

    @Test
    void largeTensorsGoThroughInPieces() {
        Path plain = folder.resolve("large.safetensors");
        float[] values = new float[700_001];
        for (int i = 0; i < values.length; i++) {
            values[i] = i;
        }
        Safetensors.save(plain, Map.of("x", Tensor.of(Shape.of(values.length), values)), Map.of("a", "b"));
        Path torch = convert(plain, "large.pth", null);
        assertThat(convert(torch, "back.safetensors", null)).hasSameBinaryContentAs(plain);
        try (WeightFile file = WeightFile.open(torch)) {
            assertThat(file.load("x").toFloats()).isEqualTo(values);
        }
    }

    @Test
    void whatCannotBeWrittenIsRefusedAndLeavesNothing() throws IOException {
        Path from = WeightFileTest.GOLDEN.resolve("types.pth");
        assertThatThrownBy(() -> convert(from, "a.onnx", null)).isInstanceOf(ConfigException.class)
                .hasMessageEndingWith("a.onnx: name tells no format: a.onnx (need .safetensors, .pth or .pt)");
        assertThatThrownBy(() -> convert(from, "a.pth", StoredType.I64)).isInstanceOf(ConfigException.class)
                .hasMessage("weights: floats cannot be written as I64 (need F32, F16 or BF16)");
        assertThatThrownBy(() -> convert(from, "missing/a.pth", null)).isInstanceOf(DataException.class)
                .hasMessageContaining("cannot be written: no such file or folder");
        byte[] header = "{\"u\":{\"dtype\":\"U32\",\"shape\":[1],\"data_offsets\":[0,4]}}".getBytes();
        byte[] file = new byte[8 + header.length + 4];
        file[0] = (byte) header.length;
        System.arraycopy(header, 0, file, 8, header.length);
        Path unsigned = Files.write(folder.resolve("u.safetensors"), file);
        assertThatThrownBy(() -> convert(unsigned, "u.pth", null)).isInstanceOf(DataException.class)
                .hasMessageEndingWith("u.pth: type not in every PyTorch: \"u\" is U32 (write safetensors instead)");
        assertThat(Files.list(folder)).containsExactly(unsigned);
    }

    private Path convert(Path from, String to, StoredType floats) {
        Path path = folder.resolve(to);
        try (WeightFile file = WeightFile.open(from)) {
            WeightConversion.write(file, path, floats);
        }
        return path;
    }

    private static boolean succeeds(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        return process.waitFor(PATIENCE, TimeUnit.SECONDS) && process.exitValue() == 0;
    }
}
