package dev.panacea.tests.label;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.panacea.ace.data.CsvRows;
import dev.panacea.ace.drawn.Point;
import dev.panacea.ace.label.LabelOptions;
import dev.panacea.ace.label.LabelSet;
import dev.panacea.ace.label.LabelTask;
import dev.panacea.ace.label.Labelled;
import dev.panacea.ace.label.Mark;
import dev.panacea.ace.label.Split;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The list files of the public data sets themselves, in the folder that PANACEA_DATA names; other tools counted. */
class RealLabelsTest {
    @TempDir
    private Path folder;
    private Path data;

    @BeforeEach
    void find() {
        String named = System.getenv("PANACEA_DATA");
        assumeTrue(named != null && Files.isDirectory(Path.of(named)), "PANACEA_DATA names no folder");
        data = Path.of(named);
    }

    /** Labels need only know that pictures are there. */
    private static void copyNames(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) {
                Files.createFile(to.resolve(file.getFileName()));
            }
        }
    }

    private LabelSet read(LabelTask task, Path from) {
        return task.read(from, LabelOptions.usual());
    }

    private static List<Long> counts(LabelSet set, Split split) {
        List<Long> counts = new ArrayList<>();
        for (int label = 0; label < set.labels().size(); label++) {
            counts.add(set.count(label, split));
        }
        return counts;
    }

    @Test
    void allOfChestXray14() throws IOException {
        for (String name : List.of("Data_Entry_2017_v2020.csv", "train_val_list.txt", "test_list.txt")) {
            try (InputStream in = new GZIPInputStream(Files.newInputStream(data.resolve("lists/nih14/" + name
                    + ".gz")))) {
                Files.copy(in, folder.resolve(name));
            }
        }
        Files.copy(data.resolve("lists/nih14/BBox_List_2017.csv"), folder.resolve("BBox_List_2017.csv"));
        copyNames(data.resolve("cxr/nih"), folder);
        LabelSet set = read(LabelTask.CHESTXRAY14, folder);
        assertThat(set.pictures()).hasSize(530);
        assertThat(set.missing()).hasSize(112_120 - 530).allMatch(line -> line.contains(": no picture \""));
        assertThat(set.of(Split.TEST).size() + set.of(Split.TRAIN).size() + set.of(Split.VALIDATION).size())
                .isEqualTo(530);
        // cxr/labels.csv has the same labels in columns of their own.
        List<CsvRows.Row> rows = CsvRows.read(data.resolve("cxr/labels.csv"));
        List<String> header = rows.removeFirst().fields();
        int compared = 0;
        for (Labelled one : set.pictures()) {
            List<String> row = rows.stream().map(CsvRows.Row::fields)
                    .filter(fields -> fields.getFirst().endsWith("/" + one.file().getFileName())).findFirst()
                    .orElseThrow();
            for (int label = 0; label < set.labels().size(); label++) {
                assertThat(row.get(header.indexOf(set.labels().get(label)))).as(row.getFirst())
                        .isEqualTo(one.targets()[label] == 1 ? "1" : "0");
                compared++;
            }
            assertThat(one.split() == Split.TEST).isEqualTo(row.get(header.indexOf("nih_split")).equals("test"));
            assertThat(Integer.toString(one.marks().size())).isEqualTo(row.get(header.indexOf("n_bbox")));
        }
        assertThat(compared).isEqualTo(530 * 14);
    }

    @Test
    void listsOfNumbers() {
        LabelSet set = read(LabelTask.CHESTXRAY14, data.resolve("cxr")).complete();
        assertThat(set.pictures()).hasSize(530);
        assertThat(set.count(13, Split.VALIDATION) + set.count(13, Split.TEST)).as("hernias").isZero();
        assertThat(set.count(11, Split.VALIDATION)).as("fibroses").isZero();
        assertThat(set.count(13, Split.TRAIN)).isPositive();
        assertThat(read(LabelTask.RSNA, data.resolve("cxr")).complete().pictures()).hasSize(237);
    }

    @Test
    void chestXDet() {
        LabelSet set = read(LabelTask.CHESTXDET, data.resolve("lists/chestxdet"));
        assertThat(set.missing()).hasSize(240);
        assertThat(set.pictures()).isEmpty();
    }

    @Test
    void outlinesOfChestXDet() throws IOException {
        for (String part : List.of("train", "test")) {
            Path list = Files.copy(data.resolve("lists/chestxdet/ChestX_Det_" + part + ".json"),
                    folder.resolve("ChestX_Det_" + part + ".json"));
            Matcher names = Pattern.compile("\"file_name\": ?\"([^\"]+)\"")
                    .matcher(Files.readString(list));
            Files.createDirectory(folder.resolve(part));
            while (names.find()) {
                Files.createFile(folder.resolve(part).resolve(names.group(1)));
            }
        }
        LabelSet set = read(LabelTask.CHESTXDET, folder).complete();
        assertThat(set.of(Split.TEST)).hasSize(80);
        assertThat(set.of(Split.TRAIN).size() + set.of(Split.VALIDATION).size()).isEqualTo(160);
        assertThat(set.of(Split.VALIDATION)).hasSize(16);
        assertThat(set.of(Split.TEST).stream().mapToInt(one -> one.marks().size()).sum()).isEqualTo(250);
        assertThat(set.of(Split.TEST).stream().flatMap(one -> one.marks().stream())
                .filter(mark -> set.labels().get(mark.label()).equals("Effusion"))).hasSize(48);
        for (Labelled one : set.of(Split.TEST).subList(0, 10)) {
            for (Mark mark : one.marks()) { // an outline has the area that its corners tell, but for its edge
                List<Point> corners = ((Mark.Outline) mark).corners();
                double area = 0;
                double edge = 0;
                for (int i = 0; i < corners.size(); i++) {
                    Point a = corners.get(i);
                    Point b = corners.get((i + 1) % corners.size());
                    area += (a.x() * b.y() - b.x() * a.y()) / 2;
                    edge += Math.hypot(a.x() - b.x(), a.y() - b.y());
                }
                boolean[] mask = new boolean[1 << 20];
                ((Mark.Outline) mark).paint(mask, set.frame().orElseThrow());
                long inside = 0;
                for (boolean pixel : mask) {
                    inside += pixel ? 1 : 0;
                }
                assertThat((double) inside).isBetween(Math.abs(area) - edge, Math.abs(area) + edge);
            }
        }
    }

    @Test
    void idrid() throws IOException {
        copyNames(data.resolve("fundus/idrid/images"), folder);
        for (String part : List.of("train", "test")) { // as they lie in the download
            Path own = Files.createDirectory(folder.resolve(part + "ing set"));
            try (Stream<Path> files = Files.list(folder)) {
                for (Path file : files.filter(path -> path.getFileName().toString().startsWith(part + "_")).toList()) {
                    Files.move(file, own.resolve(file.getFileName().toString().substring(part.length() + 1)));
                }
            }
        }
        try (Stream<Path> lists = Files.list(data.resolve("lists/idrid"))) {
            for (Path list : lists.toList()) {
                Files.copy(list, folder.resolve(list.getFileName().toString()));
            }
        }
        LabelSet set = read(LabelTask.IDRID, folder);
        assertThat(set.pictures()).hasSize(60);
        assertThat(set.missing()).hasSize(516 - 60);
        for (int grade = 0; grade < 5; grade++) {
            assertThat(counts(set, Split.TRAIN).get(grade) + counts(set, Split.VALIDATION).get(grade)
                    + counts(set, Split.TEST).get(grade)).as("grade " + grade).isEqualTo(12);
        }
        LabelSet lesions = read(LabelTask.IDRID_LESIONS, data.resolve("fundus/idrid")).complete();
        assertThat(lesions.pictures()).hasSize(10);
        assertThat(lesions.pictures().getFirst().marks()).anyMatch(mark -> mark instanceof Mark.MaskFile file
                && file.file().endsWith("IDRiD_01_HE.png") && file.label() == 1);
    }
}
