package dev.panacea.tests.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.panacea.ace.augment.Augment;
import dev.panacea.ace.data.Picture;
import dev.panacea.ace.study.FeatureExtractor;
import dev.panacea.ace.study.StudyConfig;
import dev.panacea.ace.study.StudyData;
import dev.panacea.ace.study.TokenMap;
import dev.panacea.ace.study.TokenRetrieval;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Groups of 2 × 2 tokens of one crop, and the tokens of the other that show the same pixels. */
class TokenRetrievalTest {
    private static final int IMAGE = 64;
    private static final int VIEW = 24;
    private static final int CELL = 4;

    /** Each pixel's value says where it is. */
    private static final StudyData RAMPS = Known.data(3, number -> {
        float[] values = new float[IMAGE * IMAGE];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) i / values.length;
        }
        return Known.picture(IMAGE, values);
    });

    /** A direction for the mean value of each token's pixels. */
    private static final FeatureExtractor PLACES = Known.tokens(IMAGE, VIEW, CELL, picture -> {
        int side = VIEW / CELL;
        float[] values = new float[side * side * 2];
        for (int token = 0; token < side * side; token++) {
            double angle = Math.PI * mean(picture, token / side * CELL, token % side * CELL);
            values[2 * token] = (float) Math.cos(angle);
            values[2 * token + 1] = (float) Math.sin(angle);
        }
        return new TokenMap(side, side, 2, values);
    });

    private static final TokenMap ONES = new TokenMap(6, 6, 1, filled(36));

    private static float[] filled(int size) {
        float[] values = new float[size];
        Arrays.fill(values, 1);
        return values;
    }

    private static double mean(Picture picture, int top, int left) {
        double sum = 0;
        for (int row = top; row < top + CELL; row++) {
            for (int column = left; column < left + CELL; column++) {
                sum += picture.value(row, column, 0);
            }
        }
        return sum / CELL / CELL;
    }

    @Test
    void whoKnowsThePlaceFindsEveryToken() {
        Map<String, Double> numbers = new TokenRetrieval().run(PLACES, RAMPS, StudyConfig.USUAL).numbers();
        assertThat(numbers.get(TokenRetrieval.TOP)).isEqualTo(1);
        assertThat(numbers.get("token finds group, share")).isEqualTo(1);
        assertThat(numbers.get("similarity, same pixels")).isCloseTo(1, within(1e-5));
        assertThat(numbers.get("similarity, other pixels")).isLessThan(0.99);
        assertThat(numbers.get("queries")).isEqualTo(3 * 4 * 9);
    }

    @Test
    void whoSeesNothingIsAtChance() {
        FeatureExtractor blind = Known.tokens(IMAGE, VIEW, CELL, _ -> ONES);
        Map<String, Double> numbers = new TokenRetrieval().run(blind, RAMPS, StudyConfig.USUAL).numbers();
        assertThat(numbers.get(TokenRetrieval.TOP)).isCloseTo(1.0 / 9, within(1e-12));
        assertThat(numbers.get("similarity, same pixels")).isCloseTo(numbers.get("similarity, other pixels"),
                within(1e-12));
    }

    @Test
    void changesOfGreyMakeItHarder() {
        double plain = new TokenRetrieval().run(PLACES, RAMPS, StudyConfig.USUAL).numbers().get(TokenRetrieval.TOP);
        double changed = new TokenRetrieval(Augment.usual()).run(PLACES, RAMPS, StudyConfig.USUAL).numbers()
                .get(TokenRetrieval.TOP);
        assertThat(changed).isLessThan(plain).isGreaterThan(1.0 / 9);
    }
}
