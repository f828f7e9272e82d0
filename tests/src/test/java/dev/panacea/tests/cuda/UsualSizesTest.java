package dev.panacea.tests.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.panacea.bindings.cuda.CudaBackend;
import dev.panacea.tensor.ElementType;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.RandomSource;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.op.Attention;
import dev.panacea.tensor.op.AttentionBackward;
import dev.panacea.tensor.op.Concat;
import dev.panacea.tensor.op.Op;
import dev.panacea.tensor.op.WindowAttention;
import dev.panacea.tensor.op.WindowAttentionBackward;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Kernels that take other ways for sizes that models have, against those of the CPU. */
@Tag("cuda")
class UsualSizesTest {
    private static CudaBackend device;
    private MemoryScope scope;

    @BeforeAll
    static void open() {
        device = StandIn.open();
    }

    @AfterAll
    static void close() {
        device.close();
    }

    @BeforeEach
    void begin() {
        scope = MemoryScope.open("usual sizes");
    }

    @AfterEach
    void end() {
        scope.close();
        StandIn.mend();
    }

    private static Tensor random(long number, int... dims) {
        return RandomSource.of(5).child(number).uniform(-1, 1, dims);
    }

    private static List<Tensor> same(Op op, Tensor... inputs) {
        List<Tensor> expected = inputs[0].apply(op, List.of(inputs));
        List<Tensor> there = new ArrayList<>();
        for (Tensor input : inputs) {
            there.add(input.to(device));
        }
        List<Tensor> actual = there.getFirst().apply(op, there);
        for (int k = 0; k < expected.size(); k++) {
            assertThat(actual.get(k).toDoubles()).as(op + ", output " + k)
                    .containsExactly(expected.get(k).toDoubles(), within(2e-5));
        }
        return expected;
    }

    private static void window(int window, int shift, int heads, int depth) {
        int side = window == 7 ? 2 * window : window;
        Tensor qkv = random(1, 1, side, side, 3 * heads * depth);
        Tensor table = random(2, (2 * window - 1) * (2 * window - 1), heads);
        Tensor sums = same(new WindowAttention(window, shift), qkv, table).get(1);
        same(new WindowAttentionBackward(window, shift), random(3, 1, side, side, heads * depth), sums, qkv, table);
    }

    @Test
    void windowsOfSwin() {
        window(7, 3, 2, 32);
    }

    @Test
    void windowsWhoseScoresDoNotFitInSharedMemory() {
        window(12, 0, 1, 32);
    }

    @Test
    void headsOfSixtyFour() {
        Tensor qkv = random(1, 1, 70, 3, 2, 64).permute(2, 0, 3, 1, 4);
        Tensor q = qkv.select(0, 0);
        Tensor k = qkv.select(0, 1);
        Tensor v = qkv.select(0, 2);
        Tensor bias = random(2, 2, 70, 70);
        Tensor mask = random(3, 70, 70).ge(Tensor.scalar(-0.5));
        assertThat(mask.type()).isEqualTo(ElementType.U8);
        Tensor sums = same(new Attention(0.125), q, k, v, bias, mask).get(1);
        same(new AttentionBackward(0.125), random(4, 1, 2, 70, 64), sums, q, k, v, bias, mask);
        same(new AttentionBackward(0.125), random(4, 1, 2, 70, 64), same(new Attention(0.125), q, k, v).get(1), q, k,
                v);
    }

    @Test
    void foursOfElementsThatAreMoved() {
        same(new Concat(1), random(1, 3, 8), random(2, 3, 4));
        for (ElementType type : new ElementType[] {ElementType.F32, ElementType.F64, ElementType.U8}) {
            Tensor x = random(1, 2, 3, 2, 3, 2, 8).affine(100, 150).cast(type); // as PatchMerging sees an image
            Tensor moved = x.to(device).permute(0, 1, 3, 2, 4, 5).contiguous();
            assertThat(moved.toDoubles()).isEqualTo(x.permute(0, 1, 3, 2, 4, 5).toDoubles());
        }
    }
}
