package dev.panacea.tests.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.panacea.ace.data.PictureCache;
import dev.panacea.ace.data.Reduction;
import dev.panacea.ace.drawn.Point;
import dev.panacea.ace.example.DrawnTask;
import dev.panacea.ace.example.Example;
import dev.panacea.ace.example.ExampleSet;
import dev.panacea.ace.example.Examples;
import dev.panacea.ace.example.Mask;
import dev.panacea.ace.label.LabelOptions;
import dev.panacea.ace.label.LabelSet;
import dev.panacea.ace.label.LabelTask;
import dev.panacea.ace.label.Split;
import dev.panacea.ace.run.PictureSource;
import dev.panacea.nn.ConfigException;
import dev.panacea.tensor.DataException;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.IntBinaryOperator;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Examples of small folders in the layouts of the public sets, with real pictures in them. */
class ExampleSetTest {
    @TempDir
    private Path folder;

    private Path lines(String name, String... lines) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, String.join("\n", lines) + "\n");
    }

    /** A grey picture of 8 bits of a function of column and row; the name's ending tells the format. */
    private Path grey(String name, int width, int height, IntBinaryOperator level) throws IOException {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY);
        for (int i = 0; i < width * height; i++) {
            image.getRaster().setSample(i % width, i / width, 0, level.applyAsInt(i % width, i / width));
        }
        return written(name, image);
    }

    private Path written(String name, BufferedImage image) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        String ending = name.substring(name.lastIndexOf('.') + 1);
        assertThat(ImageIO.write(image, ending.equals("dcm") ? "png" : ending, file.toFile())).isTrue();
        return file;
    }

    private void film(String... names) throws IOException {
        for (String name : names) {
            grey(name, 24, 24, (x, y) -> 10 * x);
        }
    }

    private ExampleSet read(LabelTask task) {
        return ExampleSet.files(task.read(folder, LabelOptions.usual()).complete(), PictureSource::files);
    }

    private static String drawn(Mask mask) {
        StringBuilder drawn = new StringBuilder();
        for (int row = 0; row < mask.height(); row++) {
            for (int column = 0; column < mask.width(); column++) {
                drawn.append(".#?".charAt(mask.value(row, column)));
            }
            drawn.append(row + 1 < mask.height() ? "/" : "");
        }
        return drawn.toString();
    }

    private static Example named(Examples examples, String end) {
        for (int i = 0; i < examples.size(); i++) {
            if (examples.name(i).endsWith(end)) {
                return examples.read(i);
            }
        }
        throw new AssertionError("no example " + end);
    }

    @Test
    void jsrt() throws IOException {
        byte[] raw = new byte[2 * 2048 * 2048]; // 12 bits, dark is bright
        raw[2 * 2048] = 0x0F;
        Files.createDirectories(folder.resolve("All247images"));
        Files.write(folder.resolve("All247images/JPCLN001.IMG"), raw);
        film("All247images/JPCNN002.png");
        grey("scratch/fold1/masks/heart/JPCLN001.gif", 5, 5, (x, y) -> x < 2 ? 255 : 0);
        grey("scratch/fold1/masks/left clavicle/JPCLN001.gif", 5, 5, (x, y) -> y == 0 ? 255 : 0);
        grey("scratch/fold2/masks/heart/JPCNN002.gif", 5, 5, (x, y) -> x + y == 8 ? 255 : 0);
        ExampleSet set = read(LabelTask.JSRT);
        assertThat(set.labels()).as("those there are masks of").containsExactly("Heart", "Left clavicle");
        assertThat(set.kind()).isEqualTo(LabelSet.Kind.MARKS);
        assertThat(set.train().size()).isEqualTo(1);
        assertThat(set.validation().size()).isZero();
        Example one = set.of(Split.TRAIN).read(0);
        assertThat(one.name()).endsWith("JPCLN001.IMG");
        assertThat(one.picture().width()).isEqualTo(2048);
        assertThat(one.picture().value(1, 0, 0)).isLessThan(one.picture().value(0, 0, 0));
        assertThat(one.masks()).extracting(ExampleSetTest::drawn)
                .containsExactly("##.../##.../##.../##.../##...",
                "#####/...../...../...../.....");
        assertThat(one.targets()).containsExactly(1, 1);
        assertThat(one.points()).isEmpty();
        assertThat(set.train().read(0).masks()).extracting(ExampleSetTest::drawn).as("from what was kept")
                .containsExactly("##.../##.../##.../##.../##...",
                "#####/...../...../...../.....");
        Example other = set.test().read(0);
        assertThat(other.masks()).extracting(ExampleSetTest::drawn).containsExactly(
                "...../...../...../...../....#", "...../...../...../...../.....");
        assertThat(set.test().targets(0)).containsExactly(1, 0);
    }

    @Test
    void severalMasksOfOneOrgan() throws IOException {
        film("JPCNN002.png");
        grey("masks/heart/JPCNN002.gif", 5, 5, (x, y) -> x == 0 ? 255 : 0);
        grey("more/heart/JPCNN002.png", 5, 5, (x, y) -> x == 1 ? 127 : y == 0 ? 255 : 0);
        assertThat(drawn(read(LabelTask.JSRT).train().read(0).masks().getFirst()))
                .isEqualTo("#?###/#?.../#?.../#?.../#?...");
        Path other = grey("more/heart/JPCNN002.png", 6, 6, (x, y) -> 255);
        Examples train = read(LabelTask.JSRT).train();
        assertThatThrownBy(() -> train.read(0)).isInstanceOf(DataException.class).hasMessage(other
                + ": mask of 6 x 6 pixels, and another of the same for " + folder.resolve("JPCNN002.png")
                + " of 5 x 5 (need one size)");
    }

    @Test
    void siim() throws IOException {
        film("dicom-images-train/1.2/1.3/a.dcm", "dicom-images-train/1.4/1.5/b.dcm");
        lines("train-rle.csv", "ImageId, EncodedPixels", "a, 1022 3 1021 2", "b,-1", "a, 0 1");
        ExampleSet set = read(LabelTask.SIIM);
        assertThat(set.train().size() + set.validation().size() + set.test().size()).isEqualTo(2);
        Example a = named(set.train(), "a.dcm");
        Example b = named(set.train(), "b.dcm");
        assertThat(a.targets()).containsExactly(1);
        assertThat(b.targets()).containsExactly(0);
        Mask mask = a.masks().getFirst();
        assertThat(mask.width()).isEqualTo(1024);
        assertThat(mask.value(0, 0)).isEqualTo(Mask.INSIDE);
        assertThat(mask.value(1022, 0)).isEqualTo(Mask.INSIDE);
        assertThat(mask.value(1022, 1)).isEqualTo(Mask.INSIDE);
        assertThat(mask.value(1021, 1)).isEqualTo(Mask.OUTSIDE);
        assertThat(b.masks().getFirst().values()).containsOnly(Mask.OUTSIDE);
    }

    @Test
    void chestXDet() throws IOException {
        film("train_data/1.png", "train_data/2.png", "test_data/3.png");
        lines("ChestX_Det_train.json", "[{\"file_name\": \"1.png\", \"syms\": [\"Nodule\", \"Mass\", \"Nodule\"],",
                "\"boxes\": [[0, 0, 4, 4], [5, 5, 9, 9], [0, 0, 1, 1]], \"polygons\": [[[512, 0], [1024, 0],",
                "[1024, 1024], [512, 1024]], [[0, 0], [8, 0], [0, 8]], [[0, 0], [4, 0], [4, 4], [0, 4]]]},",
                "{\"file_name\": \"2.png\", \"syms\": [], \"boxes\": [], \"polygons\": []}]");
        lines("ChestX_Det_test.json", "[{\"file_name\": \"3.png\", \"syms\": [], \"boxes\": [], \"polygons\": []}]");
        ExampleSet set = read(LabelTask.CHESTXDET);
        assertThat(set.labels()).hasSize(13);
        Example one = named(set.train(), "1.png");
        assertThat(one.masks()).hasSize(13);
        int nodule = set.labels().indexOf("Nodule");
        assertThat(one.targets()[nodule]).isEqualTo(1);
        byte[] values = one.masks().get(nodule).values();
        int inside = 0;
        for (byte value : values) {
            inside += value;
        }
        assertThat(inside).isEqualTo(512 * 1024 + 16);
        assertThat(one.masks().getFirst().values()).containsOnly(Mask.OUTSIDE);
        assertThat(named(set.train(), "2.png").masks()).hasSize(13);
        Files.delete(folder.resolve("ChestX_Det_train.json"));
        Files.delete(folder.resolve("ChestX_Det_test.json"));
        lines("ChestX_Det10_train.json", "[{\"file_name\": \"1.png\", \"syms\": [\"Mass\"],",
                "\"boxes\": [[0, 0, 4, 4]]}]");
        assertThat(read(LabelTask.CHESTXDET).train().read(0).masks()).as("boxes alone").isEmpty();
    }

    private Mask own(Path mask) throws IOException {
        film("film.png");
        lines("own.csv", "image,split,mask_heart", "film.png,train," + folder.relativize(mask));
        return read(LabelTask.CSV).train().read(0).masks().getFirst();
    }

    @Test
    void levelsOfMasks() throws IOException {
        int[] trimap = {0, 127, 128, 255, 126, 129, 64, 1, 254};
        assertThat(drawn(own(grey("m.png", 3, 3, (x, y) -> trimap[3 * y + x])))).isEqualTo(".??/#.#/..#");
        assertThat(drawn(own(grey("m.png", 2, 2, (x, y) -> x)))).as("0 and 1").isEqualTo(".#/.#");
        assertThat(drawn(own(grey("m.png", 2, 2, (x, y) -> 0)))).isEqualTo("../..");
        assertThat(drawn(own(grey("m.png", 2, 2, (x, y) -> 255)))).isEqualTo("##/##");
        assertThat(drawn(own(grey("m.png", 2, 2, (x, y) -> 128 * x)))).as("only half bright").isEqualTo(".#/.#");
        BufferedImage words = new BufferedImage(2, 2, BufferedImage.TYPE_USHORT_GRAY);
        words.getRaster().setSample(0, 0, 0, 65535);
        words.getRaster().setSample(1, 0, 0, 32768);
        assertThat(drawn(own(written("m.png", words)))).isEqualTo("#?/..");
        BufferedImage bits = new BufferedImage(2, 2, BufferedImage.TYPE_BYTE_BINARY);
        bits.getRaster().setSample(1, 1, 0, 1);
        assertThat(drawn(own(written("m.png", bits)))).isEqualTo("../.#");
        IndexColorModel red = new IndexColorModel(8, 2, new byte[] {0, -1}, new byte[2], new byte[2]);
        BufferedImage coloured = new BufferedImage(2, 2, BufferedImage.TYPE_BYTE_INDEXED, red);
        coloured.getRaster().setSample(0, 1, 0, 1);
        Files.delete(folder.resolve("m.png"));
        assertThat(drawn(own(written("m.tif", coloured)))).as("as lesions of IDRiD are").isEqualTo("../#.");
        assertThat(drawn(own(grey("noisy.png", 32, 32, (x, y) -> 255 * ((x + y) % 2))))).as("not kept as runs")
                .startsWith(".#.#").hasSize(32 * 33 - 1);
    }

    @Test
    void masksThatDoNotFit() throws IOException {
        Path wide = grey("m.png", 30, 20, (x, y) -> 255);
        assertThatThrownBy(() -> own(wide)).isInstanceOf(DataException.class).hasMessage(wide
                + ": mask of 30 x 20 pixels for " + folder.resolve("film.png") + " of 24 x 24 pixels (need the same"
                + " ratio of sides: is it the mask of another picture?)");
        Path broken = lines("m.png", "no picture");
        assertThatThrownBy(() -> own(broken)).isInstanceOf(DataException.class)
                .hasMessageStartingWith(broken + ": unknown format: ").hasMessageNotContaining("\n");
        assertThat(own(grey("m.png", 101, 100, (x, y) -> 255)).width()).as("rounding is no stretching").isEqualTo(101);
    }

    @Test
    void aPictureWithoutItsMaskHasAnEmptyOne() throws IOException {
        film("a.png", "b.png");
        grey("m.png", 6, 6, (x, y) -> 255);
        lines("own.csv", "image,split,mask_heart,mask_lung,mask_liver", "a.png,train,,m.png,", "b.png,test,,,");
        ExampleSet set = read(LabelTask.CSV);
        assertThat(set.labels()).containsExactly("lung");
        Mask none = set.test().read(0).masks().getFirst();
        assertThat(none.width()).isEqualTo(24);
        assertThat(none.values()).containsOnly(Mask.OUTSIDE);
    }

    @Test
    void pointsAreSharesOfTheFileWhateverTheCacheKeeps() throws IOException {
        grey("a.png", 200, 100, (x, y) -> x);
        grey("b.png", 50, 80, (x, y) -> x);
        lines("own.csv", "image,split,x_apex,y_apex,x_carina,y_carina", "a.png,train,50,50,,",
                "b.png,test,25,20,50,80");
        LabelSet labels = LabelTask.CSV.read(folder, LabelOptions.usual());
        ExampleSet set = ExampleSet.files(labels, files -> PictureSource.files(files, PictureCache.open(
                folder.resolve("cache"), files, new Reduction(20), 0)));
        Example a = set.train().read(0);
        assertThat(a.picture().height()).isLessThanOrEqualTo(20);
        assertThat(a.points()).containsExactly(Optional.of(new Point(0.25, 0.5)), Optional.empty());
        assertThat(a.targets()).containsExactly(1, 0);
        assertThat(a.masks()).isEmpty();
        assertThat(set.test().read(0).points()).containsExactly(Optional.of(new Point(0.5, 0.25)),
                Optional.of(new Point(1, 1)));
    }

    @Test
    void setsOfClassesHaveTargetsAlone() throws IOException {
        film("a.png", "b.png");
        lines("own.csv", "image,split,Cough,Fever", "a.png,train,1,", "b.png,val,0,1");
        ExampleSet set = read(LabelTask.CSV);
        assertThat(set.kind()).isEqualTo(LabelSet.Kind.ANY);
        assertThat(set.train().targets(0)).containsExactly(1, Float.NaN);
        assertThat(set.validation().read(0).targets()).containsExactly(0, 1);
        assertThat(set.train().read(0).masks()).isEmpty();
        assertThat(set.train().read(0).points()).isEmpty();
        Files.write(folder.resolve("a.png"), new byte[] {1, 2, 3});
        assertThatThrownBy(() -> set.train().read(0)).isInstanceOf(DataException.class)
                .hasMessageStartingWith(folder.resolve("a.png") + ": ");
        assertThat(set.train().targets(0)).as("nothing is decoded").hasSize(2);
    }

    @Test
    void someLabels() {
        ExampleSet all = ExampleSet.drawn(DrawnTask.ORGANS, 1, 0, 1, 64, 3);
        ExampleSet some = all.withLabels(List.of("lungs", "heart"));
        assertThat(some.labels()).containsExactly("lungs", "heart");
        Example before = all.train().read(0);
        Example after = some.train().read(0);
        assertThat(after.masks()).containsExactly(before.masks().get(2), before.masks().get(0));
        assertThat(after.targets()).containsExactly(before.targets()[2], before.targets()[0]);
        assertThat(after.points()).isEmpty();
        assertThatThrownBy(() -> all.withLabels(List.of("hart"))).isInstanceOf(ConfigException.class).hasMessage(
                "label \"hart\": not among those of drawn organs (need one of: heart, clavicles, lungs)");
        assertThatThrownBy(() -> all.withLabels(List.of("heart", "heart"))).hasMessageContaining("one twice");
        ExampleSet grades = new ExampleSet("grades", LabelSet.Kind.ONE, List.of("0", "1"), all.train(), all.test(),
                all.test());
        assertThatThrownBy(() -> grades.withLabels(List.of("0"))).hasMessageContaining("use all of them");
    }
}
