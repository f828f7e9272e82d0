package dev.panacea.tests.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.panacea.tensor.FreedTensorException;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.memory.MemoryPool;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

/** Who owns a tensor, and when it goes. */
class MemoryScopeTest {
    @Test
    void freesWhatWasMadeInside() {
        Tensor outside = Tensor.ones(3);
        Tensor inside;
        try (MemoryScope _ = MemoryScope.open("block")) {
            inside = outside.add(outside);
            assertThat(inside.isFreed()).isFalse();
        }
        assertThat(inside.isFreed()).isTrue();
        assertThat(outside.toDoubles()).containsExactly(1, 1, 1);
    }

    @Test
    void useAfterFreeNamesTheScope() {
        Tensor freed;
        try (MemoryScope _ = MemoryScope.open("encoder")) {
            freed = Tensor.ones(3);
        }
        String message = "tensor: used after it was freed by scope 'encoder' (keep what must outlive its scope: "
                + "scope.keep(tensor))";
        assertThatThrownBy(() -> freed.add(freed)).isInstanceOf(FreedTensorException.class).hasMessage(message);
        assertThatThrownBy(freed::toDoubles).isInstanceOf(FreedTensorException.class).hasMessage(message);
        assertThatThrownBy(() -> freed.at(0)).isInstanceOf(FreedTensorException.class).hasMessage(message);
        assertThatThrownBy(freed::retain).isInstanceOf(FreedTensorException.class).hasMessage(message);
        assertThatThrownBy(() -> freed.reshape(1, 3)).isInstanceOf(FreedTensorException.class).hasMessage(message);
        try (MemoryScope scope = MemoryScope.open("late")) {
            assertThatThrownBy(() -> scope.keep(freed)).isInstanceOf(FreedTensorException.class).hasMessage(message);
        }
    }

    @Test
    void viewsGoWithWhatTheyView() {
        Tensor view;
        try (MemoryScope _ = MemoryScope.open("block")) {
            view = Tensor.ones(2, 3).transpose(0, 1);
        }
        assertThat(view.isFreed()).isTrue();
    }

    @Test
    void keepPromotesOneScope() {
        Tensor kept;
        try (MemoryScope _ = MemoryScope.open("outer")) {
            try (MemoryScope inner = MemoryScope.open("inner")) {
                kept = inner.keep(Tensor.ones(2));
            }
            assertThat(kept.toDoubles()).containsExactly(1, 1);
        }
        assertThat(kept.isFreed()).isTrue();
        assertThatThrownBy(kept::toDoubles).hasMessageContaining("scope 'outer'");
    }

    @Test
    void keepingAViewKeepsItsMemory() {
        Tensor kept;
        try (MemoryScope scope = MemoryScope.open("only")) {
            kept = scope.keep(Tensor.ones(2, 3).select(0, 1));
        }
        assertThat(kept.toDoubles()).containsExactly(1, 1, 1);
    }

    @Test
    void retainedTensorsStayUntilReleased() {
        Tensor tensor;
        try (MemoryScope _ = MemoryScope.open("forward")) {
            tensor = Tensor.ones(2).retain();
        }
        assertThat(tensor.toDoubles()).containsExactly(1, 1);
        tensor.release("the tape");
        assertThat(tensor.isFreed()).isTrue();
        assertThatThrownBy(tensor::toDoubles).hasMessageContaining("freed by the tape");
        assertThatThrownBy(() -> tensor.release("the tape")).isInstanceOf(FreedTensorException.class)
                .hasMessage("tensor: released once too often by the tape: freed by the tape (release what was "
                        + "retained, once)");
    }

    @Test
    void closesInTheReverseOrderOfOpening() {
        MemoryScope outer = MemoryScope.open("outer");
        MemoryScope inner = MemoryScope.open("inner");
        assertThatThrownBy(outer::close).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("scope outer: not the innermost scope");
        inner.close();
        outer.close();
        inner.close(); // closing twice does nothing
    }

    @Test
    void anotherThreadCannotCloseIt() {
        try (MemoryScope scope = MemoryScope.open("mine")) {
            assertThatThrownBy(() -> CompletableFuture.runAsync(scope::close).get())
                    .isInstanceOf(ExecutionException.class)
                    .hasRootCauseInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("scope mine: not the innermost scope");
        }
    }

    @Test
    void scopesAreOfOneThread() throws Exception {
        try (MemoryScope _ = MemoryScope.open("mine")) {
            Tensor other = CompletableFuture.supplyAsync(() -> Tensor.ones(2)).get();
            Tensor mine = Tensor.ones(2);
            assertThat(other.add(mine).toDoubles()).containsExactly(2, 2);
        }
    }

    @Test
    void theCollectorFreesWhatNoScopeOwns() throws InterruptedException {
        long before = MemoryPool.HOST.liveBytes();
        makeGarbage();
        long bytes = 64L << 20;
        for (int i = 0; i < 200 && MemoryPool.HOST.liveBytes() > before + bytes / 2; i++) {
            System.gc();
            Thread.sleep(10);
        }
        assertThat(MemoryPool.HOST.liveBytes()).isLessThan(before + bytes / 2);
    }

    private static void makeGarbage() {
        Tensor.allocate(dev.panacea.tensor.Backends.cpu(), Tensor.scalar(0).expand(16 << 20).spec());
    }

    @Test
    void aClosedScopeHasReturnedItsMemory() {
        long before = MemoryPool.HOST.liveBlocks();
        for (int i = 0; i < 100; i++) {
            try (MemoryScope _ = MemoryScope.open("step")) {
                Tensor x = Tensor.ones(100);
                x.add(x).sum(false).reshape(1, 1);
            }
        }
        assertThat(MemoryPool.HOST.liveBlocks()).isLessThanOrEqualTo(before);
    }
}
