package dev.panacea.tools.study;

import dev.panacea.ace.augment.Augment;
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
    private static final List<Study> ALL = List.of(
            new Compositionality(),
            new Decompositionality(),
            new PatchRetrieval(),
            new Locality(),
            new TokenRetrieval(),
            new TokenRetrieval(Augment.usual()));

    private Studies() {}

    /** Those of the names; {@code all} is every one. */
    static List<Study> named(List<String> names) {
        if (names.isEmpty() || names.contains("all")) {
            return ALL;
        }
        return names.stream().map(Studies::named).distinct().toList();
    }

    private static Study named(String name) {
        return ALL.stream().filter(study -> study.name().equals(name)).findFirst().orElseThrow(() ->
                new ConfigException("study " + name + ": unknown name (need all, " + names() + ")"));
    }

    static String names() {
        return ALL.stream().map(Study::name).collect(Collectors.joining(", "));
    }
}
