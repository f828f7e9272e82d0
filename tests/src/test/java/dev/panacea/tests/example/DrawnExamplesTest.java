package dev.panacea.tests.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.panacea.ace.drawn.DrawnFilm;
import dev.panacea.ace.drawn.DrawnOptions;
import dev.panacea.ace.drawn.DrawnXray;
import dev.panacea.ace.drawn.FindingKind;
import dev.panacea.ace.drawn.Landmark;
import dev.panacea.ace.drawn.Organ;
import dev.panacea.ace.drawn.Point;
import dev.panacea.ace.example.DrawnTask;
import dev.panacea.ace.example.Example;
import dev.panacea.ace.example.ExampleSet;
import dev.panacea.ace.example.Examples;
import dev.panacea.ace.example.Mask;
import dev.panacea.ace.label.LabelSet;
import dev.panacea.nn.ConfigException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Drawn X-rays as examples. */
class DrawnExamplesTest {
    private static final int PIXELS = 64;

    private static ExampleSet few(DrawnTask task) {
        return ExampleSet.drawn(task, 3, 2, 1, PIXELS, 40);
    }

    @Test
    void findings() {
        ExampleSet set = ExampleSet.drawn(DrawnTask.FINDINGS, 2000, 0, 0, PIXELS, 1);
        assertThat(set.kind()).isEqualTo(LabelSet.Kind.ANY);
        assertThat(set.labels()).containsExactly("Nodule", "Effusion", "Pneumothorax", "Cardiomegaly",
                "Consolidation");
        int[] counts = new int[5];
        int both = 0;
        for (int i = 0; i < set.train().size(); i++) {
            float[] targets = set.train().targets(i);
            for (int label = 0; label < 5; label++) {
                counts[label] += (int) targets[label];
            }
            both += (int) (targets[0] * targets[3]);
        }
        for (int count : counts) {
            assertThat(count).isBetween(540, 660);
        }
        assertThat(both).as("independent").isBetween(130, 230);
        DrawnOptions options = new DrawnOptions(Arrays.stream(FindingKind.values())
                .collect(Collectors.toMap(kind -> kind, _ -> 0.3)), 1);
        for (int i = 0; i < 6; i++) {
            DrawnFilm film = DrawnXray.film(1 + i, 0, options);
            Set<String> found = film.findings(PIXELS).stream().map(one -> one.kind().label())
                    .collect(Collectors.toSet());
            Example example = set.train().read(i);
            for (int label = 0; label < 5; label++) {
                assertThat(example.targets()[label]).isEqualTo(found.contains(set.labels().get(label)) ? 1 : 0);
            }
            assertThat(example.picture().values()).isEqualTo(film.draw(PIXELS).picture().values());
            assertThat(example.masks()).isEmpty();
            assertThat(example.points()).isEmpty();
        }
    }

    @Test
    void organs() {
        ExampleSet set = few(DrawnTask.ORGANS);
        assertThat(set.labels()).containsExactly("heart", "clavicles", "lungs");
        assertThat(set.kind()).isEqualTo(LabelSet.Kind.MARKS);
        Example example = set.test().read(0);
        assertThat(example.name()).isEqualTo("drawn X-ray 45");
        assertThat(example.targets()).containsExactly(1, 1, 1);
        DrawnFilm film = DrawnXray.film(45, 0, DrawnOptions.standard());
        List<List<Organ>> organs = List.of(List.of(Organ.HEART), List.of(Organ.CLAVICLE_LEFT, Organ.CLAVICLE_RIGHT),
                List.of(Organ.LUNG_LEFT, Organ.LUNG_RIGHT));
        for (int label = 0; label < 3; label++) {
            byte[] mask = example.masks().get(label).values();
            for (Organ organ : organs.get(label)) {
                boolean[] inside = film.mask(organ, PIXELS);
                int count = 0;
                for (int i = 0; i < inside.length; i++) {
                    count += inside[i] ? 1 : 0;
                    assertThat(!inside[i] || mask[i] == Mask.INSIDE).isTrue();
                }
                assertThat(count).isPositive();
            }
            boolean[] none = film.mask(Organ.DIAPHRAGM, PIXELS);
            assertThat(IntStream.range(0, none.length).filter(i -> none[i]).map(i -> mask[i]).sum()).isLessThan(20);
        }
    }

    @Test
    void landmarks() {
        ExampleSet set = few(DrawnTask.LANDMARKS);
        assertThat(set.labels()).containsExactly("clavicle right", "clavicle left", "aortic arch", "carina",
                "heart left", "angle right", "angle left");
        Example example = set.validation().read(1);
        Map<Landmark, Point> places = DrawnXray.film(44, 0, DrawnOptions.standard())
                .landmarks(1024);
        assertThat(example.points().get(3)).hasValueSatisfying(point -> {
            assertThat(point.x() * 1024).isCloseTo(places.get(Landmark.CARINA).x(),
                    within(1e-6));
            assertThat(point.y() * 1024).isCloseTo(places.get(Landmark.CARINA).y(),
                    within(1e-6));
        });
        assertThat(example.points()).allSatisfy(point -> assertThat(point).isPresent());
        assertThat(example.masks()).isEmpty();
    }

    @Test
    void partsShareNobody() {
        ExampleSet set = few(DrawnTask.FINDINGS);
        Set<String> names = new HashSet<>();
        for (Examples part : List.of(set.train(), set.validation(), set.test())) {
            for (int i = 0; i < part.size(); i++) {
                assertThat(names.add(part.name(i))).isTrue();
            }
        }
        assertThat(names).hasSize(6);
    }

    @Test
    void anyThreadGetsTheSame() {
        List<float[]> alone = IntStream.range(0, 3).mapToObj(i -> few(DrawnTask.ORGANS).train().read(i).picture()
                .values()).toList();
        Examples shared = few(DrawnTask.ORGANS).train();
        List<float[]> together = IntStream.range(0, 12).parallel().mapToObj(i -> shared.read(i % 3).picture().values())
                .toList();
        for (int i = 0; i < together.size(); i++) {
            assertThat(together.get(i)).isEqualTo(alone.get(i % 3));
        }
    }

    @Test
    void numbersAreChecked() {
        assertThatThrownBy(() -> ExampleSet.drawn(DrawnTask.ORGANS, 1, 0, 0, 32, 1)).isInstanceOf(ConfigException.class)
                .hasMessage("drawn examples: 1, 0 and 0 of 32 pixels (need 0 or more, and 64..2048 pixels)");
        assertThatThrownBy(() -> ExampleSet.drawn(DrawnTask.ORGANS, -1, 2, 0, 64, 1))
                .isInstanceOf(ConfigException.class);
    }

    @Test
    void lesionsAreMasksOfBoxes() {
        ExampleSet set = ExampleSet.drawn(DrawnTask.LESIONS, 12, 0, 0, 64, 3);
        for (int i = 0; i < 12; i++) {
            Example one = set.train().read(i);
            for (int label = 0; label < one.masks().size(); label++) {
                boolean marked = false;
                for (byte value : one.masks().get(label).values()) {
                    marked |= value == Mask.INSIDE;
                }
                assertThat(marked).as(one.name() + ": " + set.labels().get(label)).isEqualTo(one.targets()[label] == 1);
            }
        }
    }
}
