package dev.panacea.ace.run;

import dev.panacea.tensor.RandomSource;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * In which order a run sees its pictures: each once in an epoch, in an order that depends on seed and epoch alone. Any
 * place of any epoch can be asked for, so a run that resumes needs no more than the number of its step.
 */
final class SampleOrder {
    /** Which of the children of a run's source orders draw from; views and steps draw from others. */
    private static final int ORDERS = 3;

    private final int size;
    private final RandomSource random;
    private final ConcurrentMap<Long, int[]> orders = new ConcurrentHashMap<>();

    SampleOrder(int size, long seed) {
        this.size = size;
        random = RandomSource.of(seed).child(ORDERS);
    }

    /** The picture at a place of an epoch; places beyond the end begin again. */
    int sample(long epoch, long place) {
        int[] order = orders.computeIfAbsent(epoch, this::order);
        orders.keySet().removeIf(other -> Math.abs(other - epoch) > 1);
        return order[(int) (place % size)];
    }

    private int[] order(long epoch) {
        RandomSource source = random.child(epoch);
        int[] order = new int[size];
        for (int i = 0; i < size; i++) { // each number takes a random place among those before it
            int j = (int) ((source.bits(i) & 0xFFFFFFFFL) * (i + 1) >>> 32);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }
}
