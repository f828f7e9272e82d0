package dev.panacea.tests.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.panacea.tensor.cpu.ParallelRows;
import dev.panacea.tensor.cpu.RowTask;
import dev.panacea.tensor.cpu.Scratch;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every row is run once, whatever the number of threads, and whoever else is running rows. */
class ParallelRowsTest {
    private final int threads = ParallelRows.threads();

    @AfterEach
    void restore() {
        ParallelRows.threads(threads);
    }

    private static RowTask task(java.util.function.IntConsumer row) {
        return new RowTask() {
            @Override
            public void rows(int from, int to, Scratch scratch) {
                for (int i = from; i < to; i++) {
                    row.accept(i);
                }
            }
        };
    }

    private static void eachOnce(AtomicIntegerArray counts) {
        for (int i = 0; i < counts.length(); i++) {
            assertThat(counts.get(i)).as("row %d", i).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    void everyRowOnce(int count) {
        ParallelRows.threads(count);
        assertThat(ParallelRows.threads()).isEqualTo(count);
        for (int rows : new int[] {0, 1, 2, 7, 100, 4097}) {
            for (int grain : new int[] {-1, 0, 1, 3, 100, 10_000}) {
                AtomicIntegerArray counts = new AtomicIntegerArray(rows);
                ParallelRows.run(task(counts::incrementAndGet), rows, grain);
                eachOnce(counts);
            }
        }
    }

    /** Chunks begin at multiples of the grain, so that a partial sum per chunk never depends on the threads. */
    @ParameterizedTest
    @ValueSource(ints = {2, 4})
    void cutDependsOnTheGrainAlone(int count) {
        ParallelRows.threads(count);
        Set<String> cuts = ConcurrentHashMap.newKeySet();
        ParallelRows.run(new RowTask() {
            @Override
            public void rows(int from, int to, Scratch scratch) {
                cuts.add(from + ".." + to);
            }
        }, 10, 4);
        assertThat(cuts).containsExactlyInAnyOrder("0..4", "4..8", "8..10");
    }

    @Test
    void theLastRowsOfTwoBillionAreNotLost() {
        ParallelRows.threads(2);
        List<Integer> ends = Collections.synchronizedList(new ArrayList<>());
        ParallelRows.run(new RowTask() {
            @Override
            public void rows(int from, int to, Scratch scratch) {
                ends.add(to);
            }
        }, Integer.MAX_VALUE, 1 << 30);
        assertThat(ends).containsExactlyInAnyOrder(1 << 30, Integer.MAX_VALUE);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    void exceptionsReachTheCaller(int count) {
        ParallelRows.threads(count);
        for (int bad : new int[] {0, 57, 99}) {
            assertThatThrownBy(() -> ParallelRows.run(task(row -> {
                if (row == bad) {
                    throw new IllegalStateException("row " + row);
                }
            }), 100, 1)).isInstanceOf(IllegalStateException.class).hasMessage("row " + bad);
            assertThatThrownBy(() -> ParallelRows.run(task(row -> {
                if (row == bad) {
                    throw new AssertionError("row " + row);
                }
            }), 100, 1)).isInstanceOf(AssertionError.class).hasMessage("row " + bad);
            AtomicIntegerArray counts = new AtomicIntegerArray(100);
            ParallelRows.run(task(counts::incrementAndGet), 100, 1);
            eachOnce(counts);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    void runsNest(int count) {
        ParallelRows.threads(count);
        AtomicIntegerArray counts = new AtomicIntegerArray(50 * 50);
        ParallelRows.run(task(i -> ParallelRows.run(task(j -> counts.incrementAndGet(i * 50 + j)), 50, 1)), 50, 1);
        eachOnce(counts);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    void manyCallersAtOnce(int count) throws InterruptedException {
        ParallelRows.threads(count);
        List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
        List<Thread> callers = new ArrayList<>();
        for (int caller = 0; caller < 4; caller++) {
            int offset = caller;
            callers.add(Thread.ofPlatform().start(() -> {
                try {
                    for (int i = 0; i < 1500; i++) {
                        AtomicIntegerArray counts = new AtomicIntegerArray(1 + (i + offset) % 67);
                        ParallelRows.run(task(counts::incrementAndGet), counts.length(), 1 + i % 5);
                        eachOnce(counts);
                    }
                } catch (Throwable failure) {
                    failures.add(failure);
                }
            }));
        }
        for (Thread caller : callers) {
            caller.join();
        }
        assertThat(failures).isEmpty();
    }

    @Test
    void threadsComeAndGoWhileWorkRuns() throws InterruptedException {
        List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
        Thread caller = Thread.ofPlatform().start(() -> {
            try {
                for (int i = 0; i < 3000; i++) {
                    AtomicIntegerArray counts = new AtomicIntegerArray(64);
                    ParallelRows.run(task(counts::incrementAndGet), 64, 4);
                    eachOnce(counts);
                }
            } catch (Throwable failure) {
                failures.add(failure);
            }
        });
        for (int i = 0; caller.isAlive(); i++) {
            ParallelRows.threads(1 + i % 4);
        }
        caller.join();
        assertThat(failures).isEmpty();
    }

    @Test
    void grainHoldsTheWorkOfAChunk() {
        assertThat(ParallelRows.grain(1, 1000)).isEqualTo(1000);
        assertThat(ParallelRows.grain(300, 1000)).isEqualTo(3);
        assertThat(ParallelRows.grain(5000, 1000)).isEqualTo(1);
        assertThat(ParallelRows.grain(0, 1000)).isEqualTo(1000);
    }

    @Test
    void refusesImpossibleThreadCounts() {
        assertThatThrownBy(() -> ParallelRows.threads(0)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("threads: out of range: 0 (need 1..1024)");
    }
}
