package dev.panacea.tests.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.panacea.ace.data.Picture;
import dev.panacea.ace.data.PictureFacts;
import dev.panacea.ace.drawn.Point;
import dev.panacea.ace.example.Example;
import dev.panacea.ace.example.Placement;
import dev.panacea.ace.example.ViewConfig;
import dev.panacea.ace.label.LabelSet;
import dev.panacea.ace.transfer.TaskFacts;
import dev.panacea.ace.transfer.TransferKind;
import dev.panacea.ace.transfer.TransferTask;
import dev.panacea.tensor.DataException;
import dev.panacea.tensor.ElementType;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.RandomSource;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Tensor;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bells round key points, and the way back from a map to a point. */
class HeatMapTest {
    private static final int PIXELS = 32;
    private static final double SIGMA = 2;
    private static final int LABELS = 60;
    private static final Placement WHOLE = ViewConfig.usual(PIXELS).whole();

    private static TransferTask task(String heat, int labels) {
        return TransferTask.of(Tuning.config(TransferKind.KEYPOINTS, "vit_nano", "loss.heat", heat),
                new TaskFacts("points", LabelSet.Kind.MARKS, Collections.nCopies(labels, "here")));
    }

    /** A picture with points, which are given in pixels of the view. */
    private static Example example(List<Point> points) {
        return new Example("points", new Picture(1, 1, 1, new float[1], new PictureFacts("none", 8, List.of())),
                new float[points.size()], List.of(),
                points.stream().map(point -> Optional.of(point.times(1.0 / PIXELS))).toList());
    }

    private static TransferTask.Target bell(String heat, double x, double y) {
        return task(heat, 1).target(example(List.of(new Point(x, y))), WHOLE);
    }

    private static long set(float[] values) {
        return IntStream.range(0, values.length).filter(i -> values[i] > 0).count();
    }

    @Test
    void aBellHasItsPeakAtThePointAndElevenPixelsOnEachSide() {
        float[] bell = bell("SQUARES", 12.5, 20.5).values();
        assertThat(bell[20 * PIXELS + 12]).isEqualTo(1);
        assertThat(set(bell)).isEqualTo(121);
        assertThat(bell[15 * PIXELS + 7]).as("a corner").isCloseTo((float) Math.exp(-50 / (2 * SIGMA * SIGMA)),
                within(1e-7f));
        float[] between = bell("SQUARES", 12.1, 20.8).values();
        for (int i = 0; i < between.length; i++) {
            double dx = i % PIXELS + 0.5 - 12.1;
            double dy = i / PIXELS + 0.5 - 20.8;
            boolean near = Math.abs(i % PIXELS - 12) <= 5 && Math.abs(i / PIXELS - 20) <= 5;
            assertThat((double) between[i]).as("pixel %d", i).isCloseTo(
                    near ? Math.exp(-(dx * dx + dy * dy) / (2 * SIGMA * SIGMA)) : 0, within(1e-7));
        }
    }

    @Test
    void bordersClipABell() {
        assertThat(set(bell("SQUARES", 0, 0).values())).isEqualTo(36);
        assertThat(set(bell("SQUARES", 31.9, 16).values())).isEqualTo(6 * 11);
        assertThat(set(bell("SQUARES", 2.5, 30).values())).isEqualTo(8 * 7);
    }

    @Test
    void aDistributionSumsToOneWhereverThePointLies() {
        for (int k = 0; k < 50; k++) {
            TransferTask.Target target = bell("CROSS_ENTROPY", PIXELS * RandomSource.of(3).uniform(2 * k),
                    PIXELS * RandomSource.of(3).uniform(2 * k + 1));
            double sum = 0;
            for (float value : target.values()) {
                sum += value;
            }
            assertThat(sum).isCloseTo(1, within(1e-6));
            assertThat(target.counts()).containsExactly(1);
        }
    }

    @Test
    void aBellFollowsItsViewAndIsLeftOutWhereTheViewShowsNothingOfIt() {
        TransferTask task = task("SQUARES", 1);
        ViewConfig views = ViewConfig.usual(PIXELS);
        boolean[] seen = new boolean[2];
        for (int k = 0; k < 30; k++) {
            Placement placement = views.draw(40, 30, RandomSource.of(9).child(k));
            Point share = new Point(0.12, 0.9);
            TransferTask.Target target = task.target(example(List.of(share.times(PIXELS))), placement);
            Optional<Point> shown = placement.view(share, PIXELS);
            assertThat(target.counts()).containsExactly(shown.isPresent() ? 1 : 0);
            seen[shown.isPresent() ? 1 : 0] = true;
            if (shown.isPresent()) {
                int best = IntStream.range(0, PIXELS * PIXELS).reduce(0, (a, b) ->
                        target.values()[b] > target.values()[a] ? b : a);
                assertThat(best).isEqualTo((int) shown.get().y() * PIXELS + (int) shown.get().x());
            } else {
                assertThat(set(target.values())).isZero();
            }
        }
        assertThat(seen).as("both cases").containsOnly(true);
    }

    @ParameterizedTest
    @ValueSource(strings = {"CROSS_ENTROPY", "SQUARES"})
    void thePlaceIsFoundAgainBetweenPixels(String heat) {
        TransferTask task = task(heat, LABELS);
        List<Point> points = IntStream.range(0, LABELS).mapToObj(k -> new Point(
                PIXELS * RandomSource.of(4).uniform(2 * k), PIXELS * RandomSource.of(4).uniform(2 * k + 1))).toList();
        float[] maps = task.target(example(points), WHOLE).values();
        for (int i = 0; heat.equals("CROSS_ENTROPY") && i < maps.length; i++) {
            maps[i] = (float) Math.log(maps[i] + 1e-12);
        }
        float[] answer;
        try (MemoryScope _ = MemoryScope.open("answers")) {
            answer = task.answers(Tensor.of(Shape.of(1, LABELS, PIXELS, PIXELS), maps)).getFirst();
        }
        for (int k = 0; k < LABELS; k++) {
            assertClose(answer[3 * k], points.get(k).x());
            assertClose(answer[3 * k + 1], points.get(k).y());
            assertThat(answer[3 * k + 2]).as("the height of the highest pixel").isEqualTo(highest(maps, k));
        }
    }

    /** To a tenth of a pixel; to the pixel itself where the border cuts the bell. */
    private static void assertClose(float found, double place) {
        boolean cut = Math.min(place, PIXELS - place) < 6;
        assertThat((double) found).isCloseTo(place, within(cut ? 0.5 : 0.1));
    }

    private static float highest(float[] maps, int label) {
        float most = maps[label * PIXELS * PIXELS];
        for (int i = 0; i < PIXELS * PIXELS; i++) {
            most = Math.max(most, maps[label * PIXELS * PIXELS + i]);
        }
        return most;
    }

    @Test
    void aFlatMapOfSquaresHasItsFirstPixelForAnAnswer() {
        try (MemoryScope _ = MemoryScope.open("flat")) {
            assertThat(task("SQUARES", 1).answers(Tensor.full(ElementType.F32, -1, 2, 1, PIXELS, PIXELS))).hasSize(2)
                    .allSatisfy(answer -> assertThat(answer).containsExactly(0.5f, 0.5f, -1));
        }
    }

    @Test
    void picturesWithoutPointsAreRefused() {
        assertThatThrownBy(() -> task("SQUARES", 2).target(example(List.of(new Point(1, 1))), WHOLE))
                .isInstanceOf(DataException.class)
                .hasMessage("points: no key points (need a data set with points)");
    }
}
