package dev.panacea.tests.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.panacea.ace.label.LabelTask;
import dev.panacea.tests.house.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every task is trained from a folder as its users download it, and tested: few pictures, of few pixels. */
class PublicLayoutTest {
    @TempDir
    private Path folder;

    private interface Writer {
        void write(SetFolder folder) throws IOException;
    }

    /**
     * A folder, and what should come of it.
     *
     * @param name of the case
     * @param kind of fine-tuning
     * @param files writes the folder
     * @param parts how many pictures are for training, validation and testing
     * @param head how the table of predictions begins, after {@code image}
     */
    private record Layout(String name, LabelTask task, String kind, Writer files, List<Integer> parts, String head) {
        @Override
        public String toString() {
            return name + ", " + kind;
        }
    }

    /** A name for each number from 1. */
    private static String[] named(String form, int count) {
        return IntStream.rangeClosed(1, count).mapToObj(form::formatted).toArray(String[]::new);
    }

    private static String[] rows(String head, String... rows) {
        return Stream.concat(Stream.of(head), Stream.of(rows)).toArray(String[]::new);
    }

    static List<Layout> layouts() {
        String codes = "0 0 0 0 0 0 0 0 0 0 0 0 0";
        return List.of(
                new Layout("the table of ChestX-ray14", LabelTask.CHESTXRAY14, "classify", set -> set
                        .films(named("images/0000000%d_000.png", 6))
                        .list("Data_Entry_2017.csv", rows("Image Index,Finding Labels,Follow-up #,Patient ID,"
                                + "Patient Age,Patient Gender,View Position,OriginalImage[Width,Height],"
                                + "OriginalImagePixelSpacing[x,y],",
                                "00000001_000.png,Cardiomegaly|Mass,0,1,58,M,PA,2682,2749,0.143,0.143,",
                                "00000002_000.png,No Finding,0,2,81,M,PA,2500,2048,0.171,0.171,",
                                "00000003_000.png,Hernia,0,3,81,M,PA,2500,2048,0.171,0.171,",
                                "00000004_000.png,No Finding,0,4,81,F,AP,2500,2048,0.171,0.171,",
                                "00000005_000.png,Cardiomegaly,0,5,81,F,AP,2500,2048,0.171,0.171,",
                                "00000006_000.png,Infiltration,0,6,81,F,AP,2500,2048,0.171,0.171,"))
                        .list("BBox_List_2017.csv", "Image Index,Finding Label,Bbox [x,y,w,h],,,",
                                "00000006_000.png,Infiltrate,225.08,547.5,86,79,,,")
                        .list("train_val_list.txt", named("0000000%d_000.png", 4))
                        .list("test_list.txt", "00000005_000.png", "00000006_000.png"),
                        List.of(3, 1, 2), "Atelectasis,Cardiomegaly,"),
                new Layout("lists of 14 numbers", LabelTask.CHESTXRAY14, "classify", set -> set
                        .films(named("0000000%d_000.png", 7))
                        .list("nih14_train.txt", IntStream.rangeClosed(1, 4).mapToObj(i -> "0000000" + i + "_000.png "
                                + i % 2 + " " + codes).toArray(String[]::new))
                        .list("nih14_val.txt", "00000005_000.png 1 " + codes)
                        .list("nih14_test.txt", "00000006_000.png 1 " + codes, "00000007_000.png 0 " + codes),
                        List.of(4, 1, 2), "Atelectasis,Cardiomegaly,"),
                new Layout("tables of Shenzhen", LabelTask.SHENZHEN, "classify", set -> set
                        .films(named("CXR_png/CHNCXR_000%d_0.png", 3)).films("CXR_png/CHNCXR_0004_1.png",
                                "CXR_png/CHNCXR_0005_1.png", "CXR_png/CHNCXR_0006_0.png")
                        .list("train.csv", "name,label", "CHNCXR_0001_0.png,0", "CHNCXR_0002_0.png,0",
                                "CHNCXR_0004_1.png,1")
                        .list("valid.csv", "name,label", "CHNCXR_0003_0.png,0")
                        .list("test.csv", "name,label", "CHNCXR_0005_1.png,1", "CHNCXR_0006_0.png,0"),
                        List.of(3, 1, 2), "Tuberculosis,true Tuberculosis"),
                new Layout("names of Shenzhen", LabelTask.SHENZHEN, "classify", set -> set
                        .films(named("CHNCXR_000%d_0.png", 5)).films(named("CHNCXR_001%d_1.png", 5)),
                        List.of(7, 1, 2), "Tuberculosis,true Tuberculosis"),
                new Layout("RSNA", LabelTask.RSNA, "classify", set -> set
                        .dicom(named("stage_2_train_images/a-%d.dcm", 6))
                        .list("stage_2_train_labels.csv", "patientId,x,y,width,height,Target", "a-1,,,,,0",
                                "a-2,264.0,152.0,213.0,379.0,1", "a-2,562.0,152.0,256.0,453.0,1", "a-3,,,,,0",
                                "a-4,1,2,3,4,1", "a-5,,,,,0", "a-6,,,,,0")
                        .list("stage_2_detailed_class_info.csv", "patientId,class", "a-1,No Lung Opacity / Not Normal",
                                "a-2,Lung Opacity", "a-2,Lung Opacity", "a-3,Normal", "a-4,Lung Opacity", "a-5,Normal",
                                "a-6,Normal"),
                        List.of(4, 1, 1), "Normal,No Lung Opacity / Not Normal,Lung Opacity,predicted,true"),
                new Layout("EyePACS", LabelTask.EYEPACS, "classify", set -> set
                        .photographs(named("train/%d_left.jpeg", 4)).photographs("train/1_right.jpeg",
                                "test/9_left.jpeg", "test/9_right.jpeg")
                        .list("trainLabels.csv", "image,level", "1_left,0", "1_right,4", "2_left,1", "3_left,2",
                                "4_left,3")
                        .list("retinopathy_solution.csv", "image,level,Usage", "9_left,2,Private", "9_right,0,Public"),
                        List.of(4, 1, 2), "No retinopathy,Mild,Moderate,Severe,Proliferative,predicted,true"),
                new Layout("grades of IDRiD", LabelTask.IDRID, "classify", set -> set
                        .photographs(named("1. Original Images/a. Training Set/IDRiD_00%d.jpg", 4))
                        .photographs(named("1. Original Images/b. Testing Set/IDRiD_00%d.jpg", 2))
                        .list("2. Groundtruths/a. IDRiD_Disease Grading_Training Labels.csv",
                                "Image name,Retinopathy grade,Risk of macular edema ,,,", "IDRiD_001,3,2,,,",
                                "IDRiD_002,0,0,,,", "IDRiD_003,4,2,,,", "IDRiD_004,1,0,,,")
                        .list("2. Groundtruths/b. IDRiD_Disease Grading_Testing Labels.csv",
                                "Image name,Retinopathy grade,Risk of macular edema ", "IDRiD_001,4,0",
                                "IDRiD_002,0,0"),
                        List.of(3, 1, 2), "No retinopathy,Mild,Moderate,Severe,Proliferative,predicted,true"),
                new Layout("points of IDRiD", LabelTask.IDRID_POINTS, "keypoints", set -> {
                    set.photographs(named("1. Original Images/a. Training Set/IDRiD_00%d.jpg", 4))
                            .photographs(named("1. Original Images/b. Testing Set/IDRiD_10%d.jpg", 2));
                    String head = "Image No,X- Coordinate,Y - Coordinate,,";
                    for (String point : List.of("OD", "Fovea")) {
                        set.list("IDRiD_" + point + "_Center_Training Set_Markups.csv",
                                rows(head, named("IDRiD_00%d,1908,1384,,", 4)))
                                .list("IDRiD_" + point + "_Center_Testing Set_Markups.csv", rows(head,
                                        "IDRiD_101,2908,1884,,", "IDRiD_102,908,884,,", ",,,,"));
                    }
                }, List.of(3, 1, 2), "x_Optic disc,y_Optic disc,"),
                new Layout("lesions of IDRiD", LabelTask.IDRID_LESIONS, "segment", set -> set
                        .photographs(named("a. Training Set/IDRiD_0%d.jpg", 4))
                        .photographs("b. Testing Set/IDRiD_55.jpg", "b. Testing Set/IDRiD_56.jpg")
                        .masks(true, named("1. Microaneurysms/IDRiD_0%d_MA.tif", 3))
                        .masks(true, "5. Optic Disc/IDRiD_04_OD.tif", "5. Optic Disc/IDRiD_55_OD.tif",
                                "1. Microaneurysms/IDRiD_56_MA.tif"),
                        List.of(3, 1, 2), "Dice Microaneurysms,IoU Microaneurysms,Dice Optic disc,IoU Optic disc"),
                new Layout("JSRT and SCR", LabelTask.JSRT, "segment", set -> set
                        .raw(named("All247images/JPCLN00%d.IMG", 4))
                        .masks(false, named("scratch/fold1/masks/heart/JPCLN00%d.gif", 3))
                        .masks(false, "scratch/fold2/masks/heart/JPCLN004.gif")
                        .masks(false, named("scratch/fold1/masks/left clavicle/JPCLN00%d.gif", 3))
                        .masks(false, "scratch/fold2/masks/left clavicle/JPCLN004.gif"),
                        List.of(2, 1, 1), "Dice Heart,IoU Heart,Dice Left clavicle,IoU Left clavicle"),
                new Layout("outlines of ChestX-Det", LabelTask.CHESTXDET, "segment", PublicLayoutTest::chestXDet,
                        List.of(3, 1, 1), "Dice Atelectasis,IoU Atelectasis,"),
                new Layout("labels of ChestX-Det", LabelTask.CHESTXDET, "classify", PublicLayoutTest::chestXDet,
                        List.of(3, 1, 1), "Atelectasis,Calcification,"),
                new Layout("runs of SIIM", LabelTask.SIIM, "segment", PublicLayoutTest::siim, List.of(4, 1, 1),
                        "Dice Pneumothorax,IoU Pneumothorax"),
                new Layout("labels of SIIM", LabelTask.SIIM, "classify", PublicLayoutTest::siim, List.of(4, 1, 1),
                        "Pneumothorax,true Pneumothorax"),
                new Layout("lists of landmarks", LabelTask.LANDMARKS, "keypoints", set -> set
                        .films(named("i/p%d.png", 6))
                        .list("landmark_train.txt", named("i/p%d.png#10,20,0#30.5,10,1", 4))
                        .list("landmark_val.txt", "p5.png#1,2,1")
                        .list("landmark_test.txt", "p6.png#20,20,0"),
                        List.of(4, 1, 1), "x_landmark 0,y_landmark 0,"),
                new Layout("folders of classes", LabelTask.FOLDER, "classify", set -> set
                        .films(named("train/ill/%d.png", 2)).films(named("train/well/%d.png", 2))
                        .films("val/ill/3.png", "test/well/4.png", "test/ill/5.png"),
                        List.of(4, 1, 2), "ill,well,predicted,true"),
                new Layout("a table of classes", LabelTask.CSV, "classify", set -> set.films(named("p%d.png", 7))
                        .list("own.csv", rows("image,patient,split,label", "p1.png,a,train,x", "p2.png,a,train,y",
                                "p3.png,b,train,x", "p4.png,c,train,y", "p5.png,d,val,x", "p6.png,e,test,x",
                                "p7.png,f,test,y")), List.of(4, 1, 2), "x,y,predicted,true"),
                new Layout("a table of labels", LabelTask.CSV, "classify", set -> set.films(named("p%d.png", 7))
                        .list("own.csv", rows("image,split,Cough,Fever", "p1.png,train,1,", "p2.png,train,0,1",
                                "p3.png,train,1,0", "p4.png,train,,1", "p5.png,val,1,1", "p6.png,test,1,",
                                "p7.png,test,0,1")), List.of(4, 1, 2), "Cough,Fever,true Cough,true Fever"),
                new Layout("a table of masks", LabelTask.CSV, "segment", set -> set.squares(named("p%d.png", 6))
                        .masks(false, named("masks/m%d.png", 6))
                        .list("own.csv", rows("image,split,mask_lung", "p1.png,train,m1.png", "p2.png,train,m2.png",
                                "p3.png,train,", "p4.png,train,masks/m4.png", "p5.png,val,m5.png",
                                "p6.png,test,m6.png")),
                        List.of(4, 1, 1), "Dice lung,IoU lung"),
                new Layout("a table of points", LabelTask.CSV, "keypoints", set -> set.films(named("p%d.png", 6))
                        .list("own.csv", rows("image,split,x_apex,y_apex,x_carina,y_carina", "p1.png,train,1,2,3,4",
                                "p2.png,train,1,2,,", "p3.png,train,9,9.5,30,4", "p4.png,train,1,20,3,4",
                                "p5.png,val,1,2,3,4", "p6.png,test,20,20,3,4")), List.of(4, 1, 1),
                        "x_apex,y_apex,"));
    }

    private static void chestXDet(SetFolder set) throws IOException {
        set.squares("train_data/1.png", "train_data/2.png", "train_data/3.png", "train_data/4.png", "test_data/5.png")
                .list("ChestX_Det_train.json", "[{\"file_name\": \"1.png\", \"syms\": [\"Nodule\", \"Mass\"],",
                        "\"boxes\": [[0, 0, 4, 4], [5, 5, 9, 9]], \"polygons\": [[[512, 0], [1024, 0],",
                        "[1024, 1024], [512, 1024]], [[0, 0], [800, 0], [0, 800]]]},",
                        "{\"file_name\": \"2.png\", \"syms\": [], \"boxes\": [], \"polygons\": []},",
                        "{\"file_name\": \"3.png\", \"syms\": [], \"boxes\": [], \"polygons\": []},",
                        "{\"file_name\": \"4.png\", \"syms\": [], \"boxes\": [], \"polygons\": []}]")
                .list("ChestX_Det_test.json", "[{\"file_name\": \"5.png\", \"syms\": [\"Nodule\"],",
                        "\"boxes\": [[0, 0, 4, 4]], \"polygons\": [[[0, 0], [800, 0], [0, 800]]]}]");
    }

    private static void siim(SetFolder set) throws IOException {
        set.dicom("dicom-images-train/1.2/1.3/f1.dcm", "dicom-images-train/1.2/1.4/f2.dcm",
                "dicom-images-train/1.2/1.5/f3.dcm", "dicom-images-train/1.2/1.6/f4.dcm",
                "dicom-images-train/1.2/1.7/f5.dcm", "dicom-images-train/1.2/1.8/f6.dcm")
                .list("train-rle.csv", "ImageId, EncodedPixels", "f1, 1022 3000 1021 2000", "f2,-1", "f1, 600000 90000",
                        "f3, -1", "f4, 0 400000", "f5,-1", "f6, 0 500000");
    }

    @Test
    void allTasksAreHere() {
        Set<LabelTask> seen = layouts().stream().map(Layout::task)
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(LabelTask.class)));
        assertThat(seen).isEqualTo(EnumSet.allOf(LabelTask.class));
    }

    @ParameterizedTest
    @MethodSource("layouts")
    void isTrainedAndTested(Layout layout) throws IOException {
        Path data = folder.resolve("data");
        layout.files.write(new SetFolder(data));
        SmallRun run = new SmallRun(folder.resolve("run"));
        Outcome outcome = SmallRun.finetune(layout.kind, run.folder(), SmallRun.TINY, "--data", data.toString(),
                "--task", layout.task.label());
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.code()).isZero();
        assertThat(outcome.out()).contains(": %d to train on, %d for validation, %d to test; ".formatted(
                layout.parts.toArray()));
        List<String> predictions = run.predictions();
        assertThat(predictions.getFirst()).startsWith("image," + layout.head);
        JsonNode result = run.json("result.json");
        assertThat(result.get("cases").asInt()).isEqualTo(predictions.size() - 1).isPositive();
        assertThat(result.get("kind").asText()).isEqualTo(layout.kind);
        for (JsonNode number : result.get("numbers")) {
            JsonNode value = number.get("value");
            assertThat(value.isNull() || Double.isFinite(value.asDouble())).isTrue();
        }
        assertThat(run.steps()).isNotEmpty();
        assertThat(Files.isRegularFile(run.checkpoints().getLast())).isTrue();
    }
}
