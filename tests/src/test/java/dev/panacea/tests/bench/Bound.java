package dev.panacea.tests.bench;

import dev.panacea.tensor.HostSpeed;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.op.Op;
import dev.panacea.tensor.op.Work;
import java.util.Arrays;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * The fraction reached of the bound, beside each result in calls a second: seconds that the calls of one second would
 * take at the speed of multiply-adds or of memory, whichever is slower. What fits into a cache may exceed 1.
 */
@AuxCounters(AuxCounters.Type.OPERATIONS)
@State(Scope.Thread)
public class Bound {
    /** Seconds of the bound; JMH divides by those measured. */
    public double fraction;

    /** Seconds that an op would take at best, on the machine as it is now, which is measured first. */
    static double seconds(Op op, Tensor... inputs) {
        return HostSpeed.measure().seconds(Work.of(op, Arrays.stream(inputs).map(Tensor::spec).toList()));
    }

    /** Seconds that a product of [m, k] and [k, n] would take at best. */
    static double product(double m, double n, double k) {
        return HostSpeed.measure().seconds(new Work(2 * m * n * k, Float.BYTES * (m * k + k * n + m * n)));
    }
}
