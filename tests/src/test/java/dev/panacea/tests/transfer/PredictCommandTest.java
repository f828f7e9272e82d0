package dev.panacea.tests.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import dev.panacea.ace.data.CsvRows;
import dev.panacea.ace.data.ImageDecoder;
import dev.panacea.ace.data.Picture;
import dev.panacea.ace.data.Resize;
import dev.panacea.ace.example.DrawnTask;
import dev.panacea.ace.example.ExampleSet;
import dev.panacea.ace.run.LoadLimits;
import dev.panacea.ace.transfer.FineTuned;
import dev.panacea.ace.transfer.LabelHeat;
import dev.panacea.ace.transfer.TransferKind;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tests.house.Outcome;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code panacea predict}: its files say what the network says, in the size of the pictures. */
class PredictCommandTest {
    private static final int WIDE = 300;
    private static final int HIGH = 181;

    @TempDir
    private static Path runs;

    @TempDir
    private Path folder;

    private Path films;
    private Path wide;
    private Path narrow;

    @BeforeAll
    static void tune() throws IOException {
        for (TransferKind kind : TransferKind.values()) {
            DrawnTask task = switch (kind) {
                case CLASSIFY -> DrawnTask.FINDINGS;
                case SEGMENT -> DrawnTask.ORGANS;
                case KEYPOINTS -> DrawnTask.LANDMARKS;
            };
            TunedRun.of(runs.resolve(kind.label()), TunedRun.config(kind, kind == TransferKind.CLASSIFY ? "vit_nano" : "swin_nano"),
                    ExampleSet.drawn(task, 8, 0, 0, 64, 1));
        }
    }

    @BeforeEach
    void draw() throws IOException {
        films = Files.createDirectory(folder.resolve("films"));
        wide = TunedRun.film(films.resolve("wide.png"), WIDE, HIGH, 5);
        narrow = TunedRun.film(Files.createDirectory(films.resolve("more")).resolve("narrow.png"), 90, 200, 6);
    }

    private Outcome predict(TransferKind kind, String... more) {
        List<String> args = new ArrayList<>(List.of("predict", runs.resolve(kind.label()).toString()));
        args.addAll(List.of(more));
        return Outcome.of(args.toArray(String[]::new));
    }

    private Outcome predictFilms(TransferKind kind, String... more) {
        List<String> args = new ArrayList<>(List.of(films.toString(), "--out", folder.resolve("out").toString()));
        args.addAll(List.of(more));
        return predict(kind, args.toArray(String[]::new));
    }

    private List<List<String>> table(String name) {
        return CsvRows.read(folder.resolve("out").resolve(name)).stream().map(CsvRows.Row::fields).toList();
    }

    private static BufferedImage image(Path file) throws IOException {
        BufferedImage image = ImageIO.read(file.toFile());
        assertThat(image).as(file.toString()).isNotNull();
        return image;
    }

    private static float[] answer(TransferKind kind, Path film, boolean tenCrop) {
        try (MemoryScope _ = MemoryScope.open("test")) {
            return FineTuned.load(runs.resolve(kind.label())).inference(tenCrop, LoadLimits.usual())
                    .answer(new ImageDecoder().decode(film));
        }
    }

    private static float[] floats(List<String> fields) {
        float[] values = new float[fields.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = Float.parseFloat(fields.get(i));
        }
        return values;
    }

    @Test
    void probabilitiesAndWhatSpeaksForThem() throws IOException {
        Outcome outcome = predictFilms(TransferKind.CLASSIFY, "--heat", "best,Pneumothorax", "--batch", "1");
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.code()).isZero();
        List<String> labels = DrawnTask.FINDINGS.labels();
        List<List<String>> rows = table("predictions.csv");
        assertThat(rows).hasSize(3);
        assertThat(rows.getFirst()).isEqualTo(Stream.concat(Stream.of("image"), labels.stream()).toList());
        assertThat(rows.get(1).getFirst()).isEqualTo(narrow.toString()); // below more/
        assertThat(rows.get(2).getFirst()).isEqualTo(wide.toString());
        float[] answer = answer(TransferKind.CLASSIFY, wide, false);
        assertThat(floats(rows.get(2).subList(1, 6))).containsExactly(answer);
        int best = 0;
        for (int label = 1; label < answer.length; label++) {
            best = answer[label] > answer[best] ? label : best;
        }
        assertThat(outcome.out()).contains(wide + ": " + labels.get(best) + " 0.");
        List<List<String>> heats = table("heat.csv");
        assertThat(heats.getFirst()).containsExactly("image", "label", "probability", "heat");
        assertThat(heats.stream().filter(row -> row.getFirst().equals(wide.toString())).map(row -> row.get(1)))
                .containsOnly("Pneumothorax", labels.get(best));
        for (List<String> row : heats.subList(1, heats.size())) {
            BufferedImage image = image(Path.of(row.get(3)));
            boolean across = row.getFirst().equals(wide.toString());
            assertThat(image.getWidth()).isEqualTo(across ? 512 : 230);
            assertThat(image.getHeight()).isEqualTo(across ? 309 : 512);
            assertThat(coloured(image) > 0).isEqualTo(isHot(Path.of(row.getFirst()), labels.indexOf(row.get(1))));
        }
    }

    /** Whether anything speaks for a label. */
    private static boolean isHot(Path film, int label) {
        try (MemoryScope _ = MemoryScope.open("test")) {
            FineTuned tuned = FineTuned.load(runs.resolve("classify"));
            float[] view = tuned.inference(false, LoadLimits.usual()).views(new ImageDecoder().decode(film)).getFirst();
            for (float value : new LabelHeat(tuned.config(), tuned.network()).of(view, label).values()) {
                if (value > 0) {
                    return true;
                }
            }
            return false;
        }
    }

    private static long coloured(BufferedImage image) {
        return Arrays.stream(image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth()))
                .filter(rgb -> (rgb >> 16 & 255) != (rgb & 255)).count();
    }

    @Test
    void tenCropsAnswerAsTheirMean() {
        assertThat(predict(TransferKind.CLASSIFY, wide.toString(), "--ten-crop", "--out",
                folder.resolve("out").toString()).code()).isZero();
        assertThat(floats(table("predictions.csv").get(1).subList(1, 6)))
                .containsExactly(answer(TransferKind.CLASSIFY, wide, true));
    }

    /** Each mask is what the network says of the square view, stretched back to the sides of the picture. */
    @Test
    void masksAreOfThePicturesSize() throws IOException {
        Outcome outcome = predictFilms(TransferKind.SEGMENT);
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.code()).isZero();
        List<List<String>> rows = table("masks.csv");
        assertThat(rows).hasSize(1 + 2 * 3);
        int size = TunedRun.PIXELS * TunedRun.PIXELS;
        float[] answer = answer(TransferKind.SEGMENT, wide, false);
        for (int label = 0; label < 3; label++) {
            List<String> row = rows.get(4 + label);
            assertThat(row.subList(0, 2)).containsExactly(wide.toString(), DrawnTask.ORGANS.labels().get(label));
            BufferedImage mask = image(Path.of(row.get(4)));
            assertThat(Path.of(row.get(4))).isEqualTo(folder.resolve("out/masks").resolve(row.get(1))
                    .resolve("wide.png"));
            assertThat(mask.getWidth()).isEqualTo(WIDE);
            assertThat(mask.getHeight()).isEqualTo(HIGH);
            float[] expected = new Resize(HIGH, WIDE, Resize.Filter.BILINEAR).apply(new Picture(TunedRun.PIXELS,
                    TunedRun.PIXELS, 1, Arrays.copyOfRange(answer, label * size, (label + 1) * size),
                    new ImageDecoder().decode(wide).facts())).values();
            int white = 0;
            for (int i = 0; i < expected.length; i++) {
                int value = mask.getRaster().getSample(i % WIDE, i / WIDE, 0);
                white += value == 255 ? 1 : 0;
                if (Math.abs(expected[i] - 0.5) > 1e-4) {
                    assertThat(value).isEqualTo(expected[i] > 0.5 ? 255 : 0);
                }
            }
            assertThat(row.get(2)).isEqualTo(Integer.toString(white));
        }
        assertThat(image(folder.resolve("out/overlays/wide.png")).getWidth()).isEqualTo(512);
        assertThat(image(folder.resolve("out/overlays/narrow.png")).getHeight()).isEqualTo(512);
    }

    @Test
    void probabilitiesOfPixels() throws IOException {
        assertThat(predictFilms(TransferKind.SEGMENT, "--probabilities").code()).isZero();
        float[] answer = answer(TransferKind.SEGMENT, narrow, false);
        BufferedImage heart = image(folder.resolve("out/masks/heart/narrow.png"));
        // the upper left pixel lies outside of the centres of the view's pixels
        assertThat(heart.getRaster().getSample(0, 0, 0)).isEqualTo(Math.round(255 * answer[0]));
        assertThat(heart.getRaster().getSample(89, 0, 0)).isEqualTo(Math.round(255 * answer[TunedRun.PIXELS - 1]));
    }

    @Test
    void pointsAreInPixelsOfThePicture() throws IOException {
        Outcome outcome = predictFilms(TransferKind.KEYPOINTS);
        assertThat(outcome.err()).isEmpty();
        List<List<String>> rows = table("points.csv");
        assertThat(rows).hasSize(1 + 2 * 7);
        assertThat(rows.getFirst()).containsExactly("image", "label", "x", "y", "height");
        float[] answer = answer(TransferKind.KEYPOINTS, wide, false);
        for (int label = 0; label < 7; label++) {
            List<String> row = rows.get(8 + label);
            assertThat(row.get(1)).isEqualTo(DrawnTask.LANDMARKS.labels().get(label));
            assertThat(Double.parseDouble(row.get(2)) * TunedRun.PIXELS / WIDE)
                    .isCloseTo(answer[3 * label], offset(0.002));
            assertThat(Double.parseDouble(row.get(3)) * TunedRun.PIXELS / HIGH)
                    .isCloseTo(answer[3 * label + 1], offset(0.003));
            assertThat(Float.parseFloat(row.get(4))).isEqualTo(answer[3 * label + 2]);
        }
        assertThat(coloured(image(folder.resolve("out/overlays/wide.png")))).isPositive();
    }

    @Test
    void picturesThatShareANameAreToldApart() throws IOException {
        for (String place : List.of("a", "b", "c/b")) {
            TunedRun.film(Files.createDirectories(films.resolve(place)).resolve("wide.png"), 40, 40, 1);
        }
        assertThat(predictFilms(TransferKind.SEGMENT).code()).isZero();
        try (Stream<Path> overlays = Files.list(folder.resolve("out/overlays"))) {
            assertThat(overlays.map(file -> file.getFileName().toString())).containsExactlyInAnyOrder("a_wide.png",
                    "b_wide.png", "b_wide-2.png", "films_wide.png", "narrow.png");
        }
        List<String> masks = table("masks.csv").stream().map(row -> row.get(4)).toList();
        assertThat(masks).doesNotHaveDuplicates().hasSize(1 + 5 * 3);
    }

    @Test
    void theUnreadableIsNamedAndLeftOut() throws IOException {
        Files.writeString(films.resolve("notes.txt.png"), "no picture");
        Outcome outcome = predictFilms(TransferKind.CLASSIFY);
        assertThat(outcome.code()).isZero();
        assertThat(outcome.err()).contains("left out: ", "notes.txt.png").hasLineCount(1);
        assertThat(outcome.out()).endsWith("predictions.csv: 2 pictures; 1 unreadable left out\n");
        Outcome nothing = predict(TransferKind.CLASSIFY, films.resolve("notes.txt.png").toString(), "--out",
                folder.resolve("none").toString());
        assertThat(nothing.code()).isEqualTo(1);
        assertThat(nothing.err()).contains("no picture could be read: 1 tried");
        assertThat(folder.resolve("none")).doesNotExist();
    }

    @Test
    void nothingIsOverwrittenUnasked() throws IOException {
        Path out = Files.createDirectory(folder.resolve("out"));
        assertThat(predictFilms(TransferKind.CLASSIFY).code()).isZero(); // empty
        byte[] before = Files.readAllBytes(out.resolve("predictions.csv"));
        Files.writeString(out.resolve("predictions.csv"), "mine");
        Outcome refused = predictFilms(TransferKind.CLASSIFY);
        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.err()).isEqualTo("panacea predict: --out " + out + ": is not empty (name a new folder, or"
                + " --replace files in it)\n");
        assertThat(out.resolve("predictions.csv")).hasContent("mine");
        assertThat(predictFilms(TransferKind.CLASSIFY, "--replace").code()).isZero();
        assertThat(Files.readAllBytes(out.resolve("predictions.csv"))).isEqualTo(before);
    }

    @Test
    void mistakesAreOneLine() throws IOException {
        assertThat(predictFilms(TransferKind.CLASSIFY, "--heat", "Efusion").err()).isEqualTo("panacea predict: --heat"
                + " \"Efusion\": no such label (is it Effusion?)\n");
        assertThat(predictFilms(TransferKind.SEGMENT, "--heat", "all").err()).isEqualTo("panacea predict: --heat: "
                + runs.resolve("segment") + " was trained to segment (it is for classify: leave it out)\n");
        assertThat(predictFilms(TransferKind.CLASSIFY, "--probabilities").err()).contains("it is for segment");
        assertThat(predictFilms(TransferKind.KEYPOINTS, "--ten-crop").err()).contains("it is for classify");
        assertThat(predictFilms(TransferKind.CLASSIFY, "--batch", "0").code()).isEqualTo(2);
        Path empty = Files.createDirectory(folder.resolve("empty"));
        assertThat(predict(TransferKind.CLASSIFY, empty.toString(), "--out", folder.resolve("out").toString()).err())
                .contains("no pictures in").hasLineCount(1);
        Outcome none = Outcome.of("predict", empty.toString(), films.toString(), "--out",
                folder.resolve("out").toString());
        assertThat(none.err()).contains("no checkpoint in this folder").hasLineCount(1);
        assertThat(none.code()).isEqualTo(1);
        assertThat(folder.resolve("out")).doesNotExist();
    }
}
