package dev.panacea.tests.label;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.panacea.ace.drawn.Box;
import dev.panacea.ace.drawn.Point;
import dev.panacea.ace.label.FirePair;
import dev.panacea.ace.label.Frame;
import dev.panacea.ace.label.LabelOptions;
import dev.panacea.ace.label.LabelSet;
import dev.panacea.ace.label.LabelTask;
import dev.panacea.ace.label.Labelled;
import dev.panacea.ace.label.Mark;
import dev.panacea.ace.label.Split;
import dev.panacea.nn.ConfigException;
import dev.panacea.tensor.DataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Small folders in the layouts of the public data sets, and what is wrong with some. */
class LabelTaskTest {
    private static final float NONE = Float.NaN;

    @TempDir
    private Path folder;

    private Path file(String name, String... lines) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, lines.length == 0 ? "" : String.join("\n", lines) + "\n");
    }

    private void files(String... names) throws IOException {
        for (String name : names) {
            file(name);
        }
    }

    private LabelSet read(LabelTask task) {
        return task.read(folder, LabelOptions.usual());
    }

    private void refused(LabelTask task, String message) {
        assertThatThrownBy(() -> read(task).complete()).isInstanceOf(DataException.class)
                .hasMessage(message.replace("DIR", folder.toString()));
    }

    private static List<String> told(LabelSet set) {
        List<String> told = new ArrayList<>();
        for (Labelled one : set.pictures()) {
            StringBuilder labels = new StringBuilder();
            for (int i = 0; i < one.targets().length; i++) {
                labels.append(one.targets()[i] == 1 ? " " + set.labels().get(i) : Float.isNaN(one.targets()[i]) ? " ?"
                        : "");
            }
            told.add(one.file().getFileName() + " of " + one.patient() + ", " + one.split() + ":" + labels);
        }
        return told;
    }

    private void nih() throws IOException {
        files("images_001/00000001_000.png", "images_001/00000001_001.png", "images_002/00000002_000.png",
                "images_002/00000003_000.png");
        file("Data_Entry_2017.csv", "Image Index,Finding Labels,Follow-up #,Patient ID,Patient Age,Patient Gender,"
                + "View Position,OriginalImage[Width,Height],OriginalImagePixelSpacing[x,y],",
                "00000001_000.png,Cardiomegaly|Pleural_Thickening,0,1,058Y,M,PA,2682,2749,0.143,0.143,",
                "00000001_001.png,No Finding,1,1,058Y,M,PA,2894,2729,0.143,0.143,",
                "00000002_000.png,Hernia,0,2,081Y,M,PA,2500,2048,0.171,0.171,",
                "00000003_000.png,Infiltration,0,3,081Y,F,AP,2582,2991,0.143,0.143,");
        file("train_val_list.txt", "00000001_000.png", "00000001_001.png", "00000002_000.png");
        file("test_list.txt", "00000003_000.png");
        file("BBox_List_2017.csv", "Image Index,Finding Label,Bbox [x,y,w,h],,,",
                "00000003_000.png,Infiltrate,225.08,547.5,86,79,,,", "00000009_000.png,Mass,1,2,3,4,,,");
    }

    @Test
    void chestXray14() throws IOException {
        nih();
        LabelSet set = read(LabelTask.CHESTXRAY14).complete();
        assertThat(told(set)).containsExactly("00000001_000.png of 1, TRAIN: Cardiomegaly Pleural_Thickening",
                "00000001_001.png of 1, TRAIN:", "00000002_000.png of 2, TRAIN: Hernia",
                "00000003_000.png of 3, TEST: Infiltration");
        assertThat(set.kind()).isEqualTo(LabelSet.Kind.ANY);
        assertThat(set.pictures().getLast().marks()).containsExactly(
                new Mark.Rectangle(3, new Box(225.08, 547.5, 86, 79)));
        assertThat(set.count(13, Split.TRAIN)).isEqualTo(1);
    }

    @Test
    void chestXray14WithMistakes() throws IOException {
        nih();
        Path table = folder.resolve("Data_Entry_2017.csv");
        String text = Files.readString(table);
        Files.writeString(table, text.replace("Hernia", "Hernea"));
        refused(LabelTask.CHESTXRAY14, "DIR/Data_Entry_2017.csv: row 4: unknown label \"Hernea\" (is it Hernia?)");
        Files.writeString(table, text.replace("Hernia", "Gout"));
        assertThatThrownBy(() -> read(LabelTask.CHESTXRAY14)).hasMessageContaining("\"Gout\" (need one of: Atelec");
        Files.writeString(table, text.replace("Finding Labels", "Labels"));
        assertThatThrownBy(() -> read(LabelTask.CHESTXRAY14)).hasMessageContaining("no column 'Finding Labels' (");
        Files.writeString(table, text + "00000003_000.png,Mass,0,3\n");
        refused(LabelTask.CHESTXRAY14, "DIR/Data_Entry_2017.csv: row 6: \"00000003_000.png\" is listed already at "
                + "DIR/Data_Entry_2017.csv: row 5 (remove one)");
        Files.writeString(table, text);
        file("test_list.txt", "00000003_000.png", "00000001_001.png");
        refused(LabelTask.CHESTXRAY14, "DIR/test_list.txt: row 2: \"00000001_001.png\" is in the other list too"
                + " (splits overlap: remove one)");
        file("train_val_list.txt", "00000001_000.png", "00000002_000.png");
        refused(LabelTask.CHESTXRAY14, "DIR/Data_Entry_2017.csv: row 3: patient \"1\" is in test here, and in train at"
                + " DIR/Data_Entry_2017.csv: row 2 (splits overlap: move one)");
        file("test_list.txt", "00000003_000.png");
        refused(LabelTask.CHESTXRAY14, "DIR/Data_Entry_2017.csv: row 3: \"00000001_001.png\" is in neither"
                + " train_val_list nor test_list (add it)");
        nih();
        file("BBox_List_2017.csv", "Image Index,Finding Label,Bbox [x,y,w,h],,,", "00000003_000.png,Mass,1,2,0,4");
        assertThatThrownBy(() -> read(LabelTask.CHESTXRAY14)).hasMessageEndingWith("row 2: box of 0.0 x 4.0 pixels"
                + " (need sides above 0)");
        nih();
        Files.delete(folder.resolve("images_002/00000002_000.png"));
        LabelSet set = read(LabelTask.CHESTXRAY14);
        assertThat(set.pictures()).hasSize(3);
        refused(LabelTask.CHESTXRAY14, "DIR/Data_Entry_2017.csv: row 4: no picture \"00000002_000.png\" in DIR"
                + " (add the pictures, or allow that some are missing)");
    }

    @Test
    void listsOfNumbers() throws IOException {
        files("a/1_0.png", "a/1_1.jpg", "a/2_0.png", "a/3_0.png");
        file("Xray14_train_official.txt", "1_0.png 0 1 0 0 0 0 0 0 0 0 0 0 0 1", "1_1.png 0 0 0 0 0 0 0 0 0 0 0 0 0 0");
        file("Xray14_val_official.txt", "2_0.png 1 0 0 0 0 0 0 0 0 0 0 0 0 0");
        file("Xray14_test_official.txt", "3_0.png 0 0 1 0 0 0 0 0 0 0 0 0 0 0");
        file("rsna_test.txt", "3_0.png 2");
        file("rsna_train.txt", "1_0.png 0", "1_1.png 1", "2_0.png 2");
        assertThat(told(read(LabelTask.CHESTXRAY14).complete())).containsExactlyInAnyOrder(
                "1_0.png of 1, TRAIN: Cardiomegaly Hernia", "1_1.jpg of 1, TRAIN:",
                "2_0.png of 2, VALIDATION: Atelectasis", "3_0.png of 3, TEST: Effusion");
        assertThat(read(LabelTask.RSNA).count(2, Split.TEST)).isEqualTo(1);
        file("Xray14_val_official.txt", "# a comment", "9_0.png 1 0", "2_0.png 1 0 0 0 0 0 0 0 0 0 0 0 0 0",
                "3_1.png 1 0 0 0 0 0 0 0 0 0 0 0 0 0");
        refused(LabelTask.CHESTXRAY14, "DIR/Xray14_val_official.txt: row 2: 3 fields (need a name and 14 numbers)");
        file("Xray14_val_official.txt", "2_0.png 1 0 0 0 0 0 0 0 0 0 0 0 0 2");
        refused(LabelTask.CHESTXRAY14, "DIR/Xray14_val_official.txt: row 1: Hernia is \"2\" (need 0..1)");
        file("Xray14_val_official.txt", "1_0.png 1 0 0 0 0 0 0 0 0 0 0 0 0 0");
        refused(LabelTask.CHESTXRAY14, "DIR/Xray14_val_official.txt: row 1: \"1_0.png\" is listed already at"
                + " DIR/Xray14_train_official.txt: row 1 (splits overlap: remove one)");
        file("Xray14_val_official.txt", "1_9.png 1 0 0 0 0 0 0 0 0 0 0 0 0 0");
        refused(LabelTask.CHESTXRAY14, "DIR/Xray14_val_official.txt: row 1: patient \"1\" is in validation here, and"
                + " in train at DIR/Xray14_train_official.txt: row 1 (splits overlap: move one)");
    }

    @Test
    void splitsAreDrawnByPatient() throws IOException {
        List<String> rows = new ArrayList<>(List.of("image,patient,Cough"));
        for (int i = 0; i < 200; i++) {
            rows.add("p" + i + ".png,person " + i / 4 + "," + i % 2);
            file("p" + i + ".png");
        }
        file("own.csv", rows.toArray(String[]::new));
        LabelSet set = read(LabelTask.CSV);
        assertThat(set.of(Split.TEST)).hasSize(40);
        assertThat(set.of(Split.VALIDATION)).hasSize(20);
        assertThat(set.of(Split.TRAIN)).hasSize(140);
        Map<String, Split> patients = new HashMap<>();
        set.pictures().forEach(one -> assertThat(patients.merge(one.patient(), one.split(), (a, b) -> a))
                .isEqualTo(one.split()));
        assertThat(told(read(LabelTask.CSV))).isEqualTo(told(set));
        assertThat(told(LabelTask.CSV.read(folder, new LabelOptions(1, List.of())))).isNotEqualTo(told(set));
        rows.subList(1, rows.size()).sort(null);
        file("own.csv", rows.toArray(String[]::new));
        assertThat(told(read(LabelTask.CSV))).containsExactlyInAnyOrderElementsOf(told(set));
        rows.replaceAll(row -> row + (row.startsWith("image") ? ",split" : row.contains("person 1") ? ",test"
                : ",train"));
        file("own.csv", rows.toArray(String[]::new));
        LabelSet official = read(LabelTask.CSV);
        assertThat(official.of(Split.TEST)).hasSize(44);
        assertThat(official.of(Split.VALIDATION)).hasSize(16); // a tenth of 39 patients
    }

    @Test
    void shenzhen() throws IOException {
        files("CXR_png/CHNCXR_0001_0.png", "CXR_png/CHNCXR_0002_1.png");
        assertThat(told(read(LabelTask.SHENZHEN))).containsExactly("CHNCXR_0001_0.png of CHNCXR_0001_0, TRAIN:",
                "CHNCXR_0002_1.png of CHNCXR_0002_1, TRAIN: Tuberculosis");
        file("train.csv", "name,label", "CHNCXR_0002_1.png,1");
        file("test.csv", "name,label", "CHNCXR_0001_0.png,0");
        assertThat(told(read(LabelTask.SHENZHEN))).containsExactly("CHNCXR_0001_0.png of CHNCXR_0001_0, TEST:",
                "CHNCXR_0002_1.png of CHNCXR_0002_1, TRAIN: Tuberculosis");
        file("test.csv", "name,label", "CHNCXR_0001_0.png,yes");
        refused(LabelTask.SHENZHEN, "DIR/test.csv: row 2: label is \"yes\" (need a number)");
    }

    @Test
    void rsna() throws IOException {
        files("stage_2_train_images/a-1.dcm", "stage_2_train_images/b-2.dcm", "stage_2_train_images/c-3.dcm");
        file("stage_2_train_labels.csv", "patientId,x,y,width,height,Target", "a-1,,,,,0",
                "b-2,264.0,152.0,213.0,379.0,1", "b-2,562.0,152.0,256.0,453.0,1", "c-3,,,,,0");
        LabelSet two = read(LabelTask.RSNA).complete();
        assertThat(two.labels()).containsExactly("No Lung Opacity", "Lung Opacity");
        file("stage_2_detailed_class_info.csv", "patientId,class", "a-1,No Lung Opacity / Not Normal",
                "b-2,Lung Opacity", "b-2,Lung Opacity", "c-3,Normal");
        LabelSet set = read(LabelTask.RSNA).complete();
        assertThat(set.kind()).isEqualTo(LabelSet.Kind.ONE);
        assertThat(set.pictures()).extracting(one -> one.targets()).containsExactly(new float[] {0, 1, 0},
                new float[] {0, 0, 1}, new float[] {1, 0, 0});
        assertThat(set.pictures().get(1).marks()).containsExactly(
                new Mark.Rectangle(2, new Box(264, 152, 213, 379)), new Mark.Rectangle(2, new Box(562, 152, 256, 453)));
        assertThat(set.pictures()).extracting(Labelled::split).containsOnlyOnce(Split.TRAIN, Split.VALIDATION,
                Split.TEST);
        file("stage_2_train_labels.csv", "patientId,x,y,width,height,Target", "c-3,1,2,3,4,1");
        refused(LabelTask.RSNA, "DIR/stage_2_train_labels.csv: row 2: Target is 1, and the other table says Normal"
                + " (correct one)");
        file("stage_2_detailed_class_info.csv", "patientId,class", "b-2,Lung Opacity", "b-2,Normal");
        refused(LabelTask.RSNA, "DIR/stage_2_detailed_class_info.csv: row 3: another class than at"
                + " DIR/stage_2_detailed_class_info.csv: row 2 (a patient has one: correct a row)");
    }

    @Test
    void eyePacs() throws IOException {
        files("train/10_left.jpeg", "train/10_right.jpeg", "test/1_left.jpeg");
        file("trainLabels.csv", "image,level", "10_left,0", "10_right,4");
        file("retinopathy_solution.csv", "image,level,Usage", "1_left,2,Private");
        assertThat(told(read(LabelTask.EYEPACS).complete())).containsExactlyInAnyOrder(
                "1_left.jpeg of 1, TEST: Moderate", "10_left.jpeg of 10, TRAIN: No retinopathy",
                "10_right.jpeg of 10, TRAIN: Proliferative");
        file("trainLabels.csv", "image,level", "10_left,5");
        refused(LabelTask.EYEPACS, "DIR/trainLabels.csv: row 2: level is \"5\" (need 0..4)");
    }

    @Test
    void idrid() throws IOException {
        files("1. Original Images/a. Training Set/IDRiD_001.jpg", "1. Original Images/b. Testing Set/IDRiD_001.jpg");
        file("2. Groundtruths/a. IDRiD_Disease Grading_Training Labels.csv",
                "Image name,Retinopathy grade,Risk of macular edema ,,,", "IDRiD_001,3,2,,,");
        file("2. Groundtruths/b. IDRiD_Disease Grading_Testing Labels.csv",
                "Image name,Retinopathy grade,Risk of macular edema ", "IDRiD_001,4,0");
        LabelSet grades = read(LabelTask.IDRID).complete();
        assertThat(told(grades)).containsExactly("IDRiD_001.jpg of Training IDRiD_001, TRAIN: Severe",
                "IDRiD_001.jpg of Testing IDRiD_001, TEST: Proliferative");
        assertThat(grades.pictures().getLast().file().toString()).contains("Testing Set");
        file("IDRiD_OD_Center_Training Set_Markups.csv", "Image No,X- Coordinate,Y - Coordinate,,",
                "IDRiD_001,2908,1884,,", ",,,,");
        file("IDRiD_Fovea_Center_Training Set_Markups.csv", "Image No,X- Coordinate,Y - Coordinate", "IDRiD_001,1,2.5");
        LabelSet points = read(LabelTask.IDRID_POINTS).complete();
        assertThat(points.pictures()).hasSize(1);
        assertThat(points.pictures().getFirst().marks()).containsExactly(new Mark.Spot(0, new Point(2908, 1884)),
                new Mark.Spot(1, new Point(1, 2.5)));
        assertThat(points.frame()).contains(new Frame(4288, 2848));
    }

    @Test
    void idridLesions() throws IOException {
        files("a/IDRiD_01.jpg", "a/IDRiD_55.jpg", "m/1. Microaneurysms/IDRiD_01_MA.tif", "m/IDRiD_01_OD.tif",
                "m/IDRiD_55_EX.tif");
        LabelSet set = read(LabelTask.IDRID_LESIONS).complete();
        assertThat(set.count(0, Split.TRAIN)).isEqualTo(1);
        assertThat(set.count(2, Split.TEST)).isEqualTo(1);
        assertThat(set.pictures().getLast().marks())
                .containsExactly(new Mark.MaskFile(2, folder.resolve("m/IDRiD_55_EX.tif")));
        assertThat(set.pictures().getLast().targets()).containsOnly(NONE);
    }

    @Test
    void jsrt() throws IOException {
        files("All247images/JPCLN001.IMG", "All247images/JPCNN002.IMG", "scratch/fold1/masks/heart/JPCLN001.gif",
                "scratch/fold1/masks/left clavicle/JPCLN001.gif", "scratch/fold2/masks/heart/JPCNN002.gif");
        LabelSet set = read(LabelTask.JSRT).complete();
        assertThat(set.pictures()).extracting(one -> one.file().getFileName() + " " + one.split())
                .containsExactly("JPCLN001.IMG TRAIN", "JPCNN002.IMG TEST");
        assertThat(set.pictures().getFirst().marks()).extracting(Mark::label).containsExactly(0, 3);
        files("All247images/JPCNN003.IMG");
        refused(LabelTask.JSRT, "DIR: no mask of JPCNN003 in a folder such as heart (add masks or remove it)");
        Files.delete(folder.resolve("All247images/JPCNN003.IMG"));
        Files.delete(folder.resolve("All247images/JPCNN002.IMG"));
        refused(LabelTask.JSRT, "DIR: no picture \"JPCNN002\" in DIR (add the pictures, or allow that some are"
                + " missing)");
    }

    @Test
    void chestXDet() throws IOException {
        files("train_data/1.png", "train_data/2.png", "test_data/1.png");
        file("ChestX_Det_train.json", "[{\"file_name\": \"1.png\", \"syms\": [\"Nodule\", \"Pleural Thickening\"],",
                "\"boxes\": [[0, 0, 4, 4], [5, 5, 9, 9]], \"polygons\": [[[1, 1], [5, 1], [5, 4], [1, 4]],",
                "[[0, 0], [8, 0], [0, 8]]]},",
                "{\"file_name\": \"2.png\", \"syms\": [], \"boxes\": [], \"polygons\": []}]");
        file("ChestX_Det10_test.json", "[{\"file_name\": \"1.png\", \"syms\": [], \"boxes\": []}]");
        LabelSet set = read(LabelTask.CHESTXDET);
        assertThat(told(set)).containsExactly("1.png of 1.png, TRAIN: Nodule Pleural Thickening",
                "2.png of 2.png, TRAIN:");
        Frame frame = Frame.square(8);
        boolean[] square = set.pictures().getFirst().mask(10, frame);
        boolean[] triangle = set.pictures().getFirst().mask(11, frame);
        for (int i = 0; i < 64; i++) {
            int x = i % 8;
            int y = i / 8;
            assertThat(square[i]).isEqualTo(x >= 1 && x < 5 && y >= 1 && y < 4);
            assertThat(triangle[i]).as(x + " " + y).isEqualTo(x + y + 1 < 8);
        }
        file("ChestX_Det_train.json", "[{\"file_name\": \"1.png\", \"syms\": [\"Noduel\"],",
                "\"boxes\": [[1, 1, 3, 2]]}]");
        refused(LabelTask.CHESTXDET, "DIR/ChestX_Det_train.json: row 1: unknown label \"Noduel\" (is it Nodule?)");
        file("ChestX_Det_train.json", "[{\"file_name\": \"1.png\", \"syms\": [\"Mass\"], \"boxes\": []}]");
        refused(LabelTask.CHESTXDET, "DIR/ChestX_Det_train.json: row 1: 1 syms and 0 boxes (need one for each)");
        file("ChestX_Det_train.json", "[{\"file_name\"");
        assertThatThrownBy(() -> read(LabelTask.CHESTXDET)).hasMessageEndingWith(
                "ChestX_Det_train.json: not JSON: line 2 (download it again)");
    }

    @Test
    void siim() throws IOException {
        files("dicom-images-train/1.2/1.3/1.2.276.0.a.dcm", "dicom-images-train/1.4/1.5/1.2.276.0.b.dcm");
        file("train-rle.csv", "ImageId, EncodedPixels", "1.2.276.0.a, 1022 3 1021 2", "1.2.276.0.b,-1",
                "1.2.276.0.a, 0 1");
        LabelSet set = read(LabelTask.SIIM).complete();
        assertThat(set.pictures()).extracting(one -> one.targets()[0]).containsExactly(1f, 0f);
        boolean[] mask = set.pictures().getFirst().mask(0, set.frame().orElseThrow());
        List<Integer> inside = new ArrayList<>();
        for (int i = 0; i < mask.length; i++) {
            if (mask[i]) {
                inside.add(i);
            }
        }
        // Columns go down: two pixels end the first, one begins the second, which two end; and the very first.
        assertThat(inside).containsExactly(0, 1, 1022 * 1024, 1022 * 1024 + 1, 1023 * 1024, 1023 * 1024 + 1);
        file("train-rle.csv", "ImageId, EncodedPixels", "1.2.276.0.a, 1048570 3 2 2");
        refused(LabelTask.SIIM, "DIR/train-rle.csv: row 2: run 2 ends at pixel 1048577 (the picture has 1048576)");
        file("train-rle.csv", "ImageId, EncodedPixels", "1.2.276.0.a, 10 3 2");
        refused(LabelTask.SIIM, "DIR/train-rle.csv: row 2: 3 numbers of runs (need pairs, or -1 for no mask)");
        file("train-rle.csv", "ImageId, EncodedPixels", "1.2.276.0.a, 10 -3");
        refused(LabelTask.SIIM, "DIR/train-rle.csv: row 2: length 1 is \"-3\" (need 0..1048576)");
        file("train-rle.csv", "ImageId, EncodedPixels", "1.2.276.0.a,", "1.2.276.0.b, -1");
        refused(LabelTask.SIIM, "DIR/train-rle.csv: row 2: 1 numbers of runs (need pairs, or -1 for no mask)");
        file("train-rle.csv", "ImageId, EncodedPixels", "1.2.276.0.a, 10 3", "1.2.276.0.a, -1");
        refused(LabelTask.SIIM, "DIR/train-rle.csv: row 3: a mask and none for one picture, or none twice: see"
                + " DIR/train-rle.csv: row 2 (remove a row)");
    }

    @Test
    void landmarks() throws IOException {
        files("i/a.png", "i/b.png");
        file("landmark_train.txt", "i/a.png#10,20,0#30.5,40,2");
        file("landmark_test.txt", "b.png#1,2,1");
        LabelSet set = read(LabelTask.LANDMARKS).complete();
        assertThat(set.labels()).hasSize(3);
        assertThat(set.of(Split.TRAIN).getFirst().marks()).containsExactly(new Mark.Spot(0, new Point(10, 20)),
                new Mark.Spot(2, new Point(30.5, 40)));
        assertThat(set.count(1, Split.TEST)).isEqualTo(1);
        file("landmark_test.txt", "b.png#1,2,1#3,4");
        refused(LabelTask.LANDMARKS, "DIR/landmark_test.txt: row 1: point 2 has 2 numbers (need x,y,number)");
        file("landmark_test.txt", "b.png#1,2,1#3,4,1");
        refused(LabelTask.LANDMARKS, "DIR/landmark_test.txt: row 1: landmark 1 is there twice (remove one)");
    }

    @Test
    void fire() throws IOException {
        files("Images/A01_1.jpg", "Images/A01_2.jpg");
        file("Ground Truth/control_points_A01_1_2.txt", "1464.5 1183 1451 1177.25", "2 3 4 5");
        file("Ground Truth/control_points_P37_1_2.txt", "none of these is right");
        List<FirePair> pairs = FirePair.read(folder);
        assertThat(pairs).hasSize(1);
        assertThat(pairs.getFirst().name()).isEqualTo("A01_1_2");
        assertThat(pairs.getFirst().firstPoints()).containsExactly(new Point(1464.5, 1183), new Point(2, 3));
        assertThat(pairs.getFirst().secondPoints()).containsExactly(new Point(1451, 1177.25), new Point(4, 5));
        file("Ground Truth/control_points_A01_1_2.txt", "1 2 3");
        assertThatThrownBy(() -> FirePair.read(folder)).isInstanceOf(DataException.class)
                .hasMessageEndingWith("row 1: 3 fields (need x1 y1 x2 y2)");
        file("Ground Truth/control_points_B02_1_2.txt", "1 2 3 4");
        Files.delete(folder.resolve("Ground Truth/control_points_A01_1_2.txt"));
        assertThatThrownBy(() -> FirePair.read(folder)).hasMessageContaining("no picture B02_1 in");
    }

    @Test
    void folders() throws IOException {
        files("ill/a.png", "ill/deep/b.png", "well/c.png", "well/notes.txt");
        assertThatThrownBy(() -> LabelTask.FOLDER.read(folder.resolve("ill"), LabelOptions.usual()))
                .hasMessageEndingWith("1 folders of classes (need two or more)");
        LabelSet set = read(LabelTask.FOLDER);
        assertThat(set.labels()).containsExactly("ill", "well");
        assertThat(set.pictures()).hasSize(3);
        Path split = folder.resolve("split");
        for (String name : List.of("train/ill/a.png", "train/well/b.png", "val/ill/c.png", "test/well/d.png")) {
            file("split/" + name);
        }
        LabelSet own = LabelTask.FOLDER.read(split, LabelOptions.usual());
        assertThat(own.count(0, Split.VALIDATION)).isEqualTo(1);
        assertThat(own.count(1, Split.TEST)).isEqualTo(1);
        assertThat(own.of(Split.TRAIN)).hasSize(2);
    }

    @Test
    void tables() throws IOException {
        files("a.png", "b.png", "c.png");
        file("own.csv", "Image,Split,Patient,Cough,Fever", "a.png,train,1,1,", "b.png,val,2,0,1", "c.png,test,3,0,0");
        assertThat(told(read(LabelTask.CSV).complete())).containsExactly("a.png of 1, TRAIN: Cough ?",
                "b.png of 2, VALIDATION: Fever", "c.png of 3, TEST:");
        assertThat(LabelTask.CSV.read(folder, new LabelOptions(0, List.of("Fever"))).labels())
                .containsExactly("Fever");
        assertThatThrownBy(() -> LabelTask.CSV.read(folder, new LabelOptions(0, List.of("Fevr"))))
                .hasMessageEndingWith("unknown label \"Fevr\" (is it Fever?)");
        file("own.csv", "image,Age", "a.png,58");
        refused(LabelTask.CSV, "DIR/own.csv: row 2: Age is \"58\" (need 1, 0 or nothing; a column that is no label is"
                + " left out by naming those that are)");
        file("own.csv", "image,split,label", "a.png,training,x");
        refused(LabelTask.CSV, "DIR/own.csv: row 2: split is \"training\" (need train, val or test)");
        file("own.csv", "image,label", "a.png,x", "b.png,y", "c.png,x");
        assertThat(read(LabelTask.CSV).kind()).isEqualTo(LabelSet.Kind.ONE);
        file("own.csv", "image,label", "a.png,x", "lost.png,y", "gone.png,y");
        refused(LabelTask.CSV, "DIR/own.csv: row 3: no picture \"lost.png\" in DIR, and 1 more (add the pictures, or"
                + " allow that some are missing)");
        files("other/a.png");
        file("own.csv", "image,label", "a.png,x");
        assertThat(read(LabelTask.CSV).pictures().getFirst().file()).isEqualTo(folder.resolve("a.png"));
        files("more/b.png");
        Files.delete(folder.resolve("b.png"));
        files("other/b.png");
        file("own.csv", "image,label", "b.png,x");
        refused(LabelTask.CSV, "DIR: \"b.png\" may be more/b.png or other/b.png (name a folder with one of them)");
        file("second.csv", "image,label");
        refused(LabelTask.CSV, "DIR: two lists of one kind: own.csv and second.csv (name a folder with one of them)");
    }

    @Test
    void tablesOfMasksAndPoints() throws IOException {
        files("films/a.png", "films/b.png", "masks/a.png");
        file("own.csv", "image,split,mask_heart,mask_lung", "films/a.png,train,masks/a.png,", "b.png,test,,");
        LabelSet masks = read(LabelTask.CSV).complete();
        assertThat(masks.labels()).containsExactly("heart", "lung");
        assertThat(masks.kind()).isEqualTo(LabelSet.Kind.MARKS);
        assertThat(masks.pictures().getFirst().marks())
                .containsExactly(new Mark.MaskFile(0, folder.resolve("masks/a.png")));
        assertThat(masks.pictures().getLast().marks()).isEmpty();
        file("own.csv", "image,mask_heart", "films/a.png,masks/c.png");
        refused(LabelTask.CSV, "DIR/own.csv: row 2: no mask \"masks/c.png\" in DIR (add it, or leave the field"
                + " empty)");
        file("own.csv", "image,x_apex,y_apex,x_carina,y_carina", "b.png,1,2,,", "films/a.png,,,3.5,4");
        assertThat(read(LabelTask.CSV).pictures().getLast().marks())
                .containsExactly(new Mark.Spot(1, new Point(3.5, 4)));
        file("own.csv", "image,x_apex,y_apex", "b.png,1,");
        refused(LabelTask.CSV, "DIR/own.csv: row 2: y_apex is \"\" (need a number)");
    }

    @Test
    void namesOfTasks() {
        assertThat(LabelTask.named("chestxray14")).isEqualTo(LabelTask.CHESTXRAY14);
        assertThatThrownBy(() -> LabelTask.named("chestxray")).isInstanceOf(ConfigException.class)
                .hasMessage("task: unknown: \"chestxray\" (is it chestxray14?)");
        assertThatThrownBy(() -> LabelTask.named("cifar")).hasMessageContaining("(need one of: chestxray14, ");
        refused(LabelTask.SIIM, "DIR: no list of SIIM names a picture (check the folder)");
    }
}
