package dev.panacea.tests.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.panacea.ace.label.LabelSet;
import dev.panacea.ace.study.NearestProbe;
import dev.panacea.ace.study.NearestProbe.Seen;
import dev.panacea.ace.transfer.ClassPredictions;
import dev.panacea.ace.transfer.TaskFacts;
import dev.panacea.ace.transfer.TransferResult;
import dev.panacea.nn.ConfigException;
import dev.panacea.tensor.DataException;
import dev.panacea.tests.house.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Labels by the nearest training pictures: by hand, and {@code panacea probe}. */
class ProbeCommandTest {
    private static final float NAN = Float.NaN;

    @TempDir
    private Path folder;

    private static Seen seen(List<float[]> targets, double... angles) {
        return new Seen(IntStream.range(0, angles.length).mapToObj(i -> "film" + i).toList(),
                IntStream.range(0, angles.length).mapToObj(i -> new float[] {(float) Math.cos(angles[i]),
                    (float) Math.sin(angles[i])}).toList(), targets);
    }

    @Test
    void nearestOnesWeighMore() {
        Seen train = seen(List.of(new float[] {1, 0}, new float[] {0, 0}, new float[] {1, NAN}, new float[] {0, 1}), 0.5,
                0.3, 0.1, 3);
        TaskFacts facts = new TaskFacts("set", LabelSet.Kind.ANY, List.of("A", "B"));
        ClassPredictions told = new NearestProbe(3, 0.07).predictions(train, seen(List.of(new float[] {1, 0}), 0.45),
                facts);
        double[] weights = IntStream.range(0, 3).mapToDouble(i ->
                Math.exp(Math.cos(new double[] {0.05, 0.15, 0.35}[i]) / 0.07)).toArray();
        assertThat(told.scores()[0][0]).isCloseTo((weights[0] + weights[2]) / (weights[0] + weights[1] + weights[2]),
                within(1e-5));
        assertThat(told.scores()[0][1]).isZero(); // of those who know
        assertThat(told.primary()).isEqualTo("mean AUC");
        ClassPredictions all = new NearestProbe(9, 1e9).predictions(train, seen(List.of(new float[] {1, 0}), 0.45),
                facts);
        assertThat(all.scores()[0]).containsExactly(new double[] {0.5, 1.0 / 3}, within(1e-6));
        ClassPredictions cold = new NearestProbe(4, 1e-9).predictions(train, seen(List.of(new float[] {1, 0}), 0.1),
                facts);
        assertThat(cold.scores()[0]).containsExactly(1, 0); // the nearest alone, and the next where it does not know
    }

    @Test
    void oneOfSeveralClasses() {
        Seen train = seen(List.of(new float[] {1, 0, 0}, new float[] {0, 1, 0}, new float[] {0, 1, 0}), 0, 1, 1.1);
        TaskFacts facts = new TaskFacts("set", LabelSet.Kind.ONE, List.of("A", "B", "C"));
        ClassPredictions told = new NearestProbe(2, 0.07).predictions(train,
                seen(List.of(new float[] {0, 1, 0}, new float[] {1, 0, 0}), 0.9, -0.1), facts);
        assertThat(told.primary()).isEqualTo("accuracy");
        assertThat(told.score()).isEqualTo(1);
        assertThat(told.scores()[0]).containsExactly(0, 1, 0);
        Seen unknown = seen(List.of(new float[] {NAN, NAN, NAN}), 0);
        assertThat(new NearestProbe(2, 0.07).predictions(unknown, train, facts).scores()[0]).containsOnly(0.5);
        assertThatThrownBy(() -> NearestProbe.usual().predictions(seen(List.of()), train, facts))
                .isInstanceOf(DataException.class).hasMessageContaining("no training pictures");
        assertThatThrownBy(() -> new NearestProbe(0, 1)).isInstanceOf(ConfigException.class);
    }

    private static Outcome probe(String... more) {
        List<String> args = new ArrayList<>(List.of("probe", "--drawn", "10,0,6", "--drawn-pixels", "64"));
        args.addAll(List.of(more));
        return Outcome.of(args.toArray(String[]::new));
    }

    @Test
    void networksSideBySide() throws IOException {
        Path out = folder.resolve("out");
        Outcome both = probe("--init", "vit_nano_patch16_64=random", "--init", "swin_nano_64=random", "--k", "3",
                "--out", out.toString());
        assertThat(both.err()).isEmpty();
        assertThat(both.code()).isZero();
        assertThat(both.out()).contains("random vit_nano_patch16_64, 3 nearest of 10: 6 pictures of the test part of"
                + " drawn X-rays, with 95 % intervals:", "random swin_nano_64, 3 nearest of 10", "  mean AUC");
        TransferResult result = TransferResult.read(out.resolve("random vit_nano_patch16_64/result.json"));
        assertThat(result.method()).isEqualTo("random vit_nano_patch16_64, 3 nearest");
        assertThat(result.trainExamples()).isEqualTo(10);
        assertThat(result.cases()).isEqualTo(6);
        Path alone = folder.resolve("alone");
        assertThat(probe("--init", "vit_nano_patch16_64=random", "--k", "3", "--batch", "2", "--out", alone.toString())
                .code()).isZero();
        assertThat(alone.resolve("predictions.csv")).hasSameBinaryContentAs(
                out.resolve("random vit_nano_patch16_64/predictions.csv"));
        assertThat(Files.readAllLines(alone.resolve("predictions.csv"))).hasSize(7);
    }

    @Test
    void mistakesAreOneLine() {
        assertThat(probe("--split", "train").err()).startsWith("panacea probe: --split train: each picture would be")
                .hasLineCount(1);
        assertThat(probe("--split", "validation").err()).contains("no pictures in the validation part")
                .hasLineCount(1);
        assertThat(probe("--k", "0").err()).contains("0 neighbours").hasLineCount(1);
        assertThat(probe("--init", folder.resolve("none").toString()).err()).hasLineCount(1);
    }
}
