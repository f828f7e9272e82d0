package dev.panacea.tests.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.panacea.tensor.memory.Memory;
import dev.panacea.tensor.memory.MemoryPool;
import dev.panacea.tensor.memory.MemoryPool.Lease;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

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
    void largeBlocksAreCutAndGrowTogetherAgain() {
        MemoryPool pool = new MemoryPool();
        Lease whole = pool.take(8 << 20);
        long address = whole.address();
        whole.free();
        Lease left = pool.take(2 << 20);
        Lease middle = pool.take(3 << 20);
        Lease right = pool.take(3 << 20);
        assertThat(List.of(left.address(), middle.address(), right.address()))
                .containsExactly(address, address + (2 << 20), address + (5 << 20));
        assertThat(pool.idleBytes()).isZero();
        left.free();
        right.free();
        assertThat(pool.take(3 << 20).address()).as("the smallest that is large enough").isEqualTo(address + (5 << 20));
        middle.free();
        Lease five = pool.take(5 << 20);
        assertThat(five.address()).as("neighbours that are idle are one block").isEqualTo(address);
        assertThat(pool.idleBytes()).isZero();
    }

    @Example
    void aSizeThatIsRoundedUpToALargeOneWastesNoMoreThanOthers() {
        MemoryPool pool = new MemoryPool();
        pool.take(1_114_112).free();
        Lease lease = pool.take(983_042); // rounded to 1 MiB, whose eighth would leave the block whole
        assertThat(lease.byteSize()).isBetween(983_042L, 983_042L * 9 / 8);
        lease.free();
        pool.trim();
    }

    @Property(tries = 200)
    void anyOrderOfTakingAndGivingKeepsBlocksApart(@ForAll @Size(max = 60) List<@LongRange(min = 1, max = 9 << 20) Long>
            sizes, @ForAll Random random) {
        MemoryPool pool = new MemoryPool();
        List<Lease> leases = new ArrayList<>();
        long live = 0;
        for (long size : sizes) {
            Lease lease = pool.take(size);
            assertThat(lease.byteSize()).isBetween(size, Math.max(size + 63, size * 9 / 8 + 4096));
            for (Lease other : leases) {
                assertThat(lease.address() + lease.byteSize() <= other.address()
                        || other.address() + other.byteSize() <= lease.address()).isTrue();
            }
            leases.add(lease);
            live += lease.byteSize();
            while (!leases.isEmpty() && random.nextInt(5) < 2) {
                Lease old = leases.remove(random.nextInt(leases.size()));
                live -= old.byteSize();
                old.free();
            }
            assertThat(pool.liveBytes()).isEqualTo(live);
        }
        leases.forEach(Lease::free);
        assertThat(pool.liveBytes()).isZero();
        pool.trim();
        assertThat(pool.idleBytes()).as("all has grown together again").isZero();
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
