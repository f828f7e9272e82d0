package dev.panacea.tests.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.panacea.bindings.cuda.CudaBackend;
import dev.panacea.tensor.Backends;
import dev.panacea.tensor.ElementType;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.op.GeluBackward;
import dev.panacea.tensor.op.Input;
import dev.panacea.tensor.op.MatMul;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Products on cuBLAS of matrices that lie in memory in every way that layers make them lie. */
@Tag("cuda")
class CudaProductTest {
    private CudaBackend device;

    @AfterEach
    void close() {
        System.clearProperty("panacea.cuda.precision");
        if (device != null) {
            device.close();
            assertThat(StandIn.living().values()).as("left behind: %s", StandIn.living()).containsOnly(0L);
        }
    }

    /** Compares a product with the CPU's, both of views that are made alike on each. */
    private void check(double allowed, Tensor a, Tensor b, BinaryOperator<Tensor> product) {
        Tensor expected = product.apply(a, b);
        Tensor actual = product.apply(a.to(device), b.to(device));
        assertThat(actual.spec()).isEqualTo(expected.spec());
        double[] have = actual.toDoubles();
        double[] want = expected.toDoubles();
        for (int i = 0; i < want.length; i++) {
            assertThat(Math.abs(have[i] - want[i])).as("element %d", i).isLessThanOrEqualTo(allowed
                    * (1 + Math.abs(want[i])));
        }
    }

    private static Tensor real(int... dims) {
        return Input.real(dims).make(ElementType.F32, 7);
    }

    private void all(double allowed) {
        UnaryOperator<Tensor> turned = x -> x.transpose(-1, -2);
        try (MemoryScope _ = MemoryScope.open("products")) {
            check(allowed, real(6, 9), real(5, 9), (a, b) -> a.matmul(turned.apply(b)));
            check(allowed, real(9, 6), real(9, 5), (a, b) -> turned.apply(a).matmul(b));
            check(allowed, real(9, 6), real(5, 9), (a, b) -> turned.apply(a).matmul(turned.apply(b)));
            // all rows of a batch share one right matrix: one tall product
            check(allowed, real(2, 3, 4, 8), real(8, 5), Tensor::matmul);
            check(allowed, real(2, 3, 1, 8), real(8, 5), Tensor::matmul);
            check(allowed, real(8, 6, 4), real(8, 5), (a, b) -> a.permute(1, 2, 0).matmul(b));
            check(allowed, real(6, 8, 1), real(8, 5), (a, b) -> a.transpose(1, 2).matmul(b));
            check(allowed, real(1, 8).expand(6, 8), real(8, 5), Tensor::matmul);
            // heads cut out of one tensor of queries, keys and values
            check(allowed, real(2, 7, 3, 2, 4), real(2, 7, 3, 2, 4), (a, b) ->
                    a.slice(2, 0, 1).squeeze(2).transpose(1, 2)
                            .matmul(b.slice(2, 1, 2).squeeze(2).permute(0, 2, 3, 1)));
            check(allowed, real(4, 1, 3, 5), real(2, 5, 6), Tensor::matmul);
            check(allowed, real(3, 10), real(10, 4), (a, b) -> a.slice(1, 0, 10, 2).matmul(b.slice(0, 0, 10, 2)));
            check(allowed, real(3, 5), real(5, 4), (a, b) -> a.flip(1).matmul(b.flip(0)));
            check(allowed, real(5), real(5), Tensor::matmul);
            check(allowed, real(2, 5, 3), real(5), (a, b) -> a.transpose(1, 2).matmul(b));
            check(allowed, real(3, 4, 6), real(5, 6), (a, b) -> a.linear(b, null));
            check(allowed, real(4, 3, 6), real(5, 6), (a, b) -> a.transpose(0, 1).linear(b, b.select(1, 2).copy()));
        }
        assertThat(device.pool().liveBlocks()).as("blocks in use: the workspace, and three rounded factors at most")
                .isLessThanOrEqualTo(allowed > 1e-3 ? 4 : 1);
    }

    @Test
    void sameAsOnTheCpu() {
        device = StandIn.open();
        all(1e-5);
    }

    @Test
    void roundedFactorsGiveNearlyTheSame() {
        System.setProperty("panacea.cuda.precision", "bf16");
        device = StandIn.open();
        all(5e-2);
        try (MemoryScope _ = MemoryScope.open("rounded")) {
            // 1 + 2^-9 has no BF16 of its own: a rounded product shows it, an exact one does not
            Tensor x = Tensor.full(ElementType.F32, 1 + 1.0 / 512, 1, 1);
            assertThat(x.to(device).matmul(Tensor.ones(1, 1).to(device)).to(Backends.cpu()).item()).isEqualTo(1);
        }
    }

    /** A gradient is rounded once for two products, but not where its memory has changed in between. */
    @Test
    void roundedFactorsAreThoseOfNow() {
        System.setProperty("panacea.cuda.precision", "bf16");
        String poison = System.getProperty("panacea.cuda.poison");
        device = StandIn.open();
        device.close();
        System.clearProperty("panacea.cuda.poison"); // which writes to memory all the time
        try (MemoryScope _ = MemoryScope.open("now")) {
            device = StandIn.open();
            Tensor g = Tensor.full(ElementType.F32, 2, 4, 4).to(device);
            Tensor w = Tensor.full(ElementType.F32, 3, 4, 4).to(device);
            long before = device.counts().get("kernels launched");
            g.matmul(w);
            g.transpose(0, 1).matmul(w);
            assertThat(device.counts().get("kernels launched") - before).as("two factors rounded").isEqualTo(2);
            Tensor five = Tensor.full(ElementType.F32, 5, 4, 4);
            device.upload(five.address(), g.block(), 4L * 16);
            assertThat(g.matmul(w).toDoubles()).containsOnly(60);
            Tensor.into(new MatMul(), List.of(w, w), List.of(g));
            assertThat(g.matmul(w).toDoubles()).containsOnly(36 * 12);
            before = device.counts().get("kernels launched");
            Tensor hidden = g.linearGelu(w, null);
            Tensor y = hidden.linear(w, null);
            assertThat(device.counts().get("kernels launched") - before)
                    .as("both factors were rounded for the product before, and GELU rounds the next").isEqualTo(1);
            before = device.counts().get("kernels launched");
            Tensor slope = g.apply(new GeluBackward(false), List.of(g, w)).getFirst();
            Tensor product = slope.matmul(w);
            slope.transpose(0, 1).matmul(w.gelu());
            assertThat(device.counts().get("kernels launched") - before)
                    .as("GELU and its gradient, which round themselves; w was rounded before").isEqualTo(2);
            Tensor here = slope.to(Backends.cpu());
            assertThat(here.toDoubles()).containsOnly(here.at(0, 0)); // all elements of g and of w are equal
            assertThat(product.to(Backends.cpu()).at(0, 0)).isCloseTo(12 * here.at(0, 0), withinPercentage(1));
            Tensor normal = Tensor.full(ElementType.F32, 1, 3, 128).to(device);
            Tensor ones = Tensor.full(ElementType.F32, 1, 128).to(device);
            before = device.counts().get("kernels launched");
            Tensor beside = normal.layerNorm(ones, ones, 1e-5).matmul(normal.transpose(0, 1));
            assertThat(device.counts().get("kernels launched") - before)
                    .as("LayerNorm, which rounds its rows, and the other factor").isEqualTo(2);
            assertThat(beside.toDoubles()).containsOnly(128);
            assertThat(y.toDoubles()).containsOnly(hidden.to(Backends.cpu()).linear(w.to(Backends.cpu()), null)
                    .toDoubles());
        } finally {
            if (poison != null) {
                System.setProperty("panacea.cuda.poison", poison);
            }
        }
    }

    /** Bias and what is added need no kernel of ours where cuBLASLt does it; elsewhere they come out the same. */
    @Test
    void addsInOneCallWhatItCan() {
        device = StandIn.open();
        try (MemoryScope _ = MemoryScope.open("added")) {
            for (int columns : new int[] {6, 7}) { // the stand-in knows no way for odd ones
                long before = device.counts().get("kernels launched");
                Tensor bias = Input.real(columns).make(ElementType.F32, 3);
                Tensor residual = Input.real(2, 3, columns).make(ElementType.F32, 4);
                check(1e-6, real(2, 3, 4), real(columns, 4), (x, w) -> x.linear(w, bias.to(x.backend())));
                check(1e-6, real(2, 3, 4), real(columns, 4), (x, w) ->
                        x.linearAdd(w, bias.to(x.backend()), residual.to(x.backend())));
                check(1e-6, real(2, 3, 4), real(columns, 4), (x, w) ->
                        x.linearAdd(w, null, residual.to(x.backend())));
                assertThat(device.counts().get("kernels launched") - before).isEqualTo(columns % 2 == 0 ? 0 : 3);
            }
        }
    }

    @Test
    void doubles() {
        device = StandIn.open();
        try (MemoryScope _ = MemoryScope.open("doubles")) {
            check(1e-12, Input.real(2, 3, 5).make(ElementType.F64, 1), Input.real(5, 4).make(ElementType.F64, 2),
                    Tensor::matmul);
            check(1e-12, Input.real(3, 5).make(ElementType.F64, 1), Input.real(4, 5).make(ElementType.F64, 2),
                    (a, b) -> a.linearGelu(b, null));
        }
    }

    @Test
    void sumsWithoutTermsAreZeros() {
        device = StandIn.open();
        try (MemoryScope _ = MemoryScope.open("empty")) {
            check(0, real(2, 3, 0), real(0, 4), Tensor::matmul);
            check(0, real(0, 3), real(3, 4), Tensor::matmul);
        }
    }
}
