package dev.panacea.ace.label;

import dev.panacea.nn.ConfigException;
import dev.panacea.nn.Spelling;
import dev.panacea.tensor.DataException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * The data sets whose files are known. Lists and pictures lie anywhere in one folder, as they were downloaded.
 * Official splits are kept; where there is no validation part, a tenth of the training patients are; where there are no
 * splits, patients are drawn 7 to 1 to 2. Errors name list and row.
 */
public enum LabelTask {
    /** {@code Data_Entry_2017.csv}, {@code train_val_list.txt} and {@code test_list.txt}, or lists of 14 numbers. */
    CHESTXRAY14("chestxray14", (index, options) -> ChestXray14.read(index, options.seed())),
    /** Tables of {@code name,label}, or file names that end in {@code _0} and {@code _1}. */
    SHENZHEN("shenzhen", (index, options) -> Shenzhen.read(index, options.seed())),
    /** {@code stage_2_train_labels.csv}, {@code stage_2_detailed_class_info.csv} and DICOM files. */
    RSNA("rsna", (index, options) -> Rsna.read(index, options.seed())),
    /** Tables of {@code image,level}. */
    EYEPACS("eyepacs", (index, options) -> EyePacs.read(index, options.seed())),
    /** The grades of IDRiD. */
    IDRID("idrid", (index, options) -> Idrid.grades(index, options.seed())),
    /** The centres of fovea and optic disc in IDRiD. */
    IDRID_POINTS("idrid-points", (index, options) -> Idrid.points(index, options.seed())),
    /** The masks of lesions in IDRiD. */
    IDRID_LESIONS("idrid-lesions", (index, options) -> Idrid.lesions(index, options.seed())),
    /** Raw films of JSRT, with the masks of SCR in folders named for organs. */
    JSRT("jsrt", (index, options) -> Jsrt.read(index, options.seed())),
    /** {@code ChestX_Det_train.json} and {@code ChestX_Det_test.json}. */
    CHESTXDET("chestxdet", (index, options) -> ChestXDet.read(index, options.seed())),
    /** A table of run lengths and DICOM files. */
    SIIM("siim", (index, options) -> Siim.read(index, options.seed())),
    /** Lists of lines {@code image#x,y,number#x,y,number}. */
    LANDMARKS("landmarks", (index, options) -> LandmarkLists.read(index, options.seed())),
    /** A folder for each class, perhaps in folders {@code train}, {@code val} and {@code test}. */
    FOLDER("folder", (index, options) -> ClassFolders.read(index, options.seed())),
    /** A table with a column {@code image}, labels, masks or points, and perhaps {@code patient} and {@code split}. */
    CSV("csv", OwnTable::read);

    private final String label;
    private final Reader reader;

    private interface Reader {
        LabelSet read(PictureIndex index, LabelOptions options);
    }

    LabelTask(String label, Reader reader) {
        this.label = label;
        this.reader = reader;
    }

    /** What users call it. */
    public String label() {
        return label;
    }

    /**
     * Reads a set.
     *
     * @param folder with lists and pictures
     * @throws DataException if a list is missing or breaks its format, or splits overlap
     */
    public LabelSet read(Path folder, LabelOptions options) {
        return reader.read(PictureIndex.of(folder), options);
    }

    /**
     * The task of a name.
     *
     * @throws ConfigException if there is none
     */
    public static LabelTask named(String name) {
        List<String> labels = Arrays.stream(values()).map(LabelTask::label).toList();
        return Arrays.stream(values()).filter(task -> task.label.equals(name)).findFirst().orElseThrow(() ->
                new ConfigException("task: unknown: " + DataException.shown(name) + " ("
                        + Spelling.nearest(name, labels).map(known -> "is it " + known + "?")
                        .orElse("need one of: " + String.join(", ", labels)) + ")"));
    }
}
