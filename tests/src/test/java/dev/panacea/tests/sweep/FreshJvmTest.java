package dev.panacea.tests.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What must hold whatever the JVM was started with. */
class FreshJvmTest {
    @ParameterizedTest
    @ValueSource(ints = {128, 256, 512})
    void kernelsAgreeWithReferenceAtEveryWidth(int bits) throws Exception {
        int widest = FloatVector.SPECIES_PREFERRED.vectorBitSize();
        assumeTrue(bits <= widest, "this machine's vectors have " + widest + " bits, not " + bits);
        assertThat(java("parity", "-Dpanacea.vector=" + bits)).startsWith(bits + " bits: ");
    }

    /** The interpreter, the first compiler alone and both compilers, on 1, 2 and 3 threads: the same bytes. */
    @Test
    void sameBytesFromInterpreterAndCompilers() throws Exception {
        Map<String, String> here = OpRun.digests();
        for (String[] options : new String[][] {
                {"-Dpanacea.threads=1"}, {"-XX:TieredStopAtLevel=1", "-Dpanacea.threads=3"}, {"-Xint"}}) {
            Map<String, String> there = new TreeMap<>();
            java("digest", options).lines().map(line -> line.split(" ")).forEach(pair -> there.put(pair[0], pair[1]));
            assertThat(there).as(String.join(" ", options)).isEqualTo(here);
        }
    }

    private static String java(String what, String... options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules", "jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED", "-ea",
                "-cp", System.getProperty("java.class.path")));
        command.addAll(List.of(options));
        String filter = System.getProperty("panacea.ops");
        if (filter != null) {
            command.add("-Dpanacea.ops=" + filter);
        }
        command.add(OpRun.class.getName());
        command.add(what);
        Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as("exit status of %s", command).isZero();
        return output;
    }
}
