package dev.panacea.tests.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.panacea.ace.transfer.TransferKind;
import dev.panacea.tests.house.Outcome;
import dev.panacea.tools.transfer.TransferPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a person sees who made a mistake: one line that tells file, row and cure, and no run where none began. */
class FineTuneErrorTest {
    private static final String HEAD = "image,patient,split,label";

    @TempDir
    private Path folder;

    private Outcome finetune(String kind, String... more) {
        return SmallRun.finetune(kind, folder.resolve("run"), SmallRun.TINY, more);
    }

    /** Refused with this line, in which DIR stands for the folder of the test, before a run is begun. */
    private void refused(int code, String line, String kind, String... more) {
        Outcome outcome = finetune(kind, more);
        assertThat(outcome.err()).isEqualTo("panacea finetune " + kind + ": " + line.replace("DIR", folder.toString())
                + "\n");
        assertThat(outcome.out()).isEmpty();
        assertThat(outcome.code()).isEqualTo(code);
        assertThat(folder.resolve("run/run.json")).doesNotExist();
    }

    private String[] own(String... rows) throws IOException {
        List<String> lines = new ArrayList<>(List.of(HEAD));
        lines.addAll(List.of(rows));
        SetFolder set = new SetFolder(folder.resolve("data"));
        set.films(IntStream.rangeClosed(1, 6).mapToObj(i -> "p" + i + ".png").toArray(String[]::new))
                .list("own.csv", lines.toArray(String[]::new));
        return new String[] {"--data", folder.resolve("data").toString(), "--task", "csv"};
    }

    @Test
    void rowsOfTables() throws IOException {
        refused(1, "DIR/data/own.csv: row 3: no label (every row needs one)", "classify",
                own("p1.png,a,train,x", "p2.png,b,train,"));
        refused(1, "DIR/data/own.csv: row 2: split is \"training\" (need train, val or test)", "classify",
                own("p1.png,a,training,x"));
        refused(1, "DIR/data/own.csv: row 3: patient \"a\" is in test here, and in train at DIR/data/own.csv: row 2"
                + " (splits overlap: move one)", "classify", own("p1.png,a,train,x", "p2.png,a,test,x"));
        refused(1, "DIR/data/own.csv: row 3: \"p1.png\" is listed already at DIR/data/own.csv: row 2 (splits overlap:"
                + " remove one)", "classify", own("p1.png,a,train,x", "p1.png,b,test,x"));
        refused(1, "data set csv: nothing to train on (look at its splits: panacea data check)", "classify",
                own("p1.png,a,test,x", "p2.png,b,test,y"));
    }

    @Test
    void missingPicturesMayBeAllowed() throws IOException {
        String[] data = own("p1.png,a,train,x", "p2.png,b,train,y", "lost.png,c,train,x", "gone.png,d,val,x",
                "p4.png,e,test,y");
        refused(1, "DIR/data/own.csv: row 4: no picture \"lost.png\" in DIR/data, and 1 more (add the pictures, or"
                + " allow that some are missing)", "classify", data);
        List<String> lenient = new ArrayList<>(List.of(data));
        lenient.add("--allow-missing");
        Outcome outcome = finetune("classify", lenient.toArray(String[]::new));
        assertThat(outcome.err()).isEqualTo("left out: 2 pictures that are listed and not there: the first " + folder
                + "/data/own.csv: row 4: no picture \"lost.png\" in " + folder + "/data\n");
        assertThat(outcome.out()).contains("2 to train on, 0 for validation, 1 to test");
        assertThat(outcome.code()).isZero();
    }

    @Test
    void picturesThatCannotBeRead() throws IOException {
        List<String> data = new ArrayList<>(List.of(own("p1.png,a,train,x", "p2.png,b,train,y", "p3.png,c,train,x",
                "p4.png,d,val,y", "p5.png,e,test,y", "p6.png,f,test,x")));
        byte[] good = Files.readAllBytes(folder.resolve("data/p6.png"));
        Files.writeString(folder.resolve("data/p2.png"), "no picture");
        Files.writeString(folder.resolve("data/p6.png"), "no picture");
        Outcome strict = finetune("classify", data.toArray(String[]::new));
        assertThat(strict.err()).startsWith("panacea finetune classify: data: 1 of 3 pictures cannot be read, more than"
                + " 1.0 %: the first " + folder + "/data/p2.png: ").endsWith(")\n").hasLineCount(1);
        assertThat(strict.code()).isEqualTo(1);

        Outcome lenient = finetune("classify", "--resume", "--bad", "0.5");
        assertThat(lenient.out()).as("all that is tested must be readable").contains("1 of 1 steps, ");
        assertThat(lenient.err().lines()).hasSize(2).first().asString().startsWith("left out: " + folder
                + "/data/p2.png: ");
        assertThat(lenient.err().lines().skip(1)).first().asString().startsWith("panacea finetune classify: " + folder
                + "/data/p6.png: ");
        assertThat(lenient.code()).isEqualTo(1);

        Files.write(folder.resolve("data/p6.png"), good);
        Outcome mended = finetune("classify", "--resume", "--bad", "0.5");
        assertThat(mended.code()).as(mended.err()).isZero();
        assertThat(mended.out()).contains("goes on at step 1 of 1", "2 pictures of the test part");
    }

    @Test
    void listsOfPublicSets() throws IOException {
        SetFolder set = new SetFolder(folder.resolve("nih")).films("00000001_000.png", "00000002_000.png");
        String head = "Image Index,Finding Labels,Follow-up #,Patient ID";
        set.list("Data_Entry_2017.csv", head, "00000001_000.png,Mass|Hernea,0,1", "00000002_000.png,No Finding,0,2");
        String[] nih = {"--data", folder.resolve("nih").toString(), "--task", "chestxray14"};
        refused(1, "DIR/nih/Data_Entry_2017.csv: row 2: unknown label \"Hernea\" (is it Hernia?)", "classify", nih);
        set.list("Data_Entry_2017.csv", head, "00000001_000.png,Mass,0,1", "00000002_000.png,No Finding,0,2")
                .list("train_val_list.txt", "00000001_000.png", "00000002_000.png")
                .list("test_list.txt", "00000002_000.png");
        refused(1, "DIR/nih/test_list.txt: row 1: \"00000002_000.png\" is in the other list too (splits overlap: remove"
                + " one)", "classify", nih);
    }

    @Test
    void kindsThatASetIsNotFor() throws IOException {
        String data = folder.resolve("data").toString();
        new SetFolder(folder.resolve("data")).photographs("1_left.jpeg", "2_left.jpeg")
                .list("trainLabels.csv", "image,level", "1_left,0", "2_left,3");
        String eyes = "--task eyepacs: no masks in DIR/data (they are for: panacea finetune classify)";
        refused(1, eyes, "segment", "--data", data, "--task", "eyepacs");
        refused(1, eyes.replace("masks", "key points"), "keypoints", "--data", data, "--task", "eyepacs");
        String films = folder.resolve("films").toString();
        new SetFolder(folder.resolve("films")).films("a.png", "b.png").list("train.txt", "a.png#1,2,0", "b.png#3,4,0");
        refused(1, "--task landmarks: no labels that some pictures have and others lack in DIR/films (they are for:"
                + " panacea finetune keypoints)", "classify", "--data", films, "--task", "landmarks");
        String boxes = folder.resolve("boxes").toString();
        new SetFolder(folder.resolve("boxes")).dicom("a.dcm", "b.dcm").list("stage_2_train_labels.csv",
                "patientId,x,y,width,height,Target", "a,1,2,30,40,1", "b,,,,,0");
        refused(1, "--task rsna: no masks in DIR/boxes (they are for: panacea finetune classify)", "segment", "--data",
                boxes, "--task", "rsna");
    }

    @Test
    void dataThatIsNotThere() {
        refused(1, "--data DIR: no task (need --task NAME, which data set it is)", "classify", "--data",
                folder.toString());
        assertThat(finetune("classify", "--task", "csv").err()).isEqualTo("panacea finetune classify: --task csv: no"
                + " folder (need --data DIR, where the data set is)\n");
        refused(1, "--data DIR/none: no such folder (check the path)", "classify", "--data",
                folder.resolve("none").toString(), "--task", "csv");
        refused(1, "task: unknown: \"chestxray\" (is it chestxray14?)", "classify", "--data", folder.toString(),
                "--task", "chestxray");
        refused(1, "DIR: no list of SIIM names a picture (check the folder)", "segment", "--data", folder.toString(),
                "--task", "siim");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "1 | --shots 0 | --shots 0: out of range (need 1 or more; leave it out for all)",
        "1 | --shots -1 | --shots -1: out of range (need 1 or more; leave it out for all)",
        "1 | --share 2 | --share 2.0: out of range (need more than 0, at most 1)",
        "1 | --share 0 | --share 0.0: out of range (need more than 0, at most 1)",
        "1 | --seeds 1,2,1 | --seeds [1, 2, 1]: one is there twice (need different ones)",
        "1 | --drawn 6,2 | --drawn [6, 2]: 2 numbers (need three, such as 256,48,96)",
        "1 | --drawn 0,2,2 | data set drawn findings: nothing to train on (look at its splits: panacea data check)",
        "1 | --init nowhere.pth | weights nowhere.pth: ",
        "1 | --init . | checkpoint .: no checkpoint in this folder (name the folder of a run, or a file)",
        "1 | --resume | run DIR/run/run.json: cannot be read: NoSuchFileException (name the folder of a run of panacea"
            + " finetune)",
        "1 | --set optimizer.decai=0 | config: unknown key \"optimizer.decai\" (did you mean optimizer.decay?)",
        "1 | --epochs 0 | optimizer: batch 4, epochs 0.0, ",
        "1 | --view 33 | vit: image 33, patch 16 (need image a multiple of patch)",
        "1 | --labels Noduel | label \"Noduel\": not among those of drawn findings (need one of: Nodule, ",
        "1 | --model resnet | model resnet: unknown name (need one of ",
        "1 | --bad 2 | ",
        "2 | --init random --resume | --init, --resume: a run that goes on has its weights (leave one out)",
        "2 | --verify-resume --resume | --resume, --verify-resume: the one goes on with a run, the other makes runs of"
            + " its own (leave one out)",
        "2 | --shot 5 | Unknown options: '--shot', '5' (did you mean ",
        "2 | --probe deep | Invalid value for option '--probe'"})
    void options(int code, String given, String line) {
        Outcome outcome = finetune("classify", given.split(" "));
        assertThat(outcome.err()).startsWith("panacea finetune classify: " + (line == null ? "" : line)
                .replace("DIR", folder.toString())).endsWith(")\n").hasLineCount(1);
        assertThat(outcome.out()).isEmpty();
        assertThat(outcome.code()).isEqualTo(code);
        assertThat(folder.resolve("run/run.json")).doesNotExist();
    }

    @Test
    void tenCropsAreForLabelsAlone() {
        for (String kind : List.of("segment", "keypoints")) {
            refused(2, "--ten-crop: the task is to " + kind + " (ten crops are for classify: leave it out)", kind,
                    "--ten-crop");
        }
    }

    @Test
    void foldersOfOtherRuns() throws IOException {
        Path run = Files.createDirectory(folder.resolve("run"));
        TransferPlan.small(TransferKind.SEGMENT, "vit_nano").write(run);
        Outcome used = finetune("segment", "--drawn", "6,2,2");
        assertThat(used).isEqualTo(new Outcome(1, "", "panacea finetune segment: finetune: " + run
                + " holds a run already (go on with --resume, or name another --out)\n"));
        Outcome other = finetune("classify", "--resume");
        assertThat(other).isEqualTo(new Outcome(1, "", "panacea finetune classify: finetune: " + run
                + " holds a run to segment (go on with: panacea finetune segment)\n"));
        Outcome seed = finetune("segment", "--resume", "--seeds", "7");
        assertThat(seed).isEqualTo(new Outcome(1, "", "panacea finetune segment: finetune: " + run
                + " holds a run of seed 0, not 7 (leave out --seeds)\n"));
        Files.writeString(run.resolve("run.json"), "{\"pretrain\": {}}");
        assertThat(finetune("segment", "--resume").err()).startsWith("panacea finetune segment: run " + run
                + "/run.json: ").endsWith(")\n").hasLineCount(1);
    }

    @Test
    void aFileInPlaceOfTheFolder() throws IOException {
        Files.writeString(folder.resolve("run"), "no folder");
        refused(1, "finetune: folder DIR/run cannot be made: FileAlreadyExistsException (check the path and its"
                + " permissions)", "classify", "--drawn", "6,2,2");
    }

    @Test
    void oneSeedOfSeveralIsInUse() throws IOException {
        Path second = Files.createDirectories(folder.resolve("run/seed-2"));
        TransferPlan.small(TransferKind.CLASSIFY, "vit_nano").write(second);
        refused(1, "finetune: DIR/run/seed-2 holds a run already (go on with --resume, or name another --out)",
                "classify", "--seeds", "1,2");
        assertThat(folder.resolve("run/seed-1")).as("nothing has begun").doesNotExist();
    }

    @Test
    void weightsThatDoNotFit() throws IOException {
        String plain = PlainWeights.write(folder.resolve("plain.safetensors"), "vit_nano").toString();
        Outcome untold = Outcome.of("finetune", "classify", "--init", plain, "--out", folder.resolve("run").toString());
        assertThat(untold).isEqualTo(new Outcome(1, "", "panacea finetune classify: --init " + plain
                + ": it does not say which model it is (name it: --model NAME)\n"));
        Outcome other = finetune("classify", "--drawn", "6,2,2", "--init", plain, "--model", "swin_nano");
        assertThat(other.err()).startsWith("panacea finetune classify: checkpoint plain.safetensors: ")
                .endsWith(")\n").hasLineCount(1);
        assertThat(other.code()).isEqualTo(1);
        Path some = PlainWeights.write(folder.resolve("some.safetensors"), "vit_nano_patch16_32",
                name -> !name.startsWith("blocks.1."));
        Outcome part = finetune("classify", "--drawn", "6,2,2", "--init", some.toString());
        assertThat(part.err()).startsWith("panacea finetune classify: checkpoint some.safetensors: too little of the"
                + " backbone fits: ").contains(" are missing such as backbone.blocks.1.", "(need 95 %").endsWith(")\n")
                .hasLineCount(1);
        Path text = Files.writeString(folder.resolve("text.safetensors"), "no weights at all");
        assertThat(finetune("classify", "--init", text.toString()).err()).contains("text.safetensors: ").endsWith(")\n")
                .hasLineCount(1);
        assertThat(folder.resolve("run/run.json")).as("so that a second try needs no other folder").doesNotExist();
    }
}
