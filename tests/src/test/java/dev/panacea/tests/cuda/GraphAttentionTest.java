package dev.panacea.tests.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.panacea.bindings.cuda.CudaBackend;
import dev.panacea.bindings.cudnn.AttentionPlans;
import dev.panacea.bindings.cudnn.AttentionShape;
import dev.panacea.bindings.cudnn.AttentionSlopes;
import dev.panacea.bindings.cudnn.AttentionTensors;
import dev.panacea.bindings.cudnn.Handle;
import dev.panacea.tensor.BackendException;
import dev.panacea.tensor.ElementType;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.RandomSource;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.op.Attention;
import dev.panacea.tensor.op.AttentionBackward;
import dev.panacea.tensor.op.Op;
import dev.panacea.tensor.op.WindowAttention;
import dev.panacea.tensor.op.WindowAttentionBackward;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/** Attention by graphs of cuDNN, against the CPU's, and what is done where there are none. */
@Tag("cuda")
class GraphAttentionTest {
    private static final double TOLERANCE = 1.5e-2; // of the largest element: operands and shares are BF16
    private static final String DONE = "attention by cuDNN";
    private static final String LEFT = "attention left by cuDNN";
    private static CudaBackend device;
    private MemoryScope scope;

    @BeforeAll
    static void open() {
        System.setProperty("panacea.cuda.cudnn", "true");
        System.setProperty("panacea.cuda.precision", "bf16");
        device = StandIn.open();
    }

    @AfterAll
    static void close() {
        device.close();
        System.clearProperty("panacea.cuda.cudnn");
        System.clearProperty("panacea.cuda.precision");
    }

    @BeforeEach
    void begin() {
        scope = MemoryScope.open("graphs");
    }

    @AfterEach
    void end() {
        StandIn.failAt(0, 0);
        StandIn.refusePlans(false);
        scope.close();
        StandIn.mend();
    }

    private static Tensor random(long number, int... dims) {
        return RandomSource.of(6).child(number).uniform(-1, 1, dims);
    }

    private static long count(String name) {
        return device.counts().getOrDefault(name, 0L);
    }

    private static List<Tensor> onDevice(Op op, Tensor... inputs) {
        List<Tensor> there = Arrays.stream(inputs).map(input -> input.to(device)).toList();
        return there.getFirst().apply(op, there);
    }

    /** Runs an op on both, compares, and returns the CPU's results. */
    private static List<Tensor> same(Op op, Tensor... inputs) {
        List<Tensor> expected = inputs[0].apply(op, List.of(inputs));
        List<Tensor> actual = onDevice(op, inputs);
        for (int k = 0; k < expected.size(); k++) {
            double[] values = expected.get(k).toDoubles();
            double largest = Arrays.stream(values).map(Math::abs).max().orElseThrow();
            assertThat(actual.get(k).toDoubles()).as(op + ", output " + k)
                    .containsExactly(values, within(TOLERANCE * largest));
        }
        return expected;
    }

    /** How many passes cuDNN did, and how many it left to kernels of our own. */
    private static long[] passes(Runnable work) {
        long done = count(DONE);
        long left = count(LEFT);
        work.run();
        return new long[] {count(DONE) - done, count(LEFT) - left};
    }

    private static void windows(int height, int width, int shift, boolean table) {
        Tensor qkv = random(1, 2, height, width, 3 * 2 * 16);
        Tensor bias = table ? random(2, 49, 2) : random(2, 2, 16, 16);
        Tensor sums = same(new WindowAttention(4, shift), qkv, bias).get(1);
        same(new WindowAttentionBackward(4, shift), random(3, 2, height, width, 2 * 16), sums, qkv, bias);
    }

    @Test
    void windowsThatAreNotShiftedAreEntriesOfTheBatch() {
        assertThat(passes(() -> windows(8, 4, 0, true))).containsExactly(2, 0);
    }

    @Test
    void shiftedWindowsAreHeads() {
        assertThat(passes(() -> windows(8, 12, 2, true))).containsExactly(2, 0);
    }

    @Test
    void aBiasMayBeGathered() {
        assertThat(passes(() -> windows(8, 4, 1, false))).containsExactly(2, 0);
    }

    private static void heads(Tensor... bias) {
        Tensor qkv = random(1, 2, 13, 3, 2, 24).permute(2, 0, 3, 1, 4);
        Tensor[] inputs = {qkv.select(0, 0), qkv.select(0, 1), qkv.select(0, 2)};
        Tensor[] all = Arrays.copyOf(inputs, 3 + bias.length);
        System.arraycopy(bias, 0, all, 3, bias.length);
        Tensor sums = same(new Attention(0.2), all).get(1);
        Tensor[] backward = new Tensor[all.length + 2];
        backward[0] = random(4, 2, 2, 13, 24);
        backward[1] = sums;
        System.arraycopy(all, 0, backward, 2, all.length);
        same(new AttentionBackward(0.2), backward);
    }

    @Test
    void tokensOfAnImage() {
        assertThat(passes(GraphAttentionTest::heads)).containsExactly(2, 0);
        assertThat(passes(() -> heads(random(2, 2, 13, 13)))).containsExactly(2, 0);
        assertThat(passes(() -> heads(random(2, 2, 1, 13, 13)))).containsExactly(2, 0);
        assertThat(passes(() -> heads(random(2, 13, 13)))).containsExactly(2, 0);
    }

    @Test
    void masksAndNarrowBiasesAreOurs() {
        Tensor mask = random(3, 13, 13).ge(Tensor.scalar(-0.5));
        assertThat(mask.type()).isEqualTo(ElementType.U8);
        assertThat(passes(() -> heads(mask))).containsExactly(0, 0);
        assertThat(passes(() -> heads(random(2, 2, 1, 13)))).containsExactly(0, 0);
    }

    @Test
    void whatHasNoPlanIsOurs() {
        Tensor x = random(1, 1, 1, 5, 12);
        assertThat(passes(() -> same(new Attention(1), x, x, x))).containsExactly(0, 1);
        assertThat(device.facts().get("attention")).contains("cuDNN 9.19.0 where it has a plan")
                .contains("heads of 12 elements (need a multiple of 8, 128 at most)").doesNotContain("\n");
        Tensor refused = random(1, 1, 1, 5, 8);
        StandIn.refusePlans(true);
        assertThat(passes(() -> same(new Attention(1), refused, refused, refused))).containsExactly(0, 1);
        assertThat(device.facts().get("attention"))
                .contains("of plan failed: CUDNN_STATUS_NOT_SUPPORTED (plans are refused by order)")
                .doesNotContain("\n");
    }

    @Test
    void onlyBf16OfVersionsThatWorkAsksForIt() {
        AttentionShape swin = new AttentionShape(2, 3, 49, 49, 32, 1, 3);
        assertThat(swin.refusal(91900, 90)).isEmpty();
        assertThat(swin.refusal(90501, 90)).contains("49 keys by cuDNN 9.5.1 (need a multiple of 128, or a version "
                + "after 9.15)");
        assertThat(swin.refusal(91500, 90)).isPresent();
        assertThat(swin.refusal(91501, 80)).isEmpty();
        assertThat(swin.refusal(91900, 75)).contains("compute capability 7.5 (need 8 or 9, for gradients that repeat)");
        assertThat(swin.refusal(91900, 100)).isPresent();
        AttentionShape even = new AttentionShape(2, 3, 128, 128, 64, 0, 0);
        assertThat(even.refusal(90501, 90)).isEmpty();
        assertThat(even.refusal(91001, 90)).contains("cuDNN 9.10.1 (need 9.5 or later, not 9.10.0 or 9.10.1)");
        assertThat(new AttentionShape(1, 1, 128, 128, 136, 0, 0).refusal(91900, 90)).isPresent();
        assertThat(new AttentionShape(1, 1, 1, 1, 64, 0, 0).refusal(91900, 90)).contains("a single query and key");
    }

    /** What cuDNN has made and not destroyed. */
    private static Map<StandIn.Kind, Long> graphs() {
        Map<StandIn.Kind, Long> living = StandIn.living();
        living.keySet().retainAll(EnumSet.of(StandIn.Kind.HANDLE, StandIn.Kind.DESCRIPTOR));
        return living;
    }

    /** Memory for a small attention, poisoned but for what is read. */
    private record Small(Tensor operands, Tensor floats, AttentionTensors tensors, AttentionSlopes slopes) {
        static final AttentionShape SHAPE = new AttentionShape(1, 2, 4, 4, 8, 1, 2);
        private static final int ROWS = 64;
        private static final int BIAS = 32;

        static Small make() {
            Tensor operands = random(9, 8 * ROWS + 2 * BIAS + ROWS).to(device).cast(ElementType.BF16);
            Tensor floats = random(8, 256).to(device);
            long at = operands.address();
            int row = 2 * ROWS;
            return new Small(operands, floats,
                    new AttentionTensors(at, at + row, at + 2 * row, at + 8 * row, at + 3 * row, floats.address()),
                    new AttentionSlopes(at + 4 * row, at + 5 * row, at + 6 * row, at + 7 * row,
                            at + 8 * row + 2 * BIAS, floats.address() + 64));
        }

        double[] work(Tensor workspace) {
            try (MemoryScope _ = MemoryScope.open("work"); Handle handle = new Handle(MemorySegment.NULL);
                    AttentionPlans plans = new AttentionPlans(handle, SHAPE)) {
                plans.forward(0.3, tensors, workspace.address());
                plans.backward(0.3, tensors, slopes, workspace.address());
                return floats.toDoubles();
            }
        }
    }

    @Test
    void everyCallFailsOnce(TestReporter reporter) {
        Small small = Small.make();
        Tensor workspace = random(7, 1000).to(device);
        device.synchronize();
        long before = StandIn.calls();
        double[] expected = small.work(workspace);
        long calls = StandIn.calls() - before;
        Map<StandIn.Kind, Long> living = graphs();
        Set<String> failed = new TreeSet<>();
        for (long n = 1; n <= calls; n++) {
            StandIn.failAt(n, 999);
            try {
                assertThat(small.work(workspace)).isEqualTo(expected); // the call was one that closing makes
            } catch (BackendException one) {
                assertThat(one.getMessage()).as("call %d, %s", n, StandIn.failed()).isNotBlank().doesNotContain("\n");
            }
            assertThat(StandIn.failed()).as("call %d", n).isNotEmpty();
            assertThat(graphs()).as("after %s, call %d", StandIn.failed(), n).isEqualTo(living);
            failed.add(StandIn.failed());
            StandIn.failAt(0, 0);
        }
        assertThat(small.work(workspace)).isEqualTo(expected);
        assertThat(failed).contains("cudnnCreate", "cudnnDestroy", "cudnnSetStream", "cudnnBackendCreateDescriptor",
                "cudnnBackendDestroyDescriptor", "cudnnBackendSetAttribute", "cudnnBackendGetAttribute",
                "cudnnBackendFinalize", "cudnnBackendExecute");
        reporter.publishEntry("failed", calls + " calls, of " + failed.size() + " kinds");
    }

    @Test
    void aFailedPassIsAnErrorAndTheNextOneWorks() {
        Tensor x = random(1, 1, 2, 5, 8).to(device);
        double[] expected = x.apply(new Attention(1), List.of(x, x, x)).getFirst().toDoubles();
        long live = device.pool().liveBytes();
        Map<StandIn.Kind, Long> living = graphs();
        Set<String> failed = new TreeSet<>();
        for (int n = 1; failed.size() == n - 1; n++) { // until no call is reached any more
            StandIn.failAt(n, 999);
            try (MemoryScope _ = MemoryScope.open("failing")) {
                x.apply(new Attention(1), List.of(x, x, x));
                assertThat(StandIn.failed()).isIn("", "cudnnBackendDestroyDescriptor"); // all others are errors
            } catch (BackendException one) {
                assertThat(one.getMessage()).isNotBlank().doesNotContain("\n");
            }
            if (!StandIn.failed().isEmpty()) {
                failed.add(n + " " + StandIn.failed());
            }
            StandIn.failAt(0, 0);
            assertThat(device.pool().liveBytes()).isEqualTo(live);
            assertThat(graphs()).isEqualTo(living);
            try (MemoryScope _ = MemoryScope.open("next")) {
                assertThat(x.apply(new Attention(1), List.of(x, x, x)).getFirst().toDoubles()).isEqualTo(expected);
            }
        }
        assertThat(failed).hasSizeGreaterThan(10).anyMatch(call -> call.endsWith("cudnnBackendExecute"));
    }
}
