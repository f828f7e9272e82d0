package dev.panacea.peer;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs a program of this folder in a JVM of its own, started as this one was. */
final class FreshProcess {
    private FreshProcess() {}

    /** The last line that it prints. */
    static String run(Class<?> program, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
        command.addAll(List.of(arguments));
        try {
            Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
            String[] lines = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).split("\n");
            int code = process.waitFor();
            if (code != 0) {
                throw new IllegalStateException("peer: " + program.getSimpleName() + " " + List.of(arguments)
                        + ": ended with code " + code + " (see above)");
            }
            return lines[lines.length - 1].strip();
        } catch (IOException e) {
            throw new IllegalStateException("peer: " + command.getFirst() + " did not start: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("peer: interrupted", e);
        }
    }
}
