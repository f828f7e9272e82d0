package dev.panacea.tests.house;

import static org.assertj.core.api.Assertions.assertThat;

import dev.panacea.tensor.op.Op;
import dev.panacea.tensor.op.Ops;
import dev.panacea.tools.Main;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a person at the prompt sees: results on standard output, an error as one line, and the exit code. */
class CommandLineTest {
    private record Outcome(int code, String out, String err) {}

    private static Outcome run(String... args) {
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
        ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
        try (PrintStream toOut = new PrintStream(outBytes, true); PrintStream toErr = new PrintStream(errBytes, true)) {
            System.setOut(toOut);
            System.setErr(toErr);
            return new Outcome(Main.execute(args), outBytes.toString(), errBytes.toString());
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
    }

    @Test
    void helpNamesEveryCommand() {
        Outcome help = run("--help");
        assertThat(help.out()).contains("doctor", "explain", "bench", "data", "draw", "weights", "embed", "pretrain",
                "test", "jmh");
        assertThat(help.err()).isEmpty();
        assertThat(help.code()).isZero();
        assertThat(run().out()).isEqualTo(help.out());
    }

    @Test
    void doctorFindsTheKernelsWell() {
        Outcome doctor = run("doctor");
        assertThat(doctor.out()).contains("java", "threads", "vectors", "memory", "backend", "kernels",
                " 0 differ from the reference");
        assertThat(doctor.err()).isEmpty();
        assertThat(doctor.code()).isZero();
    }

    @Test
    void explainListsEveryOp() {
        assertThat(run("explain").out().lines().map(line -> line.split(" ")[0]))
                .containsExactlyElementsOf(Ops.all().stream().map(Op::name).toList());
    }

    @Test
    void explainTellsFormulaShapesSampleAndGradient() {
        Outcome softmax = run("explain", "softmax");
        assertThat(softmax.out()).contains("exp(x_i", "F32 [3, 5] → F32 [3, 5]", "axis 3 out of range", "tensor([[",
                "(limit 1e-6): agrees");
        assertThat(softmax.err()).isEmpty();
        assertThat(softmax.code()).isZero();
    }

    @Test
    void benchmarksAreRowsBesideTheMachine() {
        String row = "copy [1568, 512]";
        Outcome table = run("bench", "ops", row, "--repeats", "3");
        assertThat(table.out()).contains("processor", "vectors", "threads", "GFLOP/s", "\nops\n" + row, " GB/s ");
        assertThat(table.err()).isEmpty();
        assertThat(table.code()).isZero();
        Outcome json = run("bench", "ops", row, "--repeats", "3", "--json");
        assertThat(json.out().lines()).hasSize(2).allMatch(line -> line.startsWith("{\"bench\":\"")
                && line.endsWith("}"));
        assertThat(json.out()).contains("\"peakGigaflops\":", "\"peakGigabytes\":", "\"name\":\"" + row + "\"",
                "\"seconds\":", "\"fraction\":");
        assertThat(json.err()).contains("processor").doesNotContain(row);
    }

    @Test
    void benchmarksExplainThemselves() {
        assertThat(run("bench", "--help").out()).contains("gemm", "ops", "model", "step", "--json", "--threads");
        assertThat(run("bench", "gemm", "--help").code()).isZero();
        assertThat(run("bench", "--speed").code()).isEqualTo(2);
        assertThat(run("bench", "ops", "--repeats", "0").err()).isEqualTo(
                "panacea bench: --repeats: out of range: 0 (need 1 or more)\n");
        assertThat(run("bench", "ops", "abacus").err()).isEqualTo(
                "panacea bench: no row's name contains 'abacus' (without a name all rows run)\n");
    }

    @Test
    void weightsAreShownAndConverted(@TempDir Path folder) {
        String golden = "src/test/resources/golden/weights/checkpoint2.pth";
        Outcome table = run("weights", "show", golden);
        assertThat(table.out()).containsPattern("student\\.module\\.head\\.weight +F32 +\\[3, 2\\] +24\n")
                .contains("pytorch zip: 31 tensors of ").containsPattern("\nargs\\.lr +0\\.25\n");
        assertThat(table.err()).isEmpty();
        assertThat(table.code()).isZero();
        Outcome json = run("weights", "show", golden, "--json");
        assertThat(json.out().lines()).hasSize(1);
        assertThat(json.out()).startsWith("{\"format\":\"pytorch zip\",\"elements\":").contains(
                "{\"name\":\"student.module.head.weight\",\"type\":\"F32\",\"shape\":[3,2],\"bytes\":24}",
                "\"args.lr\":\"0.25\"");
        String out = folder.resolve("a.safetensors").toString();
        assertThat(run("weights", "convert", golden, out, "--to", "f16").out()).startsWith(out + ": 31 tensors of ");
        assertThat(run("weights", "show", out).out()).contains("safetensors: 31 tensors").doesNotContain(" F32 ");
        assertThat(run("weights", "convert", golden, out)).isEqualTo(new Outcome(1, "", "panacea weights convert:"
                + " weights " + out + ": exists already: nothing was written (name another file, or say --force)\n"));
        assertThat(run("weights", "convert", golden, out, "--force").code()).isZero();
        assertThat(run("weights", "show", "pom.xml")).isEqualTo(new Outcome(1, "", "panacea weights show: weights"
                + " pom.xml: format not known: it begins with 3c 3f 78 6d 6c 20 76 65"
                + " (need a safetensors file, or one of torch.save)\n"));
        assertThat(run("weights").out()).contains("show", "convert");
        assertThat(run("weights", "convert", golden, out, "--to", "f12").code()).isEqualTo(2);
    }

    @Test
    void errorsAreOneLine() {
        Outcome misspelt = run("explain", "sofmax");
        assertThat(misspelt.err()).matches(
                "panacea explain: no op is called 'sofmax' \\(did you mean .*softmax.*\\?\\)\n");
        assertThat(misspelt.out()).isEmpty();
        assertThat(misspelt.code()).isEqualTo(2);
        assertThat(run("docter").err()).isEqualTo(
                "panacea: Unmatched argument at index 0: 'docter' (did you mean doctor?)\n");
        assertThat(run("doctor", "--device", "abacus")).isEqualTo(new Outcome(1, "",
                "panacea doctor: device abacus: unknown (need auto, cpu or the name of a backend on the module path)"
                + "\n"));
        assertThat(run("doctor", "--speed").code()).isEqualTo(2);
    }

    @Test
    void debugShowsWhere() {
        assertThat(run("doctor", "--device", "abacus", "--debug").err()).contains("BackendException", "\tat ");
    }
}
