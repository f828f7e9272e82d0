package dev.panacea.tests.weight;

import static dev.panacea.tests.weight.PickleText.START;
import static dev.panacea.tests.weight.PickleText.TENSOR;
import static dev.panacea.tests.weight.PickleText.bytes;
import static dev.panacea.tests.weight.PickleText.dictionary;
import static dev.panacea.tests.weight.PickleText.file;
import static dev.panacea.tests.weight.PickleText.little;
import static dev.panacea.tests.weight.PickleText.number;
import static dev.panacea.tests.weight.PickleText.storage;
import static dev.panacea.tests.weight.PickleText.tensor;
import static dev.panacea.tests.weight.PickleText.text;
import static dev.panacea.tests.weight.PickleText.zip;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.panacea.nn.weight.WeightFile;
import dev.panacea.tensor.DataException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Files that are made to harm do none: they are refused in one line, or hold a stand-in that remembers a name. */
class HostileWeightsTest {
    private static final Path MARK = Path.of("target", "weights-ran-a-program");
    private static final String COMMAND = text("touch " + MARK);
    private static final String ATTACK = "file wants to run a program: \"posix.system\", at byte ";

    @TempDir
    private Path folder;

    static List<Arguments> pickles() {
        String arguments = COMMAND + "\u0085";
        String lists = "]".repeat(500_000) + "a".repeat(499_999);
        String doubled = "}q\u0000(" + text("a") + TENSOR + "u";
        for (int i = 1; i < 60; i++) {
            doubled += "}q" + (char) i + "(" + text("a") + "h" + (char) (i - 1) + text("b") + "h" + (char) (i - 1)
                    + "u";
        }
        String copied = "]q\u0000(" + "NN\u0086".repeat(20_000) + "e\u0085q\u0001"
                + "ccollections\nOrderedDict\nh\u0001R".repeat(20_000);
        return List.of(
                // code
                Arguments.of("reduce", START + "cposix\nsystem\n" + arguments + "R.", ATTACK),
                Arguments.of("reduce in a dictionary", dictionary("cos\nsystem\n" + arguments + "R"),
                        "file wants to run a program: \"os.system\", at byte "),
                Arguments.of("stack global", "\u0080\u0004\u008c\u0005posix\u008c\u0006system\u0093" + arguments + "R.",
                        ATTACK),
                Arguments.of("eval", START + "c__builtin__\neval\n" + arguments + "R.",
                        "file wants to run a program: \"__builtin__.eval\", at byte "),
                Arguments.of("newobj", START + "cposix\nsystem\n" + arguments + "\u0081.", ATTACK),
                Arguments.of("newobj_ex", "\u0080\u0004cposix\nsystem\n" + arguments + "}\u0092.", ATTACK),
                Arguments.of("inst", START + "(" + COMMAND + "iposix\nsystem\n.", "instruction not allowed: 0x69, at "),
                Arguments.of("obj", START + "(cposix\nsystem\n" + COMMAND + "o.",
                        "instruction not allowed: 0x6f, at "),
                Arguments.of("build", START + "c__main__\nA\n)\u0081}" + text("__setstate__") + "cposix\nsystem\nsb"
                        + COMMAND + "b.", "no tensors in it: "),
                Arguments.of("extension", START + "\u0082\u0001.", "instruction not allowed: 0x82, at "),
                Arguments.of("text reference", START + "Pstorage\n.", "instruction not allowed: 0x50, at "),
                Arguments.of("reference to a module", START + "(" + text("module") + "cposix\nsystem\n" + COMMAND
                        + text("source") + "tQ" + arguments + "R.", ATTACK),
                Arguments.of("out of band", "\u0080\u0005\u0097.", "instruction not allowed: 0x97, at "),
                Arguments.of("call of a call", START + "c__main__\nA\n)R)R.", "wrong value for a call of what is no"),
                // sizes
                Arguments.of("2^60 elements", START + tensor(number(1L << 60), number(0), "(" + number(1L << 60) + "t",
                        "(" + number(1) + "t") + ".", "storage is larger than the file: \"0\" of 1152921504606846976 "),
                Arguments.of("2^60 of one", START + tensor(number(2), number(0), "(" + number(1L << 30)
                        + number(1L << 30) + "t", "(" + number(0) + number(0) + "t") + ".",
                        "tensors repeat their elements too often: \"tensor\" [1073741824, 1073741824] "),
                Arguments.of("2^80 of one", START + tensor(number(2), number(0), "(" + number(1L << 40)
                        + number(1L << 40) + "t", "(" + number(0) + number(0) + "t") + ".",
                        "tensor beyond its storage: [1099511627776, 1099511627776] "),
                Arguments.of("one too many", START + tensor(number(2), number(0), "(" + number(3) + "t",
                        "(" + number(1) + "t") + ".", "tensor beyond its storage: [3] "),
                Arguments.of("one too far", START + tensor(number(2), number(1), "(" + number(2) + "t",
                        "(" + number(1) + "t") + ".", "tensor beyond its storage: [2] "),
                Arguments.of("wide strides", START + tensor(number(2), number(0), "(" + number(2) + number(2) + "t",
                        "(" + number(1L << 62) + number(1L << 62) + "t") + ".", "tensor beyond its storage: [2, 2] "),
                Arguments.of("before the start", START + tensor(number(2), number(-1), "(" + number(1) + "t",
                        "(" + number(1) + "t") + ".", "tensor beyond its storage: [1] "),
                Arguments.of("negative stride", START + tensor(number(2), number(1), "(" + number(2) + "t",
                        "(" + number(-1) + "t") + ".", "wrong value for a size or stride: "),
                Arguments.of("negative size", START + tensor(number(2), number(0), "(" + number(-2) + "t",
                        "(" + number(1) + "t") + ".", "wrong value for a size or stride: "),
                Arguments.of("strides missing", START + tensor(number(2), number(0), "(" + number(2) + "t", ")") + ".",
                        "tensor beyond its storage: [2] "),
                Arguments.of("nine axes", START + tensor(number(2), number(0), "(" + number(1).repeat(9) + "t",
                        "(" + number(1).repeat(9) + "t") + ".", "tensor of too many axes: 9, "),
                Arguments.of("storage too short", START + tensor(number(3), number(0), "(" + number(3) + "t",
                        "(" + number(1) + "t") + ".", "storage is shorter than the pickle says: \"tensor\" needs 3 "),
                Arguments.of("negative storage", START + storage(number(-1)) + ".",
                        "wrong value for reference to something outside: "),
                Arguments.of("two sizes of one storage", START + "(" + TENSOR + storage(number(1)) + "t.",
                        "two storages by one key: \"0\", "),
                // structure
                Arguments.of("long text", START + "\u008d" + little(8, Long.MAX_VALUE) + ".", "pickle ends too early: "
                        + "9223372036854775807 bytes wanted, "),
                Arguments.of("negative text", START + "\u008d" + little(8, -1) + ".", "pickle ends too early: "
                        + "18446744073709551615 bytes wanted, "),
                Arguments.of("long number", START + "\u008b" + little(4, 1 << 20) + "0".repeat(1 << 20) + ".",
                        "number too long: 1048576 bytes, "),
                Arguments.of("nested lists", START + lists + ".", "nested too deeply: \"0.0.0.0."),
                Arguments.of("nested tuples", START + TENSOR + "\u0085".repeat(500_000) + ".", "nested too deeply: "),
                Arguments.of("a list in itself", START + "]q\u0000h\u0000a.", "nested too deeply: "),
                Arguments.of("doubled dictionaries", START + doubled + ".", "names take more than the file: "),
                Arguments.of("copied again and again", START + copied + ".", "pickle makes more than its size: "),
                Arguments.of("millions of steps", START + "N0".repeat(2_000_001) + ".", "pickle too long: more than "),
                Arguments.of("two tensors by one name", START + "}(" + text("a.b") + TENSOR + text("a") + "}("
                        + text("b") + TENSOR + "uu.", "two tensors by one name: \"a.b\" "),
                Arguments.of("nothing", "", "pickle ends too early: 1 bytes wanted, 0 left, "),
                Arguments.of("no value", ".", "too few values for an instruction: 0 of 1, "),
                Arguments.of("below the mark", START + "N(0.", "too few values for an instruction: 0 of 1, "),
                Arguments.of("no mark", START + "t.", "no mark to go back to: 0 values, "),
                Arguments.of("nothing remembered", START + "h\u0007.", "nothing remembered by this number: 7, "),
                Arguments.of("append to a number", START + "K\u0001K\u0002a.", "append to what is no list: Scalar, "),
                Arguments.of("append to a tuple", START + ")K\u0002a.", "append to what is no list: Sequence, "),
                Arguments.of("set in a list", START + "]K\u0001K\u0002s.", "setting what is no dictionary's entry: "),
                Arguments.of("key without value", START + "}(K\u0001u.", "setting what is no dictionary's entry: "),
                Arguments.of("text protocol", "\u0080\u0001.", "pickle protocol not known: 1, "),
                Arguments.of("name of numbers", "\u0080\u0004K\u0001K\u0002\u0093.", "name is not text: Scalar, "),
                Arguments.of("endless name", START + "c" + "a".repeat(5000) + "\n", "name too long: more than 1000 "),
                Arguments.of("called with a number", START + "c__main__\nA\nK\u0001R.", "arguments are no tuple: "),
                Arguments.of("control characters", START + "h\u0001}" + text("a\n\u001b[31m") + TENSOR + "s.",
                        "nothing remembered by this number: 1, "));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("pickles")
    void pickleIsRefusedInOneLine(String what, String pickle, String message) throws IOException {
        Files.deleteIfExists(MARK);
        assertThatThrownBy(() -> open(file(bytes(pickle)))).as(what).isInstanceOf(DataException.class)
                .hasMessageStartingWith("weights hostile: " + message)
                .hasMessageMatching("[^\\p{Cntrl}]{1,400} \\([^\\p{Cntrl}]+\\)");
        assertThat(MARK).doesNotExist();
    }

    @Test
    void unknownCallsLeaveTheirNames() {
        try (WeightFile file = open(file(bytes(dictionary("c__main__\nThing\n" + text("a") + "\u0085R"))))) {
            assertThat(file.weights()).containsOnlyKeys("w");
            assertThat(file.texts()).isEqualTo(Map.of("more", "__main__.Thing(a)"));
        }
    }

    @Test
    void namesInErrorsAreOneLine() {
        try (WeightFile file = open(file(bytes(START + "}" + text("a\n\u001b[31mb") + TENSOR + "s.")))) {
            assertThatThrownBy(() -> file.load("a\n\u001b[31m")).hasMessage("weights hostile: no such tensor:"
                    + " \"a??[31m\" (it holds 1, such as \"a??[31mb\")");
        }
    }

    @ParameterizedTest
    @MethodSource
    void pathsThatLeadElsewhereAreRefused(String name) {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        entries.put("archive/data.pkl", bytes(START + TENSOR + "."));
        entries.put("archive/data/0", new byte[8]);
        entries.put(name, new byte[1]);
        refuses(zip(entries), "path in a zip file that leads elsewhere: \"" + name + "\" (save the file anew)");
    }

    static List<String> pathsThatLeadElsewhereAreRefused() {
        return List.of("../../x", "archive/../../x", "/etc/passwd", "..\\x", "C:x", "..");
    }

    @Test
    void packedEntriesAreRefused() throws IOException {
        assertThatThrownBy(() -> open(withBomb("archive/data/0"))).isInstanceOf(DataException.class).hasMessageMatching(
                "weights hostile: packed or encrypted entry: \"archive/data/0\" of [0-9]+ bytes for 52428800"
                        + " \\(save with torch\\.save, which stores plainly\\)");
        try (WeightFile file = open(withBomb("archive/code/model.py"))) { // nobody unpacks it
            assertThat(file.load("tensor").toFloats()).containsExactly(0, 0);
        }
    }

    /** A good file but for one entry, which is packed a thousandfold. */
    private static byte[] withBomb(String name) throws IOException {
        ByteArrayOutputStream bomb = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bomb)) {
            Map<String, byte[]> entries = new LinkedHashMap<>();
            entries.put("archive/data.pkl", bytes(START + TENSOR + "."));
            entries.put("archive/data/0", new byte[8]);
            entries.put(name, new byte[50 << 20]);
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                boolean packed = entry.getKey().equals(name);
                ZipEntry header = new ZipEntry(entry.getKey());
                CRC32 checksum = new CRC32();
                checksum.update(entry.getValue());
                header.setMethod(packed ? ZipEntry.DEFLATED : ZipEntry.STORED);
                header.setCrc(checksum.getValue());
                header.setSize(entry.getValue().length);
                zip.putNextEntry(header);
                zip.write(entry.getValue());
            }
        }
        return bomb.toByteArray();
    }

    @Test
    void zipFilesMustBeOfOneModel() {
        byte[] pickle = bytes(START + TENSOR + ".");
        byte[] storage = new byte[8];
        refuses(zip(Map.of("a/data.pkl", pickle, "b/data.pkl", pickle, "a/data/0", storage)),
                "not one pickle in the zip file: 2 entries FOLDER/data.pkl (is it of torch.save?)");
        refuses(zip(Map.of("a/b/data.pkl", pickle)),
                "not one pickle in the zip file: 0 entries FOLDER/data.pkl (is it of torch.save?)");
        refuses(zip(Map.of("a/data.pkl", pickle)), "storage is missing: \"0\" (is the file complete?)");
        refuses(zip(Map.of("a/data.pkl", pickle, "a/data/0", storage, "a/byteorder", bytes("big"))),
                "byte order not read here: \"big\" (save on a little-endian machine)");
        byte[] twice = zip(Map.of("a/data.pkl", pickle, "a/data/0", storage, "a/data/1", storage));
        byte[] renamed = new String(twice, StandardCharsets.ISO_8859_1).replace("a/data/1", "a/data/0")
                .getBytes(StandardCharsets.ISO_8859_1);
        refuses(renamed, "two entries by one name: \"a/data/0\" (save the file anew)");
    }

    @ParameterizedTest
    @MethodSource("dev.panacea.tests.weight.WeightFileTest#cases")
    void everyTruncationIsRefused(String name) throws IOException {
        byte[] whole = Files.readAllBytes(WeightFileTest.GOLDEN.resolve(name + ".pth"));
        for (int length = 0; length < whole.length; length++) {
            try {
                open(Arrays.copyOf(whole, length));
            } catch (DataException refused) {
                continue;
            }
            throw new AssertionError("read from " + length + " of " + whole.length + " bytes");
        }
    }

    /** A hole on disk: it takes no space and is never read. */
    @Test
    void entriesAboveFourGibibytesAreReadWhereTheyLie() throws IOException {
        long elements = 1_100_000_000L;
        String pickle = START + tensor(number(elements), number(elements - 2), "(" + number(2) + "t",
                "(" + number(1) + "t") + ".";
        String name = "archive/data/0";
        String local = "PK\u0003\u0004" + little(4, 45) + little(2, 0) + little(4, 0) + little(4, 0);
        String first = local + little(4, pickle.length()).repeat(2) + little(2, 16) + little(2, 0) + "archive/data.pkl"
                + pickle;
        String second = local + little(4, -1).repeat(2) + little(2, name.length()) + little(2, 20) + name + little(2, 1)
                + little(2, 16) + little(8, 4 * elements).repeat(2);
        long directory = first.length() + second.length() + 4 * elements;
        String central = "PK\u0001\u0002" + little(6, 45) + little(2, 0) + little(4, 0) + little(4, 0);
        String entries = central + little(4, pickle.length()).repeat(2) + little(2, 16) + little(6, 0) + little(6, 0)
                + little(4, 0) + "archive/data.pkl"
                + central + little(4, -1).repeat(2) + little(2, name.length()) + little(2, 20) + little(4, 0)
                + little(6, 0) + little(4, first.length()) + name + little(2, 1) + little(2, 16)
                + little(8, 4 * elements).repeat(2);
        String end = "PK\u0006\u0006" + little(8, 44) + little(4, 45) + little(8, 0) + little(8, 2).repeat(2)
                + little(8, entries.length()) + little(8, directory)
                + "PK\u0006\u0007" + little(4, 0) + little(8, directory + entries.length()) + little(4, 1)
                + "PK\u0005\u0006" + little(4, 0) + little(2, -1).repeat(2) + little(4, -1).repeat(2) + little(2, 0);
        Path path = folder.resolve("large.pth");
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.write(bytes(first + second));
            file.seek(directory - 4);
            file.write(bytes(little(4, Float.floatToIntBits(1.5f)) + entries + end));
        }
        try (WeightFile file = WeightFile.open(path)) {
            assertThat(file.load("tensor").toDoubles()).containsExactly(0, 1.5);
        }
    }

    private static void refuses(byte[] bytes, String message) {
        assertThatThrownBy(() -> open(bytes)).isInstanceOf(DataException.class)
                .hasMessage("weights hostile: " + message);
    }

    private static WeightFile open(byte[] bytes) {
        return WeightFile.open(MemorySegment.ofArray(bytes), Path.of("hostile"));
    }
}
