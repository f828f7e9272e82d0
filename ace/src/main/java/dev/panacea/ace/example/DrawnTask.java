package dev.panacea.ace.example;

import dev.panacea.ace.drawn.DrawnOptions;
import dev.panacea.ace.drawn.FindingKind;
import dev.panacea.ace.drawn.Landmark;
import dev.panacea.ace.drawn.Organ;
import dev.panacea.ace.label.LabelSet;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What can be learned from drawn X-rays. */
public enum DrawnTask {
    /** Which of five findings there are, each in three of ten patients whatever the others. */
    FINDINGS(LabelSet.Kind.ANY, Arrays.stream(FindingKind.values()).map(FindingKind::label).toList(), List.of(),
            List.of()),
    /** Where these findings are: the boxes of what they change. */
    LESIONS(LabelSet.Kind.ANY, Arrays.stream(FindingKind.values()).map(FindingKind::label).toList(), List.of(),
            List.of()),
    /** Where heart, clavicles and lungs are; the two of a pair share a mask. */
    ORGANS(LabelSet.Kind.MARKS, List.of("heart", "clavicles", "lungs"), List.of(List.of(Organ.HEART),
            List.of(Organ.CLAVICLE_RIGHT, Organ.CLAVICLE_LEFT), List.of(Organ.LUNG_RIGHT, Organ.LUNG_LEFT)), List.of()),
    /** Where seven landmarks are. */
    LANDMARKS(Landmark.CLAVICLE_RIGHT, Landmark.CLAVICLE_LEFT, Landmark.AORTIC_ARCH, Landmark.CARINA,
            Landmark.HEART_LEFT, Landmark.ANGLE_RIGHT, Landmark.ANGLE_LEFT);

    private static final double PREVALENCE = 0.3;
    private static final DrawnOptions MANY = new DrawnOptions(Arrays.stream(FindingKind.values())
            .collect(Collectors.toMap(Function.identity(), _ -> PREVALENCE)), 1);

    private final LabelSet.Kind kind;
    private final List<String> labels;
    private final List<List<Organ>> organs;
    private final List<Landmark> landmarks;

    DrawnTask(LabelSet.Kind kind, List<String> labels, List<List<Organ>> organs, List<Landmark> landmarks) {
        this.kind = kind;
        this.labels = labels;
        this.organs = organs;
        this.landmarks = landmarks;
    }

    DrawnTask(Landmark... landmarks) {
        this(LabelSet.Kind.MARKS, Arrays.stream(landmarks).map(place -> place.name().toLowerCase(Locale.ROOT)
                .replace('_', ' ')).toList(), List.of(), List.of(landmarks));
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
        return this == FINDINGS || this == LESIONS ? MANY : DrawnOptions.standard();
    }

    /** The organs that each label's mask covers, none for other tasks. */
    List<List<Organ>> organs() {
        return organs;
    }

    /** The landmark of each label, none for other tasks. */
    List<Landmark> landmarks() {
        return landmarks;
    }
}
