package dev.panacea.tests.drawn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.panacea.ace.drawn.Box;
import dev.panacea.ace.drawn.DrawnFilm;
import dev.panacea.ace.drawn.DrawnOptions;
import dev.panacea.ace.drawn.DrawnXray;
import dev.panacea.ace.drawn.Drawing;
import dev.panacea.ace.drawn.Finding;
import dev.panacea.ace.drawn.FindingKind;
import dev.panacea.ace.drawn.Landmark;
import dev.panacea.ace.drawn.Organ;
import dev.panacea.ace.drawn.Point;
import dev.panacea.nn.ConfigException;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A drawn finding changes the picture, where its box says and nowhere else, and the anatomy's truth follows. */
class DrawnFindingsTest {
    private static final int PIXELS = 128;
    private static final int PATIENTS = 40;

    private static DrawnFilm film(long seed, FindingKind kind) {
        return DrawnXray.film(seed, 0, DrawnOptions.only(kind));
    }

    private static DrawnFilm healthy(long seed) {
        return DrawnXray.film(seed, 0, DrawnOptions.healthy());
    }

    @ParameterizedTest
    @EnumSource(FindingKind.class)
    void theBoxHoldsWhatChanges(FindingKind kind) {
        for (int seed = 500; seed < 500 + PATIENTS; seed++) {
            Drawing ill = film(seed, kind).draw(PIXELS);
            float[] well = healthy(seed).draw(PIXELS).picture().values();
            assertThat(ill.findings()).extracting(Finding::kind).containsExactly(kind);
            Box box = ill.findings().getFirst().box();
            assertThat(box.x()).isNotNegative();
            assertThat(box.y()).isNotNegative();
            assertThat(box.x() + box.width()).isLessThanOrEqualTo(PIXELS);
            assertThat(box.y() + box.height()).isLessThanOrEqualTo(PIXELS);
            double inside = 0;
            double all = 0;
            for (int i = 0; i < well.length; i++) {
                double change = ill.picture().values()[i] - well[i];
                all += change * change;
                inside += box.contains(i % PIXELS + 0.5, i / PIXELS + 0.5) ? change * change : 0;
            }
            assertThat(inside / all).as("share of the change inside the box of seed %d", seed).isGreaterThan(0.95);
        }
    }

    /**
     * One who knows the patient tells ill from well through the noise: the picture, less the well one, is projected on
     * what the illness changes where there is no noise; 1 is ill, 0 is well.
     */
    @ParameterizedTest
    @EnumSource(FindingKind.class)
    void eachCanBeSeenThroughTheNoise(FindingKind kind) {
        int right = 0;
        for (int seed = 700; seed < 700 + PATIENTS; seed++) {
            float[] well = DrawnXray.film(seed, 0, DrawnOptions.healthy().withNoise(0)).draw(256).picture().values();
            float[] ill = DrawnXray.film(seed, 0, DrawnOptions.only(kind).withNoise(0)).draw(256).picture().values();
            double sick = projection(film(seed, kind).draw(256), well, ill);
            double sound = projection(healthy(seed).draw(256), well, ill);
            right += sick > 0.5 && sound < 0.5 ? 1 : 0;
            Box box = film(seed, kind).findings(256).getFirst().box();
            double most = 0;
            for (int i = 0; i < well.length; i++) {
                most = Math.max(most, box.contains(i % 256 + 0.5, i / 256 + 0.5) ? Math.abs(ill[i] - well[i]) : 0);
            }
            assertThat(most).as("strongest change of seed %d, in shares of white", seed).isGreaterThan(0.025);
        }
        assertThat(right).isGreaterThanOrEqualTo(PATIENTS * 39 / 40);
    }

    private static double projection(Drawing drawing, float[] well, float[] ill) {
        double along = 0;
        double length = 0;
        for (int i = 0; i < well.length; i++) {
            double change = ill[i] - well[i];
            along += (drawing.picture().values()[i] - well[i]) * change;
            length += change * change;
        }
        return along / length;
    }

    @Test
    void aLargeHeartIsWiderInPictureMaskAndLandmarks() {
        double well = 0;
        for (int seed = 0; seed < PATIENTS; seed++) {
            DrawnFilm before = healthy(seed);
            DrawnFilm large = film(seed, FindingKind.CARDIOMEGALY);
            assertThat(large.facts().heartRatio()).as("seed %d", seed).isGreaterThan(0.5)
                    .isGreaterThan(before.facts().heartRatio() + 0.05).isLessThan(0.85);
            assertThat(area(large, Organ.HEART)).isGreaterThan(area(before, Organ.HEART) * 1.2);
            assertThat(area(large, Organ.LUNG_LEFT)).isLessThan(area(before, Organ.LUNG_LEFT));
            assertThat(place(large, Landmark.HEART_LEFT).x()).isGreaterThan(place(before, Landmark.HEART_LEFT).x());
            assertThat(place(large, Landmark.HEART_RIGHT).x()).isLessThan(place(before, Landmark.HEART_RIGHT).x());
            assertThat(place(large, Landmark.CARINA)).isEqualTo(place(before, Landmark.CARINA));
            well += before.facts().heartRatio() / PATIENTS;
        }
        assertThat(well).as("usual share of the heart").isBetween(0.40, 0.50);
    }

    @Test
    void fluidBluntsTheAngleOnItsSide() {
        for (int seed = 0; seed < PATIENTS; seed++) {
            DrawnFilm before = healthy(seed);
            DrawnFilm wet = film(seed, FindingKind.EFFUSION);
            boolean right = place(wet, Landmark.ANGLE_LEFT).equals(place(before, Landmark.ANGLE_LEFT));
            Landmark angle = right ? Landmark.ANGLE_RIGHT : Landmark.ANGLE_LEFT;
            Organ lung = right ? Organ.LUNG_RIGHT : Organ.LUNG_LEFT;
            assertThat(place(wet, angle).y()).as("seed %d", seed).isLessThan(place(before, angle).y() - 1);
            assertThat(place(wet, angle.mirror())).isEqualTo(place(before, angle.mirror()));
            assertThat(area(wet, lung)).isLessThan(area(before, lung));
            assertThat(brightening(seed, FindingKind.EFFUSION)).isGreaterThan(0.02);
        }
    }

    @Test
    void airBesideALungDarkensAndTheLungShrinks() {
        int darker = 0;
        for (int seed = 0; seed < PATIENTS; seed++) {
            DrawnFilm before = healthy(seed);
            DrawnFilm torn = film(seed, FindingKind.PNEUMOTHORAX);
            assertThat(area(torn, Organ.LUNG_LEFT) + area(torn, Organ.LUNG_RIGHT)).as("seed %d", seed)
                    .isLessThan(0.97 * (area(before, Organ.LUNG_LEFT) + area(before, Organ.LUNG_RIGHT)));
            darker += brightening(seed, FindingKind.PNEUMOTHORAX) < 0 ? 1 : 0;
        }
        assertThat(darker).isGreaterThan(PATIENTS * 9 / 10);
    }

    @Test
    void nodulesAndConsolidationsLieInTheLungsAndBrightenThem() {
        for (FindingKind kind : new FindingKind[] {FindingKind.NODULE, FindingKind.CONSOLIDATION}) {
            for (int seed = 0; seed < PATIENTS; seed++) {
                DrawnFilm film = film(seed, kind);
                Box box = film.findings(PIXELS).getFirst().box();
                int middle = (int) (box.y() + box.height() / 2) * PIXELS + (int) (box.x() + box.width() / 2);
                assertThat(film.mask(Organ.LUNG_LEFT, PIXELS)[middle] || film.mask(Organ.LUNG_RIGHT, PIXELS)[middle])
                        .as("%s of seed %d", kind, seed).isTrue();
                assertThat(brightening(seed, kind)).as("%s of seed %d", kind, seed).isGreaterThan(0.004);
            }
        }
    }

    /** How much brighter the box is than in the same patient without the finding. */
    private static double brightening(long seed, FindingKind kind) {
        Drawing ill = film(seed, kind).draw(PIXELS);
        float[] well = healthy(seed).draw(PIXELS).picture().values();
        Box box = ill.findings().getFirst().box();
        double sum = 0;
        int count = 0;
        for (int i = 0; i < well.length; i++) {
            if (box.contains(i % PIXELS + 0.5, i / PIXELS + 0.5)) {
                sum += ill.picture().values()[i] - well[i];
                count++;
            }
        }
        return sum / count;
    }

    private static double area(DrawnFilm film, Organ organ) {
        double area = 0;
        for (boolean inside : film.mask(organ, PIXELS)) {
            area += inside ? 1 : 0;
        }
        return area;
    }

    private static Point place(DrawnFilm film, Landmark landmark) {
        return film.landmarks(PIXELS).get(landmark);
    }

    @Test
    void findingsAreAsFrequentAsAskedFor() {
        int patients = 1200;
        Map<FindingKind, Double> wanted = DrawnOptions.standard().prevalence();
        Map<FindingKind, Integer> found = new EnumMap<>(FindingKind.class);
        for (int seed = 0; seed < patients; seed++) {
            for (Finding finding : DrawnXray.film(seed, 0, DrawnOptions.standard()).findings(64)) {
                found.merge(finding.kind(), 1, Integer::sum);
                assertThat(finding.severity()).isBetween(0.0, 1.0);
            }
            assertThat(healthy(seed).findings(64)).isEmpty();
        }
        wanted.forEach((kind, share) -> assertThat(found.get(kind) / (double) patients).as("%s", kind)
                .isCloseTo(share, within(4 * Math.sqrt(share * (1 - share) / patients))));
    }

    @Test
    void impossiblePrevalenceIsRefused() {
        assertThatThrownBy(() -> new DrawnOptions(Map.of(FindingKind.NODULE, 1.5), 1))
                .isInstanceOf(ConfigException.class)
                .hasMessage("drawn X-ray: prevalence of NODULE: 1.5 (need 0..1)");
        assertThatThrownBy(() -> DrawnOptions.healthy().withNoise(Double.NaN)).isInstanceOf(ConfigException.class)
                .hasMessage("drawn X-ray: noise: NaN (need 0..10)");
    }

    @Test
    void aLungThatHasNearlyCollapsedHasAnApexToo() {
        Map<FindingKind, Double> all = new EnumMap<>(FindingKind.class);
        for (FindingKind kind : FindingKind.values()) {
            all.put(kind, 1.0);
        }
        for (int seed = 0; seed < 300; seed++) {
            DrawnFilm film = DrawnXray.film(seed, 0, new DrawnOptions(all, 1));
            assertThat(film.findings(64)).hasSize(all.size());
            Map<Landmark, Point> places = film.landmarks(64);
            for (Landmark apex : new Landmark[] {Landmark.APEX_RIGHT, Landmark.APEX_LEFT}) {
                assertThat(places.get(apex).x()).as("%s of seed %d", apex, seed).isBetween(0.0, 64.0);
                assertThat(places.get(apex).y()).as("%s of seed %d", apex, seed).isBetween(0.0, 64.0);
            }
        }
    }
}
