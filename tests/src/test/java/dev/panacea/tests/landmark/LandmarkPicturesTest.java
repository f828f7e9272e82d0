package dev.panacea.tests.landmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.panacea.ace.drawn.Point;
import dev.panacea.ace.landmark.LandmarkPictures;
import dev.panacea.ace.study.StudyData;
import dev.panacea.tensor.DataException;
import dev.panacea.tests.house.Outcome;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LandmarkPicturesTest {
    @TempDir
    private Path folder;

    @BeforeEach
    void pictures() throws IOException {
        for (String name : new String[] {"a.png", "b.png", "P01_1.png", "P01_2.png", "P37_1.png", "P37_2.png"}) {
            ImageIO.write(new BufferedImage(40, 20, BufferedImage.TYPE_BYTE_GRAY), "png",
                    folder.resolve(name).toFile());
        }
    }

    private Path write(String name, String text) {
        try {
            return Files.writeString(folder.resolve(name), text);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Places are stretched as pictures are: from 40 × 20 to a square. */
    @Test
    void readsLists() {
        Path list = write("landmarks.txt", "a.png#4,5,1#10.5,10,2\r\n\n b.png#0,0,7\nP01_1.png\n");
        LandmarkPictures pictures = LandmarkPictures.named(list, null);
        assertThat(LandmarkPictures.isKnown(list)).isTrue();
        assertThat(pictures.size()).isEqualTo(3);
        assertThat(pictures.name(1)).endsWith("b.png");
        assertThat(pictures.landmarks(0, 80)).containsExactlyEntriesOf(
                new java.util.TreeMap<>(Map.of("1", new Point(8, 20), "2", new Point(21, 40))));
        assertThat(pictures.landmarks(1, 80)).containsExactlyEntriesOf(Map.of("7", new Point(0, 0)));
        assertThat(pictures.landmarks(2, 80)).isEmpty();
        assertThat(pictures.picture(0, 30).width()).isEqualTo(30);
    }

    /** Every landmark of a drawn set has its name, so that its mate is found. */
    @Test
    void readsWhatDrawWrites() {
        assertThat(Outcome.of("draw", "--out", folder.resolve("set").toString(), "--count", "2", "--size", "64").code())
                .isZero();
        LandmarkPictures pictures = LandmarkPictures.named(folder.resolve("set/landmarks.csv"), null);
        StudyData drawn = StudyData.drawn(2, 1);
        assertThat(pictures.size()).isEqualTo(2);
        drawn.landmarks(1, 64).forEach((name, place) -> {
            Point read = pictures.landmarks(1, 64).get(name);
            assertThat(Math.hypot(read.x() - place.x(), read.y() - place.y())).isLessThan(0.01);
        });
    }

    @Test
    void readsTables() {
        Path table = write("points.csv", "Image,landmark,x,y,more\na.png,fovea,20,10,z\nb.png,fovea,1,2,\n"
                + "a.png,optic_disc_centre,30,5,\n");
        assertThat(LandmarkPictures.isKnown(table)).isTrue();
        LandmarkPictures pictures = LandmarkPictures.named(table, folder);
        assertThat(pictures.size()).isEqualTo(2);
        assertThat(pictures.landmarks(0, 40)).containsEntry("fovea", new Point(20, 20))
                .containsEntry("optic disc centre", new Point(30, 10)).hasSize(2);
    }

    @Test
    void readsPairs() {
        write("control_points_P01_1_2.txt", "10 5 20 10\n40.0 20.0 0 0\n");
        write("control_points_P37_1_2.txt", "10 5 20 10\n");
        assertThat(LandmarkPictures.isKnown(folder)).isTrue();
        LandmarkPictures pictures = LandmarkPictures.named(folder, null);
        assertThat(pictures.size()).isEqualTo(2); // the pair that is known to be wrong is left out
        assertThat(pictures.name(0)).endsWith("P01_1.png");
        assertThat(pictures.landmarks(0, 40)).containsEntry("P01_1_2 1", new Point(10, 10))
                .containsEntry("P01_1_2 2", new Point(40, 40));
        assertThat(pictures.landmarks(1, 40)).containsEntry("P01_1_2 1", new Point(20, 20))
                .containsEntry("P01_1_2 2", new Point(0, 0));
    }

    @Test
    void otherListsAreNot() {
        assertThat(LandmarkPictures.isKnown(write("list.txt", "a.png 0 1 1\n"))).isFalse();
        assertThat(LandmarkPictures.isKnown(write("list2.txt", "# a comment\na.png\n"))).isFalse();
        assertThat(LandmarkPictures.isKnown(write("table.csv", "image,label\na.png,1\n"))).isFalse();
        assertThat(LandmarkPictures.isKnown(folder)).isFalse();
        assertThat(LandmarkPictures.isKnown(folder.resolve("a.png"))).isFalse();
        assertThat(LandmarkPictures.isKnown(folder.resolve("none.txt"))).isFalse();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "a.png#4,5,1;b.png#4,5 | row 2: no landmark: '4,5' (need x,y,name)",
        "a.png#4,5,1#x,5,2 | row 1: no coordinate: 'x' (need a number of pixels, 0..65536)",
        "a.png#4,-1,1 | row 1: no coordinate: '-1' (need a number of pixels, 0..65536)",
        "a.png#4,NaN,1 | row 1: no coordinate: 'NaN' (need a number of pixels, 0..65536)",
        ";a.png#4,5,1#3,3,1 | row 2: landmark '1': marked twice (need each once, by name or number)",
        "a.png#4,5, | row 1: landmark without a name (need each once, by name or number)",
        "c.png#4,5,1 | row 1: no such picture: 'c.png' (check the name, and the folder it is relative to)",
        "# x;a b.png#4,5,1 | row 2: no such picture: 'a b.png' (check the name, and the folder it is relative to)"})
    void tellsTheRow(String lines, String message) {
        Path list = write("bad.txt", lines.replace(';', '\n'));
        assertThatThrownBy(() -> LandmarkPictures.named(list, null)).isInstanceOf(DataException.class)
                .hasMessage(list + ": " + message.replace('\'', '"'));
    }

    @Test
    void tellsTheRowOfTablesAndPairs() {
        Path table = write("bad.csv", "image,landmark,x,y\na.png,fovea,1,2\na.png,fovea,3\n");
        assertThatThrownBy(() -> LandmarkPictures.named(table, null)).isInstanceOf(DataException.class)
                .hasMessage(table + ": row 3: 3 fields (need one for each of 4 columns)");
        Path other = write("other.csv", "image,landmark,x\na.png,fovea,1\n");
        assertThatThrownBy(() -> LandmarkPictures.named(other, null)).isInstanceOf(DataException.class)
                .hasMessage(other + ": no column 'y' (there are: image, landmark, x)");
        Path empty = write("empty.txt", "\n");
        assertThatThrownBy(() -> LandmarkPictures.named(empty, null)).isInstanceOf(DataException.class)
                .hasMessageStartingWith(empty + ": no picture with landmarks (need ");
        Path points = write("control_points_P01_1_2.txt", "1 2 3 4\n1 2 3\n");
        assertThatThrownBy(() -> LandmarkPictures.named(folder, null)).isInstanceOf(DataException.class)
                .hasMessage(points + ": row 2: 3 fields (need x1 y1 x2 y2)");
        write("control_points_P01_1_2.txt", "1 2 3 4\n");
        Path lonely = write("control_points_P02_1_2.txt", "1 2 3 4\n");
        assertThatThrownBy(() -> LandmarkPictures.named(folder, null)).isInstanceOf(DataException.class)
                .hasMessage(lonely + ": no picture P02_1 in " + folder + " (add it)");
    }

    @Test
    void tellsTheRowOfNames() {
        write("landmark_names.csv", "index,name\n1,\n");
        Path named = write("named.txt", "a.png#1,2,1\n");
        assertThatThrownBy(() -> LandmarkPictures.named(named, null)).isInstanceOf(DataException.class)
                .hasMessage(folder.resolve("landmark_names.csv") + ": row 2: no name: \"1,\" (need index,name)");
    }

    /** Fovea and optic disc of 60 eyes. */
    @Test
    void readsRealLandmarks() {
        String data = System.getenv("PANACEA_DATA");
        assumeTrue(data != null && Files.isDirectory(Path.of(data)), "PANACEA_DATA names no folder");
        Path table = Path.of(data, "fundus", "idrid", "keypoints.csv");
        LandmarkPictures pictures = LandmarkPictures.named(table, Path.of(data));
        assertThat(pictures.size()).isEqualTo(60);
        Map<String, Point> places = pictures.landmarks(0, 1024);
        assertThat(places).containsOnlyKeys("fovea", "optic disc centre").containsEntry("fovea",
                new Point(398.1, 443.4 * 1024 / 680));
    }
}
