package dev.panacea.tests.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.panacea.ace.data.CsvRows;
import dev.panacea.ace.data.PictureCache;
import dev.panacea.ace.data.Reduction;
import dev.panacea.ace.drawn.Point;
import dev.panacea.ace.example.Example;
import dev.panacea.ace.example.ExampleSet;
import dev.panacea.ace.example.Examples;
import dev.panacea.ace.example.Mask;
import dev.panacea.ace.example.Placement;
import dev.panacea.ace.example.ViewConfig;
import dev.panacea.ace.label.LabelOptions;
import dev.panacea.ace.label.LabelSet;
import dev.panacea.ace.label.LabelTask;
import dev.panacea.ace.run.PictureSource;
import dev.panacea.tensor.RandomSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real masks and points, in the folder that PANACEA_DATA names, against what its tables say of them. */
class RealExamplesTest {
    @TempDir
    private Path folder;
    private Path data;

    @BeforeEach
    void find() {
        String named = System.getenv("PANACEA_DATA");
        assumeTrue(named != null && Files.isDirectory(Path.of(named)), "PANACEA_DATA names no folder");
        data = Path.of(named);
    }

    private Path copied(String file, String to) throws IOException {
        Path target = folder.resolve(to);
        Files.createDirectories(target.getParent());
        return Files.exists(target) ? target : Files.copy(data.resolve(file), target);
    }

    private static long count(Mask mask, byte value) {
        long count = 0;
        for (byte one : mask.values()) {
            count += one == value ? 1 : 0;
        }
        return count;
    }

    private static List<Example> all(ExampleSet set) {
        List<Example> all = new ArrayList<>();
        for (Examples part : List.of(set.train(), set.validation(), set.test())) {
            for (int i = 0; i < part.size(); i++) {
                all.add(part.read(i));
            }
        }
        return all;
    }

    /** Lungs are dark: a mask that lies on its picture covers what is darker than the rest of the body's middle. */
    @Test
    void lungsOfOnesOwnTable() throws IOException {
        List<String> rows = new ArrayList<>(List.of("image,split,mask_lungs"));
        for (String name : List.of("53c9be49", "2168a917", "61bc50d1", "5f619d7e")) {
            copied("cxr/hannover/" + name + ".jpg", "films/" + name + ".jpg");
            copied("seg/v7_lungs/masks/" + name + ".png", "masks/" + name + ".png");
            rows.add("films/" + name + ".jpg,train,masks/" + name + ".png");
        }
        Files.write(folder.resolve("lungs.csv"), rows);
        LabelSet labels = LabelTask.CSV.read(folder, LabelOptions.usual()).complete();
        ExampleSet set = ExampleSet.files(labels, files -> PictureSource.files(files, PictureCache.open(
                folder.resolve("cache"), files, new Reduction(128), 0)));
        for (Example example : all(set)) {
            Placement placement = new ViewConfig(96, 1, 1, 1, 1, 7, 1).draw(example.picture().width(),
                    example.picture().height(), RandomSource.of(3));
            float[] view = placement.view(example.picture(), 96).values();
            byte[] mask = placement.view(example.masks().getFirst(), 96);
            double inside = 0;
            double lung = 0;
            double middle = 0;
            double rest = 0;
            for (int i = 0; i < mask.length; i++) {
                boolean in = mask[i] == Mask.INSIDE;
                inside += in ? view[i] : 0;
                lung += in ? 1 : 0;
                boolean beside = mask[i] == Mask.OUTSIDE && i / 96 > 20 && i / 96 < 90 && i % 96 > 15 && i % 96 < 80;
                rest += beside ? view[i] : 0;
                middle += beside ? 1 : 0;
            }
            assertThat(lung / mask.length).isBetween(0.36, 0.62);
            assertThat(inside / lung).as(example.name()).isLessThan(0.9 * rest / middle);
        }
    }

    @Test
    void unknownPixelsOfLungs() throws IOException {
        int unknown = 0;
        for (CsvRows.Row row : CsvRows.read(data.resolve("seg/segmentation.csv"))) {
            String mask = row.fields().get(2);
            if (row.fields().getFirst().equals("v7_lungs") && unknown < 1) {
                String name = mask.substring(mask.lastIndexOf('/') + 1);
                copied(mask, "m/" + name);
                copied(mask, "film.png"); // any picture of its sides
                Files.write(folder.resolve("one.csv"), List.of("image,split,mask_lungs", "film.png,train,m/" + name));
                ExampleSet set = ExampleSet.files(LabelTask.CSV.read(folder, LabelOptions.usual()),
                        PictureSource::files);
                Example example = set.train().read(0);
                long half = 0;
                for (float level : example.picture().values()) {
                    half += Math.abs(level - 127f / 255) < 1e-4 ? 1 : 0;
                }
                assertThat(count(example.masks().getFirst(), Mask.UNKNOWN)).as(mask).isEqualTo(half);
                unknown += half > 0 ? 1 : 0;
                Files.delete(folder.resolve("film.png"));
            }
        }
        assertThat(unknown).isEqualTo(1);
    }

    @Test
    void pointsOfIdrid() throws IOException {
        Map<String, Point> expected = new HashMap<>();
        List<String> discs = new ArrayList<>(List.of("Image No,X- Coordinate,Y - Coordinate"));
        List<String> foveas = new ArrayList<>(discs);
        for (CsvRows.Row row : CsvRows.read(data.resolve("fundus/idrid/keypoints.csv"))) {
            List<String> f = row.fields();
            if (f.getFirst().contains("/train_") && expected.size() < 6) {
                String name = f.getFirst().substring(f.getFirst().lastIndexOf("IDRiD"));
                copied(f.getFirst(), "a. Training Set/" + name);
                boolean disc = f.get(1).startsWith("optic");
                expected.put(name + (disc ? 0 : 1), new Point(Double.parseDouble(f.get(2)),
                        Double.parseDouble(f.get(3))));
                (disc ? discs : foveas).add(name.replace(".jpg", "") + "," + f.get(4) + "," + f.get(5));
            }
        }
        Files.write(folder.resolve("IDRiD_OD_Center_Training Set_Markups.csv"), discs);
        Files.write(folder.resolve("IDRiD_Fovea_Center_Training Set_Markups.csv"), foveas);
        ExampleSet set = ExampleSet.files(LabelTask.IDRID_POINTS.read(folder, LabelOptions.usual()).complete(),
                PictureSource::files);
        int compared = 0;
        for (Example example : all(set)) {
            for (int label = 0; label < 2; label++) {
                Point at = expected.get(Path.of(example.name()).getFileName().toString() + label);
                Point share = example.points().get(label).orElseThrow();
                assertThat(share.x() * example.picture().width()).isCloseTo(at.x(), within(0.06)); // the table's digits
                assertThat(share.y() * example.picture().height()).isCloseTo(at.y(), within(0.06));
                compared++;
            }
        }
        assertThat(compared).isEqualTo(6);
    }

    @Test
    void lesionsOfIdrid() throws IOException {
        Map<String, Long> expected = new HashMap<>();
        for (CsvRows.Row row : CsvRows.read(data.resolve("fundus/idrid/segmentation.csv"))) {
            String mask = row.fields().get(1);
            if (mask.endsWith(".png")) {
                expected.put(mask.substring(mask.lastIndexOf('/') + 1, mask.length() - 4),
                        Long.parseLong(row.fields().get(5)));
            }
        }
        LabelSet labels = LabelTask.IDRID_LESIONS.read(data.resolve("fundus/idrid"), LabelOptions.usual());
        ExampleSet set = ExampleSet.files(labels, PictureSource::files);
        List<String> endings = List.of("MA", "HE", "EX", "SE", "OD");
        int compared = 0;
        for (Example example : all(set)) {
            String name = Path.of(example.name()).getFileName().toString().replace(".jpg", "");
            for (int label = 0; label < set.labels().size(); label++) {
                String ending = endings.get(labels.labels().indexOf(set.labels().get(label)));
                Long pixels = expected.getOrDefault(name + "_" + ending, 0L);
                assertThat(count(example.masks().get(label), Mask.INSIDE)).as(name + ending).isEqualTo(pixels);
                assertThat(example.targets()[label]).isEqualTo(pixels > 0 ? 1 : 0);
                compared++;
            }
        }
        assertThat(compared).isGreaterThanOrEqualTo(30);
    }
}
