package dev.panacea.tests.house;

import static org.assertj.core.api.Assertions.assertThat;

import dev.panacea.tensor.op.Op;
import dev.panacea.tensor.op.Ops;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a person at the prompt sees: results on standard output, an error as one line, and the exit code. */
class CommandLineTest {
    private static final String[] COMMANDS = {"doctor", "explain", "bench", "data", "draw", "weights", "embed",
        "pretrain", "finetune", "evaluate", "predict", "probe", "study", "inspect", "report", "table", "crops", "target",
        "trace", "graph"};

    @Test
    void helpNamesEveryCommand() {
        Outcome help = Outcome.of("--help");
        assertThat(help.out()).contains(COMMANDS).contains("test", "jmh");
        assertThat(help.err()).isEmpty();
        assertThat(help.code()).isZero();
        assertThat(Outcome.of().out()).isEqualTo(help.out());
    }

    /** A description that picocli cannot format is a warning on standard error. */
    @Test
    void helpOfEveryCommandIsWellFormed() {
        for (String command : COMMANDS) {
            Outcome help = Outcome.of(command, "--help");
            assertThat(help.out()).startsWith("Usage: panacea " + command + " ");
            assertThat(help.err()).as(command).isEmpty();
        }
    }

    @Test
    void doctorFindsTheKernelsWell() {
        Outcome doctor = Outcome.of("doctor");
        assertThat(doctor.out()).contains("java", "threads", "vectors", "memory", "backend", "kernels",
                " 0 differ from the reference");
        assertThat(doctor.err()).isEmpty();
        assertThat(doctor.code()).isZero();
    }

    @Test
    void explainListsEveryOp() {
        assertThat(Outcome.of("explain").out().lines().map(line -> line.split(" ")[0]))
                .containsExactlyElementsOf(Ops.all().stream().map(Op::name).toList());
    }

    @Test
    void explainTellsFormulaShapesSampleAndGradient() {
        Outcome softmax = Outcome.of("explain", "softmax");
        assertThat(softmax.out()).contains("exp(x_i", "F32 [3, 5] → F32 [3, 5]", "axis 3 out of range", "tensor([[",
                "(limit 1e-6): agrees");
        assertThat(softmax.err()).isEmpty();
        assertThat(softmax.code()).isZero();
    }

    @Test
    void benchmarksAreRowsBesideTheMachine() {
        String row = "copy [1568, 512]";
        Outcome table = Outcome.of("bench", "ops", row, "--repeats", "3");
        assertThat(table.out()).contains("processor", "vectors", "threads", "GFLOP/s", "\nops\n" + row, " GB/s ");
        assertThat(table.err()).isEmpty();
        assertThat(table.code()).isZero();
        Outcome json = Outcome.of("bench", "ops", row, "--repeats", "3", "--json");
        assertThat(json.out().lines()).hasSize(2).allMatch(line -> line.startsWith("{\"bench\":\"")
                && line.endsWith("}"));
        assertThat(json.out()).contains("\"peakGigaflops\":", "\"peakGigabytes\":", "\"name\":\"" + row + "\"",
                "\"seconds\":", "\"fraction\":");
        assertThat(json.err()).contains("processor").doesNotContain(row);
    }

    @Test
    void benchmarksExplainThemselves() {
        assertThat(Outcome.of("bench", "--help").out()).contains("gemm", "ops", "model", "step", "--json", "--threads");
        assertThat(Outcome.of("bench", "gemm", "--help").code()).isZero();
        assertThat(Outcome.of("bench", "--speed").code()).isEqualTo(2);
        assertThat(Outcome.of("bench", "ops", "--repeats", "0").err()).isEqualTo(
                "panacea bench: --repeats: out of range: 0 (need 1 or more)\n");
        assertThat(Outcome.of("bench", "ops", "abacus").err()).isEqualTo(
                "panacea bench: no row's name contains 'abacus' (without a name all rows run)\n");
    }

    @Test
    void weightsAreShownAndConverted(@TempDir Path folder) {
        String golden = "src/test/resources/golden/weights/checkpoint2.pth";
        Outcome table = Outcome.of("weights", "show", golden);
        assertThat(table.out()).containsPattern("student\\.module\\.head\\.weight +F32 +\\[3, 2\\] +24\n")
                .contains("pytorch zip: 31 tensors of ").containsPattern("\nargs\\.lr +0\\.25\n");
        assertThat(table.err()).isEmpty();
        assertThat(table.code()).isZero();
        Outcome json = Outcome.of("weights", "show", golden, "--json");
        assertThat(json.out().lines()).hasSize(1);
        assertThat(json.out()).startsWith("{\"format\":\"pytorch zip\",\"elements\":").contains(
                "{\"name\":\"student.module.head.weight\",\"type\":\"F32\",\"shape\":[3,2],\"bytes\":24}",
                "\"args.lr\":\"0.25\"");
        String out = folder.resolve("a.safetensors").toString();
        assertThat(Outcome.of("weights", "convert", golden, out, "--to", "f16").out()).startsWith(out + ": 31 tensors of ");
        assertThat(Outcome.of("weights", "show", out).out()).contains("safetensors: 31 tensors").doesNotContain(" F32 ");
        assertThat(Outcome.of("weights", "convert", golden, out)).isEqualTo(new Outcome(1, "", "panacea weights convert:"
                + " weights " + out + ": exists already: nothing was written (name another file, or say --force)\n"));
        assertThat(Outcome.of("weights", "convert", golden, out, "--force").code()).isZero();
        assertThat(Outcome.of("weights", "show", "pom.xml")).isEqualTo(new Outcome(1, "", "panacea weights show: weights"
                + " pom.xml: format not known: it begins with 3c 3f 78 6d 6c 20 76 65"
                + " (need a safetensors file, or one of torch.save)\n"));
        assertThat(Outcome.of("weights").out()).contains("show", "convert");
        assertThat(Outcome.of("weights", "convert", golden, out, "--to", "f12").code()).isEqualTo(2);
    }

    @Test
    void errorsAreOneLine() {
        Outcome misspelt = Outcome.of("explain", "sofmax");
        assertThat(misspelt.err()).matches(
                "panacea explain: no op is called 'sofmax' \\(did you mean .*softmax.*\\?\\)\n");
        assertThat(misspelt.out()).isEmpty();
        assertThat(misspelt.code()).isEqualTo(2);
        assertThat(Outcome.of("docter").err()).matches(
                "panacea: Unmatched argument at index 0: 'docter' \\(did you mean doctor.*\\?\\)\n");
        assertThat(Outcome.of("doctor", "--device", "abacus")).isEqualTo(new Outcome(1, "",
                "panacea doctor: device abacus: unknown (need auto, cpu or the name of a backend on the module path)"
                + "\n"));
        assertThat(Outcome.of("doctor", "--speed").code()).isEqualTo(2);
    }

    @Test
    void debugShowsWhere() {
        assertThat(Outcome.of("doctor", "--device", "abacus", "--debug").err()).contains("BackendException", "\tat ");
    }
}
