package dev.panacea.tests.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.panacea.tensor.DataException;
import dev.panacea.tensor.ElementType;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.io.Safetensors;
import dev.panacea.tensor.io.SafetensorsFile;
import dev.panacea.tensor.io.StoredType;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What is saved is loaded, a save is all or nothing, and each way to break a file has its own message. */
class SafetensorsTest {
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

    @ParameterizedTest
    @EnumSource(ElementType.class)
    void everyTypeComesBackBitForBit(ElementType type) {
        Tensor tensor = Tensor.zeros(type, 3, 5);
        for (int i = 0; i < 15; i++) {
            tensor.flat(i, type == ElementType.U8 ? i * 17 : (i - 7) * 1.25e4);
        }
        Path path = folder.resolve("t.safetensors");
        Safetensors.save(path, Map.of("x", tensor), Map.of());
        try (SafetensorsFile file = Safetensors.open(path)) {
            Tensor back = file.load("x");
            assertThat(back.spec()).isEqualTo(tensor.spec());
            assertThat(back.toDoubles()).isEqualTo(tensor.toDoubles());
            assertThat(file.entry("x").type().name()).isEqualTo(type.name());
        }
    }

    @Test
    void emptyAndScalarTensorsAndEmptyFilesComeBack() {
        Path path = folder.resolve("t.safetensors");
        Safetensors.save(path, Map.of("none", Tensor.zeros(4, 0), "one", Tensor.scalar(2.5)), Map.of());
        try (SafetensorsFile file = Safetensors.open(path)) {
            assertThat(file.load("none").shape()).isEqualTo(Shape.of(4, 0));
            assertThat(file.load("one").shape()).isEqualTo(Shape.SCALAR);
            assertThat(file.load("one").item()).isEqualTo(2.5);
        }
        Safetensors.save(path, Map.of(), Map.of());
        try (SafetensorsFile file = Safetensors.open(path)) {
            assertThat(file.names()).isEmpty();
        }
    }

    @Test
    void viewsAreWrittenAsTheyLook() {
        Tensor base = Tensor.of(Shape.of(2, 3, 4), counting(24));
        Map<String, Tensor> views = Map.of("transposed", base.transpose(0, 2), "sliced", base.slice(2, 1, 3),
                "expanded", base.slice(1, 0, 1).expand(2, 5, 4));
        Path path = folder.resolve("t.safetensors");
        Safetensors.save(path, views, Map.of());
        try (SafetensorsFile file = Safetensors.open(path)) {
            views.forEach((name, view) -> {
                assertThat(file.load(name).shape()).isEqualTo(view.shape());
                assertThat(file.load(name).toDoubles()).isEqualTo(view.toDoubles());
            });
        }
    }

    @Test
    void namesAndTextsMayHoldAnyCharacter() {
        String odd = "a \"b\"\\ \n\t\u0001 é \ud83e\udde0 / \u2028";
        Path path = folder.resolve("t.safetensors");
        Safetensors.save(path, Map.of(odd, Tensor.scalar(1), "", Tensor.scalar(2)), Map.of(odd, odd, "", ""));
        try (SafetensorsFile file = Safetensors.open(path)) {
            assertThat(file.load(odd).item()).isEqualTo(1);
            assertThat(file.load("").item()).isEqualTo(2);
            assertThat(file.metadata()).isEqualTo(Map.of(odd, odd, "", ""));
        }
    }

    @Test
    void bytesDoNotDependOnTheOrderOfTheMapsAndTensorsAreAligned() throws IOException {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put("u8", Tensor.zeros(ElementType.U8, 3));
        tensors.put("f64", Tensor.zeros(ElementType.F64, 3));
        tensors.put("bf16", Tensor.zeros(ElementType.BF16, 3));
        tensors.put("f32", Tensor.zeros(ElementType.F32, 3));
        Map<String, Tensor> reversed = new LinkedHashMap<>();
        List.copyOf(tensors.keySet()).reversed().forEach(name -> reversed.put(name, tensors.get(name)));
        Safetensors.save(folder.resolve("a"), tensors, Map.of("k", "v", "l", "w"));
        Safetensors.save(folder.resolve("b"), reversed, Map.of("l", "w", "k", "v"));
        assertThat(folder.resolve("a")).hasSameBinaryContentAs(folder.resolve("b"));
        try (SafetensorsFile file = Safetensors.open(folder.resolve("a"))) {
            for (String name : file.names()) {
                assertThat(file.bytes(name).address() % file.entry(name).type().byteSize()).isZero();
            }
        }
    }

    @Test
    void otherTypesAreConvertedOrRefused() {
        ByteBuffer data = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
        data.putLong(-5).putLong(Integer.MAX_VALUE).putShort((short) 0x3c00).putShort((short) 0xc500);
        data.putShort(Short.MIN_VALUE).putShort((short) 7).put((byte) -128).put((byte) 127).put((byte) 0).put((byte) 1);
        data.putLong(1L << 31).put((byte) 2).put((byte) 0xff);
        byte[] file = file("{" + entry("i64", "I64", "2", 0, 16) + "," + entry("f16", "F16", "2", 16, 20) + ","
                + entry("i16", "I16", "2", 20, 24) + "," + entry("i8", "I8", "2", 24, 26) + ","
                + entry("bool", "BOOL", "2", 26, 28) + "," + entry("wide", "I64", "1", 28, 36) + ","
                + entry("maybe", "BOOL", "1", 36, 37) + "," + entry("f8", "F8_E4M3", "1", 37, 38) + "}",
                Arrays.copyOf(data.array(), 38));
        SafetensorsFile open = Safetensors.open(MemorySegment.ofArray(file), "f");
        assertThat(open.load("i64").toDoubles()).containsExactly(-5, Integer.MAX_VALUE);
        assertThat(open.load("f16").toDoubles()).containsExactly(1, -5);
        assertThat(open.load("i16").toDoubles()).containsExactly(Short.MIN_VALUE, 7);
        assertThat(open.load("i8").toDoubles()).containsExactly(-128, 127);
        assertThat(open.load("bool").type()).isEqualTo(ElementType.U8);
        assertThat(open.load("bool").toDoubles()).containsExactly(0, 1);
        refuses(() -> open.load("wide"), "safetensors f: value does not fit I32: \"wide\" element 0 is 2147483648"
                + " (I32 holds -2^31 to 2^31 - 1)");
        refuses(() -> open.load("maybe"), "safetensors f: value does not fit U8: \"maybe\" element 0 is 2"
                + " (a BOOL is 0 or 1)");
        refuses(() -> open.load("f8"), "safetensors f: type has no tensor: \"f8\" is F8_E4M3"
                + " (convert it to F32, BF16, I32 or U8)");
        assertThat(open.entry("f8").type()).isEqualTo(StoredType.F8_E4M3);
        refuses(() -> open.load("weigth"), "safetensors f: no such tensor: \"weigth\""
                + " (it holds 8, such as \"i64\", \"f16\", \"i16\")");
    }

    @Test
    void failedSaveLeavesTheOldFileAndNothingElse() throws IOException {
        Path path = folder.resolve("t.safetensors");
        Safetensors.save(path, Map.of("x", Tensor.scalar(1)), Map.of());
        byte[] old = Files.readAllBytes(path);
        Tensor freed;
        try (MemoryScope _ = MemoryScope.open("inner")) {
            freed = Tensor.scalar(3);
        }
        Map<String, Tensor> half = Map.of("a", Tensor.zeros(1000), "b", freed);
        assertThatThrownBy(() -> Safetensors.save(path, half, Map.of())).hasMessageContaining("inner");
        assertThat(Files.readAllBytes(path)).isEqualTo(old);
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactly(path);
        }
    }

    @Test
    void savingOverAnOpenFileDoesNotDisturbItsReaders() {
        Path path = folder.resolve("t.safetensors");
        Safetensors.save(path, Map.of("x", Tensor.scalar(1)), Map.of());
        try (SafetensorsFile file = Safetensors.open(path)) {
            Safetensors.save(path, Map.of("x", Tensor.scalar(2)), Map.of());
            assertThat(file.load("x").item()).isEqualTo(1);
        }
        try (SafetensorsFile file = Safetensors.open(path)) {
            assertThat(file.load("x").item()).isEqualTo(2);
        }
    }

    @Test
    void whatCannotBeStoredIsRefusedBeforeAnythingIsWritten() {
        Path path = folder.resolve("t");
        refuses(() -> Safetensors.save(path, Map.of("__metadata__", Tensor.scalar(1)), Map.of()),
                "safetensors " + path + ": name is taken by the format: \"__metadata__\" (rename it)");
        refuses(() -> Safetensors.save(path, Map.of("a", Tensor.zeros(1, 1, 1, 1, 1, 1, 1, 1, 1)), Map.of()),
                "safetensors " + path + ": too many axes: \"a\" [1, 1, 1, 1, 1, 1, 1, 1, 1] (at most 8)");
        refuses(() -> Safetensors.save(path, Map.of(), Map.of("a", "\ud83e")),
                "safetensors " + path + ": name or text is not Unicode: half a surrogate pair (use whole characters)");
        assertThat(folder).isEmptyDirectory();
        Path missing = folder.resolve("missing/t");
        refuses(() -> Safetensors.save(missing, Map.of(), Map.of()), "safetensors " + missing
                + ": cannot be written: no such file or folder (check the path, its permissions and the space left)");
        refuses(() -> Safetensors.open(missing), "safetensors " + missing
                + ": cannot be read: no such file or folder (check the path, its permissions and the space left)");
        refuses(() -> Safetensors.open(folder),
                "safetensors " + folder + ": cannot be read: not a plain file (name a file)");
    }

    @Test
    void closedFilesSaySo() {
        Path path = folder.resolve("t");
        Safetensors.save(path, Map.of("x", Tensor.scalar(1)), Map.of());
        SafetensorsFile file = Safetensors.open(path);
        file.close();
        file.close();
        refuses(() -> file.load("x"),
                "safetensors " + path + ": file is closed: \"x\" (load tensors before closing)");
    }

    @Test
    void fileCutShortBySomeoneElseIsAnErrorNotACrash() throws IOException {
        Path path = folder.resolve("t");
        Safetensors.save(path, Map.of("x", Tensor.ones(5000)), Map.of());
        try (SafetensorsFile file = Safetensors.open(path); RandomAccessFile other = new RandomAccessFile(
                path.toFile(), "rw")) {
            other.setLength(0);
            refuses(() -> file.load("x"), "safetensors " + path
                    + ": file shrank while open: \"x\" at 0 (write files anew beside the old, then rename)");
        }
    }

    @Test
    void filesAboveTwoGibibytesAreReadWhereTheyLie() throws IOException {
        Path path = folder.resolve("large");
        long large = 3L << 30; // a hole on disk: it takes no space and is never read
        String header = "{" + entry("hole", "U8", String.valueOf(large), 0, large) + ","
                + entry("tail", "F32", "2", large, large + 8) + "}";
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.write(file(header, new byte[0]));
            file.setLength(8 + header.length() + large + 8);
            file.seek(8 + header.length() + large);
            file.write(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putFloat(1.5f).putFloat(-2).array());
        }
        try (SafetensorsFile file = Safetensors.open(path)) {
            assertThat(file.load("tail").toDoubles()).containsExactly(1.5, -2);
            assertThat(file.bytes("hole").byteSize()).isEqualTo(large);
        }
    }

    static List<Arguments> broken() {
        String a = entry("a", "F32", "2", 0, 8);
        return List.of(
                Arguments.of(new byte[5], "file shorter than its length field: 5 bytes (at least 8; is it complete?)"),
                Arguments.of(new byte[8], "header length does not fit the file: 0 of 8 bytes"
                        + " (is it safetensors, and complete?)"),
                Arguments.of(file("{}".getBytes(), -1, 0), "header length does not fit the file:"
                        + " 18446744073709551615 of 10 bytes (is it safetensors, and complete?)"),
                Arguments.of(file("{}".getBytes(), 3, 0), "header length does not fit the file: 3 of 10 bytes"
                        + " (is it safetensors, and complete?)"),
                Arguments.of(file(" {}", new byte[0]), "header does not begin with '{': \" \" (is it safetensors?)"),
                Arguments.of(file(new byte[] {'{', (byte) 0xc3, '}'}, 3, 0),
                        "header is not UTF-8: Input length = 1 (is it safetensors?)"),
                Arguments.of(file("{\"a\"", new byte[0]),
                        "header is not the JSON of the format: the end at character 4 (need ':')"),
                Arguments.of(file("{\"a\":3}", new byte[0]),
                        "header is not the JSON of the format: \"3\" at character 5 (need '{')"),
                Arguments.of(file("{}x", new byte[0]),
                        "header is not the JSON of the format: \"x\" at character 2 (need the end of the header)"),
                Arguments.of(file("{" + entry("a", "F32", "-2", 0, 8) + "}", new byte[8]),
                        "header is not the JSON of the format: \"-\" at character 29 (need a whole number)"),
                Arguments.of(file("{" + entry("a", "F32", "2.0", 0, 8) + "}", new byte[8]),
                        "header is not the JSON of the format: \"2\" at character 29 (need a whole number)"),
                Arguments.of(file("{" + entry("a", "F32", "9223372036854775808", 0, 8) + "}", new byte[8]),
                        "number too large: at character 29 (offsets and sizes fit 63 bits)"),
                Arguments.of(file("{\"\\x\":1}", new byte[0]),
                        "unknown escape in a string: before character 4 (JSON knows \\n, \\u0041, …)"),
                Arguments.of(file("{\"\\ud800\":1}", new byte[0]),
                        "half a surrogate pair: in a string before character 9 (write UTF-8)"),
                Arguments.of(file("{" + a + "," + a + "}", new byte[8]),
                        "key given twice: \"a\" (write the file anew)"),
                Arguments.of(file("{\"__metadata__\":{\"k\":\"\",\"k\":\"\"}}", new byte[0]),
                        "key given twice: \"k\" (write the file anew)"),
                Arguments.of(file("{\"a\\nb\":{\"type\":\"F32\"}}", new byte[0]),
                        "unknown key in an entry: \"type\" of \"a?b\" (dtype, shape and data_offsets)"),
                Arguments.of(file("{\"a\":{\"dtype\":\"F32\",\"shape\":[]}}", new byte[0]),
                        "incomplete entry: \"a\" (need dtype, shape and two data_offsets)"),
                Arguments.of(file("{" + entry("a", "F32", "1,1,1,1,1,1,1,1,2", 0, 8) + "}", new byte[8]),
                        "too many numbers in a list: \"a\" (at most 8)"),
                Arguments.of(file("{" + entry("a", "F4", "2", 0, 8) + "}", new byte[8]),
                        "unknown dtype: \"F4\" of \"a\" (F32, F64, BF16, F16, I32, I64, U8, …)"),
                Arguments.of(file("{" + entry("a", "F32", "4294967296,4294967296", 0, 8) + "}", new byte[8]),
                        "shape too large: \"a\" [4294967296, 4294967296] (at most 2^63 - 1 bytes)"),
                Arguments.of(file("{" + entry("a", "F32", "3", 0, 8) + "}", new byte[8]),
                        "data_offsets do not fit the shape: \"a\" F32 [3] at [0, 8] (need 12 bytes)"),
                Arguments.of(file("{" + entry("a", "F32", "2", 8, 0) + "}", new byte[8]),
                        "data_offsets do not fit the shape: \"a\" F32 [2] at [8, 0] (need 8 bytes)"),
                Arguments.of(file("{" + a + "}", new byte[7]),
                        "tensor beyond the end: \"a\" at [0, 8] of 7 bytes (is it complete?)"),
                Arguments.of(file("{" + a + "," + entry("b", "U8", "4", 6, 10) + "}", new byte[10]),
                        "tensors overlap: \"b\" at [6, 10] begins before 8 (write the file anew)"),
                Arguments.of(file("{" + a + "," + entry("b", "U8", "4", 9, 13) + "}", new byte[13]),
                        "gap in the data: \"b\" at [9, 13] begins after 8 (write the file anew)"),
                Arguments.of(file("{" + a + "}", new byte[9]),
                        "bytes behind the last tensor: 1 of 9 (write the file anew)"));
    }

    @ParameterizedTest
    @MethodSource("broken")
    void everyBrokenRuleHasItsMessage(byte[] bytes, String message) throws IOException {
        Path path = Files.write(folder.resolve("t"), bytes);
        refuses(() -> Safetensors.open(path), "safetensors " + path + ": " + message);
    }

    private static void refuses(Runnable action, String message) {
        assertThatThrownBy(action::run).isInstanceOf(DataException.class).hasMessage(message);
    }

    private static float[] counting(int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = i;
        }
        return values;
    }

    private static String entry(String name, String type, String shape, long begin, long end) {
        return "\"" + name + "\":{\"dtype\":\"" + type + "\",\"shape\":[" + shape + "],\"data_offsets\":[" + begin + ","
                + end + "]}";
    }

    private static byte[] file(String header, byte[] data) {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        byte[] file = file(text, text.length, data.length);
        System.arraycopy(data, 0, file, 8 + text.length, data.length);
        return file;
    }

    private static byte[] file(byte[] text, long length, int dataSize) {
        return ByteBuffer.allocate(8 + text.length + dataSize).order(ByteOrder.LITTLE_ENDIAN).putLong(length).put(text)
                .array();
    }
}
