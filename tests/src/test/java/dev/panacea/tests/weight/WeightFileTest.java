package dev.panacea.tests.weight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.panacea.nn.weight.StoredWeight;
import dev.panacea.nn.weight.WeightFile;
import dev.panacea.tensor.DataException;
import dev.panacea.tensor.ElementType;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.io.ElementSource;
import dev.panacea.tensor.io.Safetensors;
import dev.panacea.tensor.io.StoredType;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Files that PyTorch wrote hold for us what they held for it: names, types, shapes, bits and settings. */
class WeightFileTest {
    static final Path GOLDEN = Path.of("src", "test", "resources", "golden", "weights");
    private static final int CASES = 18;

    @TempDir
    private Path folder;

    static List<String> cases() throws IOException {
        try (Stream<Path> files = Files.list(GOLDEN)) {
            List<String> names = files.map(file -> file.getFileName().toString()).filter(n -> n.endsWith(".pth"))
                    .map(name -> name.substring(0, name.length() - 4)).sorted().toList();
            assertThat(names).hasSize(CASES);
            return names;
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void holdsWhatPyTorchSaved(String name) {
        try (WeightFile saved = WeightFile.open(GOLDEN.resolve(name + ".pth"));
                WeightFile wanted = WeightFile.open(GOLDEN.resolve(name + ".safetensors"))) {
            assertThat(saved.format()).isEqualTo(name.endsWith("legacy") ? "pytorch legacy" : "pytorch zip");
            assertThat(wanted.format()).isEqualTo("safetensors");
            assertThat(saved.weights().keySet()).containsExactlyElementsOf(wanted.weights().keySet());
            assertThat(saved.weights()).isEqualTo(wanted.weights());
            for (StoredWeight weight : wanted.weights().values()) {
                assertThat(bytes(saved.source(weight.name()))).as(weight.name())
                        .isEqualTo(bytes(wanted.source(weight.name())));
            }
            assertThat(saved.texts()).containsAllEntriesOf(wanted.texts());
        }
    }

    @Test
    void piecesOfStridedTensorsFitTogether() {
        try (WeightFile file = WeightFile.open(GOLDEN.resolve("views.pth"))) {
            for (StoredWeight weight : file.weights().values()) {
                ElementSource source = file.source(weight.name());
                byte[] whole = bytes(source);
                for (long from = 0; from < weight.elements(); from++) {
                    for (long count = 0; count <= Math.min(7, weight.elements() - from); count++) {
                        byte[] piece = new byte[(int) count * 4];
                        source.read(from, MemorySegment.ofArray(piece));
                        assertThat(piece).isEqualTo(Arrays.copyOfRange(whole, (int) from * 4,
                                (int) (from + count) * 4));
                    }
                }
                assertThatThrownBy(() -> source.read(weight.elements(), MemorySegment.ofArray(new byte[4])))
                        .isInstanceOf(IndexOutOfBoundsException.class);
            }
        }
    }

    @Test
    void loadsEveryTypeAsFloatsOrIntegers() {
        for (String name : List.of("types.pth", "types_legacy.pth", "types.safetensors")) {
            try (WeightFile file = WeightFile.open(GOLDEN.resolve(name))) {
                float[] floats = {0, -0f, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NaN, 1e-7f, 65504,
                    1 / 3f};
                loads(file, "float64", floats);
                loads(file, "float32", floats);
                loads(file, "float16", 0, -0f, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NaN, 0x1p-23f,
                        65504, 0.33325195f);
                loads(file, "bfloat16", 0, -0f, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NaN,
                        1.0011717677116394e-7f, 65536, 0.333984375f);
                for (String type : List.of("int64", "int32", "int16", "int8")) {
                    loads(file, type, 0, 1, 5, 127, -128);
                }
                loads(file, "uint8", 0, 1, 128, 255);
                loads(file, "bool", 1, 0, 1);
                assertThat(file.load("float16").type()).isEqualTo(ElementType.F32);
                assertThat(file.load("bool").type()).isEqualTo(ElementType.I32);
            }
        }
    }

    private static void loads(WeightFile file, String name, float... wanted) {
        assertThat(file.load(name).toFloats()).as(name).containsExactly(wanted);
    }

    /** PyTorch 2 has types without a storage class of their own: bytes, and the type beside them. */
    @Test
    void readsBytesWithATypeBesideThem() {
        String call = "ctorch._utils\n_rebuild_tensor_v3\n(" + PickleText.storage(PickleText.number(8))
                .replace("torch\nFloatStorage", "torch.storage\nUntypedStorage") + "K\u0001(K\u0002t(K\u0001t\u0089}"
                + "ctorch\nuint16\ntR";
        try (WeightFile file = open(PickleText.START + "}" + PickleText.text("w") + call + "s.",
                1, 0, 0, 255, 255, 0, 0, 0)) {
            assertThat(file.weights().get("w")).isEqualTo(new StoredWeight("w", StoredType.U16, List.of(2L)));
            assertThat(file.load("w").toFloats()).containsExactly(0xff00, 0xff);
        }
    }

    /** Byte strings where there are texts today, and pairs in a list for an ordered dictionary. */
    @Test
    void readsWhatPython2Wrote() {
        try (WeightFile file = open(PickleText.START + "ccollections\nOrderedDict\n](](U\u0001w" + PickleText.TENSOR
                + "e](U\u0005epochK\u0007ee\u0085R.", 0, 0, 128, 63, 0, 0, 0, 64)) {
            assertThat(file.load("w").toFloats()).containsExactly(1, 2);
            assertThat(file.texts()).isEqualTo(Map.of("epoch", "7"));
        }
    }

    private static WeightFile open(String pickle, int... storage) {
        byte[] bytes = new byte[storage.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) storage[i];
        }
        return WeightFile.open(MemorySegment.ofArray(PickleText.zip(Map.of("archive/data.pkl",
                PickleText.bytes(pickle), "archive/data/0", bytes))), Path.of("by hand"));
    }

    @Test
    void refusesWhatATensorCannotHold() {
        Path path = folder.resolve("a.safetensors");
        Safetensors.copy(path, Map.of("u", longs(StoredType.U64, -1), "i", longs(StoredType.I64, 1L << 31),
                "f", longs(StoredType.F8_E4M3, 0), "b", longs(StoredType.BOOL, 2)), Map.of());
        try (WeightFile file = WeightFile.open(path)) {
            refuses(() -> file.load("u"), path, "\"u\": value does not fit I32: element 0 is 18446744073709551615"
                    + " (I32 holds -2^31 to 2^31 - 1, a BOOL 0 or 1)");
            refuses(() -> file.load("i"), path, "\"i\": value does not fit I32: element 0 is 2147483648"
                    + " (I32 holds -2^31 to 2^31 - 1, a BOOL 0 or 1)");
            refuses(() -> file.load("b"), path, "\"b\": value does not fit BOOL: element 0 is 2"
                    + " (I32 holds -2^31 to 2^31 - 1, a BOOL 0 or 1)");
            refuses(() -> file.load("f"), path,
                    "\"f\": type has no tensor: F8_E4M3 (convert it to F32, F16 or BF16)");
            refuses(() -> file.load("a\nb"), path, "no such tensor: \"a?b\" (it holds 4, such as \"i\", \"u\", \"b\")");
        }
    }

    @Test
    void filesThatAreNotWhatTheyShouldBeAreRefused() throws IOException {
        Path path = Files.writeString(folder.resolve("picture.pth"), "\u0089PNG and more than that");
        refuses(() -> WeightFile.open(path), path, "format not known: it begins with c2 89 50 4e 47 20 61 6e"
                + " (need a safetensors file, or one of torch.save)");
        refuses(() -> WeightFile.open(folder), folder, "cannot be read: not a plain file (name a file)");
        Path missing = folder.resolve("missing");
        refuses(() -> WeightFile.open(missing), missing,
                "cannot be read: no such file or folder (check the path, its permissions and the space left)");
        Path empty = Files.createFile(folder.resolve("empty"));
        assertThatThrownBy(() -> WeightFile.open(empty)).isInstanceOf(DataException.class)
                .hasMessageContaining("file shorter than its length field");
    }

    @Test
    void closedAndShrunkFilesSaySo() throws IOException {
        Path path = folder.resolve("a.safetensors");
        Safetensors.save(path, Map.of("x", Tensor.ones(5000)), Map.of());
        WeightFile closed = WeightFile.open(path);
        ElementSource source = closed.source("x");
        closed.close();
        closed.close();
        refuses(() -> closed.load("x"), path, "file is closed: \"x\" of 1 tensors (load tensors before closing)");
        assertThatThrownBy(() -> bytes(source)).isInstanceOf(DataException.class);
        try (WeightFile file = WeightFile.open(path);
                RandomAccessFile other = new RandomAccessFile(path.toFile(), "rw")) {
            other.setLength(0);
            refuses(() -> file.load("x"), path,
                    "file shrank while open: \"x\" (write files anew beside the old, then rename)");
        }
    }

    @Test
    void loadedTensorsAreOurs() {
        Tensor loaded;
        try (WeightFile file = WeightFile.open(GOLDEN.resolve("views.pth"))) {
            loaded = file.load("transposed");
        }
        assertThat(loaded.shape()).isEqualTo(Shape.of(6, 4));
        assertThat(loaded.isContiguous()).isTrue();
        assertThat(loaded.at(0, 1)).isEqualTo(0.5);
    }

    static byte[] bytes(ElementSource source) {
        byte[] bytes = new byte[Math.toIntExact(source.byteSize())];
        source.read(0, MemorySegment.ofArray(bytes));
        return bytes;
    }

    private static ElementSource longs(StoredType type, long value) {
        return new ElementSource() {
            @Override
            public StoredType type() {
                return type;
            }

            @Override
            public List<Long> shape() {
                return List.of(1L);
            }

            @Override
            public void read(long from, MemorySegment into) {
                MemorySegment number = MemorySegment.ofArray(new byte[8]);
                number.set(ValueLayout.JAVA_LONG_UNALIGNED, 0, value);
                MemorySegment.copy(number, 0, into, 0, into.byteSize());
            }
        };
    }

    private static void refuses(Runnable action, Path path, String message) {
        assertThatThrownBy(action::run).isInstanceOf(DataException.class)
                .hasMessage("weights " + path + ": " + message);
    }
}
