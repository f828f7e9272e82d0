package dev.panacea.tests.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.panacea.tensor.Backends;
import dev.panacea.tests.house.Outcome;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What {@code gpu-check} says of attention, with the stand-in in a card's place. */
@Tag("cuda")
class GpuCheckTest {
    @AfterEach
    void end() {
        if (Backends.current() != Backends.cpu()) {
            Backends.current().close();
            Backends.use(Backends.choose("cpu"));
        }
        System.clearProperty("panacea.cuda.cudnn");
        System.clearProperty("panacea.cuda.precision");
    }

    private static String attention(String precision) {
        StandIn.open().close();
        Outcome outcome = Outcome.of("gpu-check", "--only", "ATTENTION", "--precisions", precision);
        assertThat(outcome.code()).as(outcome.err()).isZero();
        assertThat(outcome.out()).contains("| windows of 7, shifted, backward |", "| 49 tokens with a bias |",
                "All is well.");
        return outcome.out();
    }

    @Test
    void attentionByOwnKernels() {
        assertThat(attention("F32")).contains("By: own kernels: cuDNN is off (-Dpanacea.cuda.cudnn=true");
    }

    @Test
    void attentionByGraphs() {
        System.setProperty("panacea.cuda.cudnn", "true");
        assertThat(attention("BF16")).contains("By: cuDNN 9.19.0 where it has a plan.",
                "Passes of attention by cuDNN: 20.", "Passes of attention left by cuDNN: 0.");
    }
}
