package dev.panacea.tests.ace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.panacea.ace.run.CollapseWatch;
import dev.panacea.ace.train.PretrainConfig;
import dev.panacea.ace.train.PretrainStep;
import dev.panacea.ace.train.Recipe;
import dev.panacea.ace.train.StepReport;
import dev.panacea.tensor.MemoryScope;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Runs that collapse are told by name, and others are left alone. */
class CollapseTest {
    private static final PretrainConfig CONFIG = Runs.config(Recipe.PANACEA, "vit_nano");

    private static List<String> told(int steps, Map<String, String> changes) {
        try (MemoryScope _ = MemoryScope.open("collapse")) {
            PretrainStep training = new PretrainStep(CONFIG.with(changes), 3);
            CollapseWatch watch = new CollapseWatch(training.config(), 96, training.schedules().steps());
            List<String> told = new ArrayList<>();
            Runs.run(training, steps).forEach(report -> told.addAll(watch.add(report)));
            return told;
        }
    }

    @Test
    void healthyRunIsLeftAlone() {
        assertThat(told(30, Map.of())).isEmpty();
    }

    @Test
    void positivesAloneMatchEverything() {
        List<String> told = told(30, Map.of("composition.positivesOnly", "true",
                "decomposition.positivesOnly", "true", "weights.global", "0"));
        assertThat(told).hasSize(2).allMatch(line -> line.matches(
                "collapse: step \\d+: (de)?composition: loss 0\\.0\\d+ while 0\\.\\d+ of the partners are found, "
                        + "chance .*matches everything \\(set .*positivesOnly to false.*\\)"));
    }

    @Test
    void globalLossThatIsTheEntropyMakesAllViewsTheSame() {
        CollapseWatch watch = new CollapseWatch(CONFIG, 96, 100);
        List<String> told = new ArrayList<>();
        for (long step = 0; step < 40; step++) {
            told.addAll(watch.add(new StepReport(step, 1, 3.8 + Math.exp(-step), 0.1, 0.05, 0.3, 0.01, 3.8, 0.7, 3, 1,
                    0.001, 0.04, 0.996)));
        }
        assertThat(told).singleElement().asString().contains("all views have the same probabilities",
                "the teacher's entropy 3.800, ln 128 is 4.852 (lower global.teacherTemperature)");
    }

    private static StepReport report(long step, double deviation, double rank) {
        return new StepReport(step, 1, 5, 0.1, 0.05, 0.3, 0.01, 3, deviation, rank, 1, 0.001, 0.04, 0.996);
    }

    @Test
    void tokensThatBecomeAlikeAreToldOnceAndAgainAfterLong() {
        CollapseWatch watch = new CollapseWatch(CONFIG, 96, 10_000);
        List<String> told = new ArrayList<>();
        long step = 0;
        for (; step < 600; step++) { // alike in the first steps: not judged, and later not less than it was
            told.addAll(watch.add(report(step, 0.05, 1.05)));
        }
        assertThat(told).isEmpty();
        watch = new CollapseWatch(CONFIG, 96, 10_000);
        for (step = 0; step < 1000; step++) {
            boolean bad = step >= 700 && step < 800 || step == 900 || step > 950;
            told.addAll(watch.add(report(step, bad ? 0.02 : 0.7, bad ? 1.01 : 3)));
        }
        assertThat(told).hasSize(4);
        assertThat(told.get(0)).startsWith("collapse: step 7").contains("all alike: deviation 0.0", "0.700 at first");
        assertThat(told.get(1)).startsWith("collapse: step 7").contains("effective rank 1.0", " of 96, 3.00 at first");
        assertThat(told.get(2)).startsWith("collapse: step 9");
    }
}
