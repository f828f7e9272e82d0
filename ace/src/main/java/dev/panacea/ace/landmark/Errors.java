package dev.panacea.ace.landmark;

import dev.panacea.ace.study.Plot;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How far from the truth places were found, by the names of landmarks. */
final class Errors {
    private final Map<String, List<Double>> byName = new LinkedHashMap<>();

    void add(String name, double pixels) {
        byName.computeIfAbsent(name, _ -> new ArrayList<>()).add(pixels);
    }

    private double[] all() {
        return byName.values().stream().flatMap(List::stream).mapToDouble(Double::doubleValue).toArray();
    }

    double mean() {
        return Arrays.stream(all()).average().orElse(Double.NaN);
    }

    double median() {
        double[] all = all();
        Arrays.sort(all);
        return all.length == 0 ? Double.NaN : (all[(all.length - 1) / 2] + all[all.length / 2]) / 2;
    }

    int count() {
        return all().length;
    }

    /** A box for each landmark. */
    Plot boxes(String title, String unit) {
        return new Plot.Boxes(title, "error, " + unit, List.copyOf(byName.keySet()), byName.values().stream()
                .map(errors -> errors.stream().mapToDouble(Double::doubleValue).toArray()).toList());
    }
}
