package dev.panacea.tools.study;

import dev.panacea.ace.augment.Augment;
import dev.panacea.ace.landmark.Correspondence;
import dev.panacea.ace.landmark.FundusCorrespondence;
import dev.panacea.ace.landmark.Symmetry;
import dev.panacea.ace.study.Compositionality;
import dev.panacea.ace.study.Decompositionality;
import dev.panacea.ace.study.Locality;
import dev.panacea.ace.study.PatchRetrieval;
import dev.panacea.ace.study.Study;
import dev.panacea.ace.study.TokenRetrieval;
import dev.panacea.nn.ConfigException;
import java.util.List;
import java.util.stream.Collectors;

/** All studies by name, in the order of the page. */
final class Studies {
    /** In their usual form. */
    private static final List<Study> ALL = List.of(
            new Compositionality(),
            new Decompositionality(),
            new PatchRetrieval(),
            new Locality(),
            new Correspondence(),
            new Symmetry(),
            new FundusCorrespondence(),
            new TokenRetrieval(),
            new TokenRetrieval(Augment.usual()));

    private Studies() {}

    /**
     * Those of the names; {@code all} is every one.
     *
     * @param formed studies that take the place of those of their names
     */
    static List<Study> named(List<String> names, List<Study> formed) {
        List<Study> usual = names.isEmpty() || names.contains("all") ? ALL
                : names.stream().map(Studies::named).distinct().toList();
        return usual.stream().map(study -> formed.stream().filter(other -> other.name().equals(study.name()))
                .findFirst().orElse(study)).toList();
    }

    private static Study named(String name) {
        return ALL.stream().filter(study -> study.name().equals(name)).findFirst().orElseThrow(() ->
                new ConfigException("study " + name + ": unknown name (need all, " + names() + ")"));
    }

    static String names() {
        return ALL.stream().map(Study::name).collect(Collectors.joining(", "));
    }
}
