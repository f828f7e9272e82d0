package dev.panacea.tools.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What the check says in the end.
 *
 * @param folder what was checked
 * @param unlisted files and folders that could not even be listed
 * @param findings one for each file, in order
 * @param seconds how long it took
 */
record CheckReport(Path folder, List<String> unlisted, List<Finding> findings, double seconds) {
    private static final int LINES = 50; // of a section; the JSON output has all

    long readable() {
        return findings.stream().filter(finding -> finding.error() == null).count();
    }

    /** The report for people. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add("%d files in %s: %d pictures, %d not readable; %.1f s, %.0f files/s".formatted(findings.size(),
                folder, readable(), findings.size() - readable(), seconds, findings.size() / Math.max(seconds, 1e-9)));
        section(lines, "kinds", counted(kinds()));
        section(lines, "applied", counted(count(pictures(false).stream().flatMap(f -> f.applied().stream()).toList())));
        section(lines, "DICOM", pictures(true).stream()
                .map(f -> "%d  %s: %d bits%s".formatted(f.number(), f.file(), f.bits(),
                        f.applied().stream().map(one -> ", " + one).collect(Collectors.joining()))).toList());
        section(lines, "the same content", duplicates().stream().map(same -> String.join(" = ", same)).toList());
        section(lines, "not readable", findings.stream().filter(f -> f.error() != null)
                .map(f -> f.number() + "  " + f.file() + ": " + f.error()).toList());
        section(lines, "not listed", unlisted);
        return lines;
    }

    private List<Finding> pictures(boolean dicom) {
        return findings.stream().filter(f -> f.error() == null && dicom == f.format().equals("DICOM")).toList();
    }

    private Map<String, Integer> kinds() {
        return count(findings.stream().filter(f -> f.error() == null).map(Finding::kind).toList());
    }

    private static Map<String, Integer> count(List<String> all) {
        Map<String, Integer> counts = new TreeMap<>();
        all.forEach(one -> counts.merge(one, 1, Integer::sum));
        return counts;
    }

    private static List<String> counted(Map<String, Integer> counts) {
        return counts.entrySet().stream().sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
                .map(entry -> "%6d  %s".formatted(entry.getValue(), entry.getKey())).toList();
    }

    private static void section(List<String> lines, String title, List<String> rows) {
        if (rows.isEmpty()) {
            return;
        }
        lines.add("");
        lines.add(title);
        rows.stream().limit(LINES).forEach(row -> lines.add("  " + row));
        if (rows.size() > LINES) {
            lines.add("  and " + (rows.size() - LINES) + " more (--json prints all)");
        }
    }

    /** Files of the same content. */
    private List<List<String>> duplicates() {
        Map<String, List<String>> byHash = findings.stream().filter(f -> f.sha256() != null)
                .collect(Collectors.groupingBy(Finding::sha256, LinkedHashMap::new,
                        Collectors.mapping(Finding::file, Collectors.toList())));
        return byHash.values().stream().filter(same -> same.size() > 1).toList();
    }

    /** The report for programs, beside what is said of each file. */
    Map<String, Object> summary() {
        Map<String, Object> summary = new LinkedHashMap<>();
        summary.put("folder", folder.toString());
        summary.put("files", findings.size());
        summary.put("pictures", readable());
        summary.put("seconds", seconds);
        summary.put("kinds", kinds());
        summary.put("duplicates", duplicates());
        summary.put("unlisted", unlisted);
        return summary;
    }
}
