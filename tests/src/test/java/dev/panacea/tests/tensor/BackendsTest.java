package dev.panacea.tests.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.panacea.tensor.BackendException;
import dev.panacea.tensor.Backends;
import dev.panacea.tensor.ElementType;
import dev.panacea.tensor.Fallbacks;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** The choice of a device, tensors on another device, and ops for which that device has no kernel. */
class BackendsTest {
    @Test
    void choosesAndSaysWhy() {
        assertThat(Backends.choose("cpu").line()).isEqualTo("cpu: asked for");
        assertThat(Backends.choose("cpu").backend()).isSameAs(Backends.cpu());
        assertThat(Backends.choose("auto").line()).isNotBlank().doesNotContain("\n");
        assertThat(Backends.current()).isSameAs(Backends.cpu());
    }

    @Test
    void refusesUnknownDevices() {
        assertThatThrownBy(() -> Backends.choose("tpu")).isInstanceOf(BackendException.class)
                .hasMessage("device tpu: unknown (need auto, cpu or the name of a backend on the module path)");
    }

    @Test
    void devicesDoNotMix() {
        StandInBackend device = new StandInBackend();
        try (MemoryScope _ = MemoryScope.open("mixed")) {
            Tensor here = Tensor.ones(2);
            Tensor there = here.to(device);
            assertThatThrownBy(() -> here.add(there)).isInstanceOf(BackendException.class)
                    .hasMessage("add: inputs on different devices: cpu and stand-in (move one: tensor.to(backend))");
            assertThatThrownBy(() -> there.at(0)).isInstanceOf(BackendException.class)
                    .hasMessage("at: tensor is on stand-in (move it first: tensor.to(Backends.cpu()))");
        }
    }

    @Test
    void tensorsTravelThereAndBack() {
        StandInBackend device = new StandInBackend();
        try (MemoryScope _ = MemoryScope.open("travel")) {
            for (ElementType type : ElementType.values()) {
                Tensor x = Tensor.zeros(type, 2, 3);
                for (int i = 0; i < 6; i++) {
                    x.flat(i, i);
                }
                Tensor there = x.to(device);
                assertThat(there.backend()).isSameAs(device);
                assertThat(there.to(device)).isSameAs(there);
                assertThat(there.to(Backends.cpu()).toDoubles()).isEqualTo(x.toDoubles());
                assertThat(x.transpose(0, 1).to(device).toDoubles()).containsExactly(0, 3, 1, 4, 2, 5);
            }
            assertThat(Tensor.scalar(3).to(device).item()).isEqualTo(3);
            assertThat(Tensor.of(Shape.of(2), 1f, 2).to(device))
                    .hasToString("tensor([1., 2.], F32 [2], stand-in)");
        }
        assertThat(device.pool.liveBlocks()).isZero();
    }

    /** The device cannot gather a view's elements itself, so the memory they lie in comes to the host. */
    @Test
    void viewsComeBackWithoutAKernel() {
        StandInBackend device = new StandInBackend();
        try (MemoryScope _ = MemoryScope.open("views")) {
            Tensor there = Tensor.of(Shape.of(2, 3), 0f, 1, 2, 3, 4, 5).to(device);
            assertThat(there.transpose(0, 1).toDoubles()).containsExactly(0, 3, 1, 4, 2, 5);
            assertThat(there.select(0, 1).toDoubles()).containsExactly(3, 4, 5);
            assertThat(there.flip(1).toDoubles()).containsExactly(2, 1, 0, 5, 4, 3);
            assertThat(there.slice(1, 1, 1).toDoubles()).isEmpty();
            assertThat(there.unsqueeze(0).expand(2, 2, 3).toDoubles())
                    .containsExactly(0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 5);
            assertThat(there.transpose(0, 1).reshape(6).toDoubles()).containsExactly(0, 3, 1, 4, 2, 5);
        }
    }

    @Test
    void missingKernelsFallBackAndAreCounted() {
        StandInBackend device = new StandInBackend();
        long before = Fallbacks.counts().getOrDefault("stand-in softmax", 0L);
        try (MemoryScope _ = MemoryScope.open("fallback")) {
            Tensor x = Tensor.of(Shape.of(2, 3), 0f, 1, 2, 3, 4, 5);
            Tensor y = x.to(device).softmax(-1);
            assertThat(y.backend()).isSameAs(device);
            double[] here = x.softmax(-1).toDoubles();
            double[] there = y.toDoubles();
            for (int i = 0; i < here.length; i++) {
                assertThat(there[i]).isCloseTo(here[i], org.assertj.core.data.Offset.offset(1e-6));
            }
            assertThat(x.to(device).transpose(0, 1).add(Tensor.ones(3, 1).to(device)).toDoubles())
                    .containsExactly(1, 4, 2, 5, 3, 6);
        }
        assertThat(Fallbacks.counts()).containsEntry("stand-in softmax", before + 1);
        assertThat(Fallbacks.total()).isPositive();
        assertThat(device.uploads).isPositive();
        assertThat(device.downloads).isPositive();
        assertThat(device.pool.liveBlocks()).isZero();
    }

    @Test
    void newTensorsGoToTheCurrentDevice() {
        StandInBackend device = new StandInBackend();
        try (MemoryScope _ = MemoryScope.open("current")) {
            Backends.use(new Backends.Choice(device, "stand-in: for a test"));
            Tensor x = Tensor.of(Shape.of(3), 1f, 2, 3);
            assertThat(x.backend()).isSameAs(device);
            assertThat(x.mul(x).toDoubles()).containsExactly(1, 4, 9);
            assertThat(Tensor.zeros(ElementType.I32, 2).toDoubles()).containsExactly(0, 0);
        } finally {
            Backends.use(Backends.choose("cpu"));
        }
    }
}
