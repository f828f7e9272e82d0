package dev.panacea.tools.bench;

import dev.panacea.tensor.HostFacts;
import dev.panacea.tensor.HostSpeed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What all rows of a run were measured on.
 *
 * @param processor its name, as Linux gives it, or the architecture
 * @param facts width and threads
 * @param java the JDK
 * @param speed what it can do at best
 */
public record Machine(String processor, HostFacts facts, String java, HostSpeed speed) {
    static Machine measure() {
        return new Machine(name(), HostFacts.now(), Runtime.version() + ", " + System.getProperty("java.vendor"),
                HostSpeed.measure());
    }

    /** The processor as Linux names it, and the architecture; the latter alone elsewhere. */
    public static String name() {
        String architecture = System.getProperty("os.arch");
        try (var lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.filter(line -> line.startsWith("model name")).findFirst()
                    .map(line -> line.substring(line.indexOf(':') + 1).strip() + ", " + architecture)
                    .orElse(architecture);
        } catch (IOException _) {
            return architecture;
        }
    }

    /** As text, one fact a line. */
    List<String> lines() {
        return List.of("processor    " + processor,
                "java         " + java,
                "vectors      " + facts.vectorBits() + " bits",
                "threads      " + facts.threads() + " of " + facts.processors() + " processors",
                String.format(Locale.ROOT, "multiply-add %.1f GFLOP/s, %.1f with one thread", speed.allThreads(),
                        speed.oneThread()),
                String.format(Locale.ROOT, "memory       %.1f GB/s", speed.bandwidth()));
    }

    /** As the first JSON line. */
    Map<String, Object> fields() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("bench", "machine");
        fields.put("processor", processor);
        fields.put("java", java);
        fields.put("vectorBits", facts.vectorBits());
        fields.put("threads", facts.threads());
        fields.put("processors", facts.processors());
        fields.put("peakGigaflops", speed.allThreads());
        fields.put("peakGigaflopsOneThread", speed.oneThread());
        fields.put("peakGigabytes", speed.bandwidth());
        return fields;
    }
}
