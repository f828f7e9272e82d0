package dev.panacea.tests.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.panacea.ace.data.Ahead;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Items made ahead come in order, each once, and never more of them than allowed. */
class AheadTest {
    @ParameterizedTest
    @CsvSource({"1, 1", "1, 5", "3, 1", "3, 7", "4, 200"})
    void itemsComeInOrderAndNotTooManyWait(int threads, int most) {
        AtomicInteger begun = new AtomicInteger();
        List<Long> got = new ArrayList<>();
        try (Ahead<Long> ahead = new Ahead<>(100, number -> {
            begun.incrementAndGet();
            LockSupport.parkNanos((number * 7919 % 5) * 100_000); // later ones may be ready first
            return number;
        }, threads, most)) {
            while (ahead.hasNext()) {
                assertThat(begun.get()).isLessThanOrEqualTo(got.size() + most);
                got.add(ahead.next());
            }
        }
        assertThat(got).isEqualTo(LongStream.range(0, 100).boxed().toList());
    }

    @Test
    void whatGoesWrongIsThrownInItsTurn() {
        try (Ahead<Long> ahead = new Ahead<>(3, number -> {
            if (number == 1) {
                throw new IllegalArgumentException("one");
            }
            return number;
        }, 2, 3)) {
            assertThat(ahead.next()).isZero();
            assertThatThrownBy(ahead::next).isInstanceOf(IllegalArgumentException.class).hasMessage("one");
            assertThat(ahead.next()).isEqualTo(2);
            assertThat(ahead.hasNext()).isFalse();
        }
    }
}
