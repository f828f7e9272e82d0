package dev.panacea.tests.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.panacea.tensor.memory.Memory;
import dev.panacea.tensor.memory.MemoryPool;
import dev.panacea.tensor.memory.MemoryPool.Lease;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

/** Blocks are aligned, large enough, not much larger, and used again. */
class MemoryPoolTest {
    @Property(tries = 500)
    void blocksAreAlignedAndHardlyLargerThanAsked(@ForAll @LongRange(min = 1, max = 1 << 22) long bytes) {
        MemoryPool pool = new MemoryPool();
        Lease lease = pool.take(bytes);
        assertThat(lease.address() % Memory.ALIGNMENT).isZero();
        assertThat(lease.byteSize()).isGreaterThanOrEqualTo(bytes).isLessThanOrEqualTo(Math.max(bytes + 63, bytes * 9 / 8));
        Memory.u8(lease.address() + bytes - 1, (byte) 7);
        assertThat(pool.liveBytes()).isEqualTo(lease.byteSize());
        lease.free();
        assertThat(pool.liveBytes()).isZero();
        assertThat(pool.idleBytes()).isEqualTo(lease.byteSize());
        pool.trim();
    }

    @Example
    void sameSizeIsUsedAgain() {
        MemoryPool pool = new MemoryPool();
        Lease first = pool.take(1000);
        long address = first.address();
        first.free();
        Lease again = pool.take(1010); // rounds to the same size
        assertThat(again.address()).isEqualTo(address);
        assertThat(pool.idleBytes()).isZero();
        Lease other = pool.take(1000);
        assertThat(other.address()).isNotEqualTo(address);
        again.free();
        other.free();
        pool.trim();
    }

    @Example
    void trimGivesIdleBlocksBack() {
        MemoryPool pool = new MemoryPool();
        Lease live = pool.take(4096);
        pool.take(4096).free();
        pool.trim();
        assertThat(pool.idleBytes()).isZero();
        assertThat(pool.liveBlocks()).isEqualTo(1);
        Memory.i32(live.address(), 5);
        assertThat(Memory.i32(live.address())).as("a block in use survives").isEqualTo(5);
        live.free();
        pool.trim();
    }

    @Example
    void peakIsTheMostAtOnce() {
        MemoryPool pool = new MemoryPool();
        Lease a = pool.take(1024);
        Lease b = pool.take(2048);
        a.free();
        Lease c = pool.take(512);
        assertThat(pool.peakBytes()).isEqualTo(3072);
        pool.resetPeak();
        assertThat(pool.peakBytes()).isEqualTo(2560);
        b.free();
        c.free();
        assertThat(pool.peakBytes()).isEqualTo(2560);
        pool.trim();
    }

    @Example
    void blocksInUseNeverOverlap() throws InterruptedException {
        MemoryPool pool = new MemoryPool();
        List<Thread> threads = new ArrayList<>();
        List<Throwable> failures = java.util.Collections.synchronizedList(new ArrayList<>());
        for (int t = 0; t < 4; t++) {
            int id = t;
            threads.add(Thread.ofPlatform().start(() -> {
                try {
                    for (int i = 0; i < 2000; i++) {
                        Lease lease = pool.take(256);
                        Memory.i32(lease.address(), id * 10_000 + i);
                        Thread.onSpinWait();
                        assertThat(Memory.i32(lease.address())).isEqualTo(id * 10_000 + i);
                        lease.free();
                    }
                } catch (Throwable failure) {
                    failures.add(failure);
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(failures).isEmpty();
        assertThat(pool.liveBlocks()).isZero();
        pool.trim();
    }
}
