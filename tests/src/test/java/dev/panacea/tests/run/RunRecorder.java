package dev.panacea.tests.run;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.reporting.ReportEntry;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/**
 * Writes what happened to each test as one line under {@code target/report}, for the summary at the end of a run.
 *
 * <p>A line is written when a test starts and when it ends, and flushed at once: a kernel that writes to a wrong
 * address takes the process with it, and the file then names the test that was running.
 */
public final class RunRecorder implements TestExecutionListener {
    private static final Pattern TRIES = Pattern.compile("tries = (\\d+)");

    private final boolean progress = Boolean.getBoolean("panacea.progress");
    private final Map<String, Long> tries = new HashMap<>();
    private final Map<String, Tally> classes = new HashMap<>();
    private PrintWriter out;
    private TestPlan plan;

    private static final class Tally {
        final long begun = System.nanoTime();
        int passed;
        int failed;
        int skipped;
    }

    /** One JUnit launcher may run several plans in turn; each gets a file of its own. */
    @Override
    public synchronized void testPlanExecutionStarted(TestPlan testPlan) {
        plan = testPlan;
        try {
            Path folder = Files.createDirectories(Path.of("target", "report"));
            Path file = folder.resolve("run-" + ProcessHandle.current().pid() + "-" + System.nanoTime() + ".tsv");
            out = new PrintWriter(Files.newBufferedWriter(file), true);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public synchronized void executionStarted(TestIdentifier test) {
        if (test.isTest()) {
            line("start", kind(test), name(test), "", "");
        } else if (test.getSource().orElse(null) instanceof ClassSource) {
            classes.put(test.getUniqueId(), new Tally());
        }
    }

    @Override
    public synchronized void reportingEntryPublished(TestIdentifier test, ReportEntry entry) {
        for (Map.Entry<String, String> pair : entry.getKeyValuePairs().entrySet()) {
            Matcher found = TRIES.matcher(pair.getValue());
            if (found.find()) {
                tries.put(test.getUniqueId(), Long.parseLong(found.group(1)));
            } else if (progress) {
                System.out.println(name(test) + ": " + pair.getValue());
            }
        }
    }

    @Override
    public synchronized void executionSkipped(TestIdentifier test, String reason) {
        if (test.isTest()) {
            end(test, "skipped", reason);
        } else {
            // A skipped class takes its methods with it, and none of them is reported on its own.
            plan.getDescendants(test).stream().filter(TestIdentifier::isTest).forEach(t -> end(t, "skipped", reason));
        }
    }

    @Override
    public synchronized void executionFinished(TestIdentifier test, TestExecutionResult result) {
        String reason = result.getThrowable().map(RunRecorder::reason).orElse("");
        if (test.isTest()) {
            switch (result.getStatus()) {
                case SUCCESSFUL -> end(test, "passed", "");
                case ABORTED -> end(test, "skipped", reason);
                case FAILED -> end(test, "failed", reason);
            }
        } else if (result.getStatus() == TestExecutionResult.Status.FAILED) {
            end(test, "failed", reason);
        } else if (result.getStatus() == TestExecutionResult.Status.ABORTED) {
            plan.getDescendants(test).stream().filter(TestIdentifier::isTest).forEach(t -> end(t, "skipped", reason));
        }
        Tally tally = classes.remove(test.getUniqueId());
        if (tally != null && progress && tally.passed + tally.failed + tally.skipped > 0) {
            System.out.printf("%-40s %5d passed%s%s  %.1f s%n", test.getDisplayName(), tally.passed,
                    tally.failed > 0 ? ", " + tally.failed + " failed" : "",
                    tally.skipped > 0 ? ", " + tally.skipped + " skipped" : "",
                    (System.nanoTime() - tally.begun) / 1e9);
        }
    }

    @Override
    public synchronized void testPlanExecutionFinished(TestPlan testPlan) {
        out.close();
    }

    private void end(TestIdentifier test, String status, String reason) {
        Long tried = tries.remove(test.getUniqueId());
        line(status, kind(test), name(test), tried == null ? "" : tried.toString(), reason);
        for (TestIdentifier at = test; at != null; at = plan.getParent(at).orElse(null)) {
            Tally tally = classes.get(at.getUniqueId());
            if (tally != null) {
                switch (status) {
                    case "passed" -> tally.passed++;
                    case "failed" -> tally.failed++;
                    default -> tally.skipped++;
                }
                break;
            }
        }
    }

    private void line(String... fields) {
        for (int i = 0; i < fields.length; i++) {
            fields[i] = fields[i].replaceAll("\\s+", " ").strip();
        }
        out.println(String.join("\t", fields));
    }

    private static String kind(TestIdentifier test) {
        return test.getUniqueId().contains("[engine:jqwik]") && test.isTest() ? "property" : "test";
    }

    /** Class and method where the test has them, with the display name of a single case of many. */
    private static String name(TestIdentifier test) {
        return switch (test.getSource().orElse(null)) {
            case MethodSource method -> {
                String simple = method.getClassName().substring(method.getClassName().lastIndexOf('.') + 1);
                String shown = test.getDisplayName();
                String plain = simple + "." + method.getMethodName();
                yield shown.startsWith(method.getMethodName()) ? plain : plain + " " + shown;
            }
            case null, default -> test.getDisplayName();
        };
    }

    private static String reason(Throwable thrown) {
        String message = thrown.getMessage();
        return message == null || message.isBlank() ? thrown.getClass().getSimpleName() : message;
    }
}
