package dev.panacea.tests.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.panacea.ace.example.Example;
import dev.panacea.ace.example.ExampleSet;
import dev.panacea.ace.example.Examples;
import dev.panacea.ace.label.LabelSet;
import dev.panacea.nn.ConfigException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which training examples are chosen where there shall be few. */
class FewExamplesTest {
    /** Examples that are never decoded. */
    private record Listed(List<float[]> all) implements Examples {
        @Override
        public int size() {
            return all.size();
        }

        @Override
        public String name(int number) {
            return "e" + number;
        }

        @Override
        public float[] targets(int number) {
            return all.get(number);
        }

        @Override
        public Example read(int number) {
            throw new AssertionError("decoded");
        }
    }

    private static ExampleSet set(LabelSet.Kind kind, List<float[]> targets) {
        Examples none = new Listed(List.of());
        return new ExampleSet("listed", kind, List.of("a", "b", "c"), new Listed(targets), none, none);
    }

    private static List<String> names(Examples examples) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < examples.size(); i++) {
            names.add(examples.name(i));
        }
        return names;
    }

    private static int[] positives(Examples examples) {
        int[] counts = new int[4]; // the last where none is true
        for (int i = 0; i < examples.size(); i++) {
            int some = 0;
            for (int label = 0; label < 3; label++) {
                counts[label] += examples.targets(i)[label] == 1 ? 1 : 0;
                some += examples.targets(i)[label] == 1 ? 1 : 0;
            }
            counts[3] += some == 0 ? 1 : 0;
        }
        return counts;
    }

    /** 1000 examples: half without a label, a few of the last. */
    private static List<float[]> rare() {
        List<float[]> targets = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            targets.add(new float[] {i % 2 == 0 ? 1 : 0, i % 10 == 0 ? 1 : 0, i % 333 == 1 ? 1 : 0});
        }
        return targets;
    }

    @Test
    void labelsThatMayAllBeTrue() {
        ExampleSet set = set(LabelSet.Kind.ANY, rare());
        int[] counts = positives(set.withShots(8, 1).train());
        for (int count : counts) {
            assertThat(count).isBetween(2, 5); // those with the second label have the first too
        }
        counts = positives(set.withShots(100, 1).train());
        assertThat(counts[2]).as("there are no more").isEqualTo(3);
        assertThat(counts[3]).isBetween(30, 50);
        List<float[]> two = List.of(new float[] {0}, new float[] {0}, new float[] {0}, new float[] {1});
        ExampleSet one = new ExampleSet("one", LabelSet.Kind.ANY, List.of("a"), new Listed(two), new Listed(two),
                new Listed(two));
        for (int seed = 0; seed < 20; seed++) {
            assertThat(names(one.withShots(2, seed).train())).hasSize(2).contains("e3");
        }
        assertThat(one.withShots(2, 1).test().size()).isEqualTo(4);
    }

    @Test
    void classesOfWhichOneIsTrue() {
        List<float[]> targets = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            int label = i < 200 ? 0 : i < 290 ? 1 : 2;
            targets.add(new float[] {label == 0 ? 1 : 0, label == 1 ? 1 : 0, label == 2 ? 1 : 0});
        }
        ExampleSet set = set(LabelSet.Kind.ONE, targets);
        assertThat(positives(set.withShots(15, 3).train())).containsExactly(5, 5, 5, 0);
        assertThat(positives(set.withShots(60, 3).train())).containsExactly(25, 25, 10, 0);
        assertThat(positives(set.withShots(1000, 3).train())).containsExactly(200, 90, 10, 0);
    }

    @Test
    void theSameBySeed() {
        for (LabelSet.Kind kind : LabelSet.Kind.values()) {
            ExampleSet set = set(kind, rare());
            List<String> ten = names(set.withShots(10, 7).train());
            assertThat(ten).hasSize(10).doesNotHaveDuplicates().isEqualTo(names(set.withShots(10, 7).train()))
                    .isNotEqualTo(names(set.withShots(10, 8).train()));
            assertThat(names(set.withShots(50, 7).train())).hasSize(50).containsAll(ten);
            List<String> tenth = names(set.withShare(0.1, 7).train());
            assertThat(tenth).hasSize(100).doesNotHaveDuplicates();
            assertThat(names(set.withShare(0.5, 7).train())).hasSize(500).containsAll(tenth);
            assertThat(names(set.withShare(1, 7).train())).hasSize(1000);
            assertThat(names(set.withShare(0.0001, 7).train())).hasSize(1);
        }
        ExampleSet unknown = set(LabelSet.Kind.ANY, List.of(new float[] {Float.NaN, 0, 0}, new float[] {0, 0, 0}));
        assertThat(names(unknown.withShots(1, 1).train())).containsExactly("e1");
        assertThat(names(unknown.withShots(5, 1).train())).containsExactly("e0", "e1");
    }

    @Test
    void numbersAreChecked() {
        ExampleSet set = set(LabelSet.Kind.ANY, rare());
        assertThatThrownBy(() -> set.withShots(0, 1)).isInstanceOf(ConfigException.class)
                .hasMessage("shots: 0 (need 1 or more)");
        assertThatThrownBy(() -> set.withShare(0, 1)).isInstanceOf(ConfigException.class)
                .hasMessage("share of the training examples: 0.0 (need more than 0, at most 1)");
        assertThatThrownBy(() -> set.withShare(Double.NaN, 1)).isInstanceOf(ConfigException.class);
    }
}
