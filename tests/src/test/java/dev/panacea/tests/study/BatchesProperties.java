package dev.panacea.tests.study;

import static org.assertj.core.api.Assertions.assertThat;

import dev.panacea.ace.data.Picture;
import dev.panacea.ace.study.FeatureExtractor;
import dev.panacea.ace.study.PatchRetrieval;
import dev.panacea.ace.study.StudyConfig;
import dev.panacea.ace.study.StudyData;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Batches among which a picture is looked for. */
class BatchesProperties {
    private static final int IMAGE = 10;

    /** Which pictures a study asks for, in its order. */
    private static List<Integer> asked(int pictures, StudyConfig config) {
        List<Integer> asked = new ArrayList<>();
        Picture black = Known.picture(IMAGE, new float[IMAGE * IMAGE]);
        StudyData data = Known.data(pictures, number -> {
            asked.add(number);
            return black;
        });
        FeatureExtractor blind = Known.pooled(IMAGE, 4, _ -> new float[] {1});
        new PatchRetrieval().run(blind, data, config);
        return asked;
    }

    @Property(tries = 100)
    void noPictureIsTwiceInARound(@ForAll @IntRange(min = 2, max = 40) int pictures,
            @ForAll @IntRange(min = 2, max = 12) int batch, @ForAll @IntRange(min = 1, max = 3) int rounds,
            @ForAll long seed) {
        List<Integer> asked = asked(pictures, new StudyConfig(seed, batch, rounds, 0.3, 0.6));
        int size = Math.min(batch, pictures);
        int ofRound = pictures / size * size;
        assertThat(asked).hasSize(rounds * ofRound);
        for (int round = 0; round < rounds; round++) {
            List<Integer> once = asked.subList(round * ofRound, (round + 1) * ofRound);
            assertThat(new HashSet<>(once)).hasSize(ofRound);
            assertThat(once).allMatch(number -> number >= 0 && number < pictures);
        }
    }

    @Property(tries = 5)
    void roundsAndSeedsDiffer(@ForAll long seed) {
        StudyConfig config = new StudyConfig(seed, 10, 2, 0.3, 0.6);
        List<Integer> asked = asked(30, config);
        assertThat(asked.subList(0, 30)).isNotEqualTo(asked.subList(30, 60));
        assertThat(asked(30, config)).isEqualTo(asked);
        assertThat(asked(30, config.withSeed(seed + 1))).isNotEqualTo(asked);
    }
}
