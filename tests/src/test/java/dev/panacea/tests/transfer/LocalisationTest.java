package dev.panacea.tests.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.panacea.ace.drawn.Box;
import dev.panacea.ace.metric.HeatMap;
import dev.panacea.ace.metric.Interval;
import dev.panacea.ace.transfer.Localisation;
import dev.panacea.ace.transfer.Localisation.Found;
import dev.panacea.tensor.RandomSource;
import java.util.List;
import java.util.SequencedMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Heat maps against boxes: label by label, picture by picture. */
class LocalisationTest {
    private static final int MASS = 0;
    private static final int NODULE = 1;

    /** 8 wide, 4 high; hot in columns 2 and 3 of rows 1 and 2, hottest at column 3, row 2. */
    private static HeatMap map() {
        float[] values = new float[32];
        for (int pixel : new int[] {10, 11, 18}) {
            values[pixel] = 0.5f;
        }
        values[19] = 1;
        values[31] = 0.25f;
        return new HeatMap(8, values);
    }

    @Test
    void whatIsHalfAsHotIsTheHotPart() {
        assertThat(Found.of("a", MASS, map(), List.of(new Box(2, 1, 2, 2)))).isEqualTo(new Found("a", MASS, true, 1));
        assertThat(Found.of("a", MASS, map(), List.of(new Box(2, 1, 2, 1))))
                .isEqualTo(new Found("a", MASS, false, 0.5));
        assertThat(Found.of("a", MASS, map(), List.of(new Box(3, 2, 1, 1), new Box(7, 3, 1, 1))))
                .isEqualTo(new Found("a", MASS, true, 0.2));
        assertThatThrownBy(() -> Found.of("a", MASS, map(), List.of())).hasMessageContaining("a: no boxes");
    }

    @Test
    void meansAreOfLabelsThatHaveBoxes() {
        SequencedMap<String, Interval> numbers = new Localisation(List.of("mass", "nodule", "hernia"), List.of(
                new Found("a", MASS, true, 0.5), new Found("b", MASS, false, 0.25), new Found("b", NODULE, true, 0.75)))
                .numbers(200, RandomSource.of(1));
        assertThat(numbers.keySet()).containsExactly("mean pointing game", "mean IoU", "pointing game mass", "IoU mass",
                "pointing game nodule", "IoU nodule", "pointing game hernia", "IoU hernia");
        assertThat(numbers.values()).extracting(Interval::value)
                .containsExactly(0.75, 0.5625, 0.5, 0.375, 1.0, 0.75, Double.NaN, Double.NaN);
        assertThat(numbers.get("pointing game mass")).isEqualTo(new Interval(0.5, 0, 1));
        assertThat(numbers.get("IoU nodule")).isEqualTo(new Interval(0.75, 0.75, 0.75));
        assertThat(new Localisation(List.of("mass"), List.of()).numbers(5, RandomSource.of(1)).get("mean IoU").value())
                .isNaN();
    }

    /** Maps of one picture are one draw: were they many, intervals would be too narrow. */
    @Test
    void picturesAreDrawnNotMaps() {
        List<Found> once = IntStream.range(0, 40).mapToObj(i -> new Found("p" + i, MASS, i % 2 == 0, 0.5)).toList();
        List<Found> often = IntStream.range(0, 400).mapToObj(i -> once.get(i % 40)).toList();
        assertThat(new Localisation(List.of("mass"), often).numbers(200, RandomSource.of(3)))
                .isEqualTo(new Localisation(List.of("mass"), once).numbers(200, RandomSource.of(3)));
    }
}
