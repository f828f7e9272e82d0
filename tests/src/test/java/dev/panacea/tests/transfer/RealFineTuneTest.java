package dev.panacea.tests.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.panacea.ace.data.CsvRows;
import dev.panacea.tests.house.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real pictures and their lists, in the folder that PANACEA_DATA names: a few of each, trained on and tested. */
class RealFineTuneTest {
    @TempDir
    private Path folder;
    private Path data;

    @BeforeEach
    void find() {
        String named = System.getenv("PANACEA_DATA");
        assumeTrue(named != null && Files.isDirectory(Path.of(named)), "PANACEA_DATA names no folder");
        data = Path.of(named);
    }

    private void copy(String file, String to) throws IOException {
        Path target = folder.resolve("data").resolve(to);
        Files.createDirectories(target.getParent());
        Files.copy(data.resolve(file), target);
    }

    private JsonNode result(String kind, String task, String parts, String... more) throws IOException {
        SmallRun run = new SmallRun(folder.resolve("run"));
        List<String> args = new ArrayList<>(List.of("--data", folder.resolve("data").toString(), "--task", task));
        args.addAll(List.of(more));
        Outcome outcome = SmallRun.finetune(kind, run.folder(), SmallRun.TINY, args.toArray(String[]::new));
        assertThat(outcome.code()).as(outcome.err()).isZero();
        assertThat(outcome.out()).contains(parts);
        return run.json("result.json");
    }

    /** Some lines of a list, and the pictures that they name. */
    private void films(String list, int count) throws IOException {
        List<String> lines = Files.readAllLines(data.resolve("cxr/splits").resolve(list)).stream()
                .filter(line -> !line.startsWith("#")).limit(count).toList();
        for (String line : lines) {
            String name = line.split("\\s+")[0];
            copy("cxr/nih/" + name.substring(name.lastIndexOf('/') + 1).replaceFirst("\\.\\w+$", ".jpg"),
                    name.substring(name.lastIndexOf('/') + 1).replaceFirst("\\.\\w+$", ".jpg"));
        }
        Files.write(folder.resolve("data").resolve(list), lines);
    }

    @Test
    void labelsOfChestXrays() throws IOException {
        films("nih14_train.txt", 6);
        films("nih14_val.txt", 2);
        films("nih14_test.txt", 4);
        JsonNode result = result("classify", "chestxray14", "6 to train on, 2 for validation, 4 to test");
        assertThat(result.get("numbers").has("AUC Hernia")).isTrue();
        assertThat(result.get("numbers").get("AUC Hernia").get("value").isNull()).as("no positive").isTrue();
        assertThat(result.get("numbers").get("accuracy").get("value").asDouble()).isBetween(0.0, 1.0);
    }

    @Test
    void lungsWithPixelsThatAreNotKnown() throws IOException {
        List<String> rows = new ArrayList<>(List.of("image,split,mask_lungs"));
        for (CsvRows.Row row : CsvRows.read(data.resolve("seg/segmentation.csv"))) {
            List<String> fields = row.fields();
            if (fields.getFirst().equals("v7_lungs") && rows.size() <= 8) {
                String name = fields.get(1).substring(fields.get(1).lastIndexOf('/') + 1);
                String mask = fields.get(2).substring(fields.get(2).lastIndexOf('/') + 1);
                copy(fields.get(1), "films/" + name);
                copy(fields.get(2), "masks/" + mask);
                rows.add("films/" + name + "," + (rows.size() < 6 ? "train" : rows.size() < 7 ? "val" : "test")
                        + ",masks/" + mask);
            }
        }
        Files.write(folder.resolve("data/lungs.csv"), rows);
        JsonNode result = result("segment", "csv", "5 to train on, 1 for validation, 2 to test");
        assertThat(result.get("numbers").get("mean Dice").get("value").asDouble()).isBetween(0.0, 1.0);
        assertThat(result.get("numbers").has("Dice lungs")).isTrue();
    }

    /** The first photographs of both parts, in folders as they lie in the download; their names. */
    private List<String> photographs(int train, int test) throws IOException {
        List<String> chosen = new ArrayList<>();
        try (Stream<Path> files = Files.list(data.resolve("fundus/idrid/images"))) {
            List<String> names = files.map(file -> file.getFileName().toString()).sorted().toList();
            for (String part : List.of("train", "test")) {
                names.stream().filter(name -> name.startsWith(part)).limit(part.equals("train") ? train : test)
                        .forEach(chosen::add);
            }
        }
        for (String name : chosen) {
            String part = name.substring(0, name.indexOf('_'));
            copy("fundus/idrid/images/" + name, part + "ing set/" + name.substring(part.length() + 1));
        }
        return chosen;
    }

    @Test
    void gradesOfFundusPhotographs() throws IOException {
        photographs(6, 3);
        for (String list : List.of("a. IDRiD_Disease Grading_Training Labels.csv",
                "b. IDRiD_Disease Grading_Testing Labels.csv")) {
            copy("lists/idrid/" + list, list);
        }
        JsonNode grades = result("classify", "idrid", " for validation, 3 to test", "--allow-missing");
        assertThat(grades.get("primary").asText()).isEqualTo("accuracy");
        assertThat(grades.get("numbers").get("accuracy").get("value").asDouble()).isBetween(0.0, 1.0);
    }

    @Test
    void pointsOfFundusPhotographs() throws IOException {
        List<String> chosen = photographs(6, 3);
        for (String part : List.of("train", "test")) {
            for (String point : List.of("OD", "Fovea")) {
                List<String> rows = new ArrayList<>(List.of("Image No,X- Coordinate,Y - Coordinate"));
                for (CsvRows.Row row : CsvRows.read(data.resolve("fundus/idrid/keypoints.csv"))) {
                    List<String> fields = row.fields();
                    String name = fields.getFirst().substring(fields.getFirst().lastIndexOf('/') + 1);
                    if (chosen.contains(name) && name.startsWith(part)
                            && fields.get(1).startsWith(point.equals("OD") ? "optic" : "fovea")) {
                        rows.add(name.substring(part.length() + 1).replace(".jpg", "") + "," + fields.get(4) + ","
                                + fields.get(5));
                    }
                }
                Files.write(folder.resolve("data/IDRiD_" + point + "_Center_" + (part.equals("train") ? "Training"
                        : "Testing") + " Set_Markups.csv"), rows);
            }
        }
        JsonNode points = result("keypoints", "idrid-points", "5 to train on, 1 for validation, 3 to test");
        assertThat(points.get("numbers").get("mean error").get("value").asDouble()).isBetween(0.0, 46.0);
        assertThat(points.get("numbers").has("error Fovea")).isTrue();
    }
}
