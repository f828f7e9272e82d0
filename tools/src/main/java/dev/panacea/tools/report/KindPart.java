package dev.panacea.tools.report;

import dev.panacea.ace.metric.Interval;
import java.util.List;

/** What the page of a fine-tuning says that differs from task to task. */
interface KindPart {
    /** What is known of the labels. */
    LabelFacts labels();

    /** What the primary number means, in words, given its value. */
    String meaning(Interval primary);

    /** How the numbers are measured. */
    String measures();

    /** Adds plots and pictures. */
    void addTo(Page page);

    /**
     * What the table of labels says.
     *
     * @param names of the labels
     * @param counted what is counted of each in the test part
     * @param counts these, in words
     * @param missing why a label cannot be measured, empty where it can
     * @param measures names of numbers before that of the label, such as {@code AUC}
     */
    record LabelFacts(List<String> names, String counted, List<String> counts, List<String> missing,
            List<String> measures) {}
}
