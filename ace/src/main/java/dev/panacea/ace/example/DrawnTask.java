package dev.panacea.ace.example;

import dev.panacea.ace.drawn.DrawnOptions;
import dev.panacea.ace.drawn.FindingKind;
import dev.panacea.ace.drawn.Landmark;
import dev.panacea.ace.drawn.Organ;
import dev.panacea.ace.label.LabelSet;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What can be learned from drawn X-rays. */
public enum DrawnTask {
    /** Which of five findings there are, each in three of ten patients whatever the others. */
    FINDINGS(LabelSet.Kind.ANY, Arrays.stream(FindingKind.values()).map(FindingKind::label).toList()),
    /** Where heart, clavicles and lungs are; the two of a pair share a mask. */
    ORGANS(LabelSet.Kind.MARKS, List.of("heart", "clavicles", "lungs")),
    /** Where seven landmarks are. */
    LANDMARKS(LabelSet.Kind.MARKS, Places.SEVEN.stream()
            .map(place -> place.name().toLowerCase(Locale.ROOT).replace('_', ' ')).toList());

    private static final double PREVALENCE = 0.3;
    private static final DrawnOptions MANY = new DrawnOptions(Arrays.stream(FindingKind.values())
            .collect(Collectors.toMap(Function.identity(), _ -> PREVALENCE)), 1);
    private static final Map<String, List<Organ>> ORGANS_OF = Map.of("heart", List.of(Organ.HEART), "clavicles",
            List.of(Organ.CLAVICLE_RIGHT, Organ.CLAVICLE_LEFT), "lungs", List.of(Organ.LUNG_RIGHT, Organ.LUNG_LEFT));

    private final LabelSet.Kind kind;
    private final List<String> labels;

    /** Constants of an enum are made before its other fields. */
    private static final class Places {
        private static final List<Landmark> SEVEN = List.of(Landmark.CLAVICLE_RIGHT, Landmark.CLAVICLE_LEFT,
                Landmark.AORTIC_ARCH, Landmark.CARINA, Landmark.HEART_LEFT, Landmark.ANGLE_RIGHT, Landmark.ANGLE_LEFT);
    }

    DrawnTask(LabelSet.Kind kind, List<String> labels) {
        this.kind = kind;
        this.labels = labels;
    }

    /** What targets say. */
    public LabelSet.Kind kind() {
        return kind;
    }

    /** The names of its labels. */
    public List<String> labels() {
        return labels;
    }

    /** What is drawn. */
    DrawnOptions options() {
        return this == FINDINGS ? MANY : DrawnOptions.standard();
    }

    /** The organs that each label's mask covers, none for other tasks. */
    List<List<Organ>> organs() {
        return this == ORGANS ? labels.stream().map(ORGANS_OF::get).toList() : List.of();
    }

    /** The landmark of each label, none for other tasks. */
    List<Landmark> landmarks() {
        return this == LANDMARKS ? Places.SEVEN : List.of();
    }
}
