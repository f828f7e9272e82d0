package dev.panacea.tests.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.panacea.autograd.AutogradException;
import dev.panacea.autograd.GradientCheck;
import dev.panacea.autograd.Tape;
import dev.panacea.autograd.Variable;
import dev.panacea.tensor.Backends;
import dev.panacea.tensor.ElementType;
import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.Layout;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.cpu.ParallelRows;
import dev.panacea.tensor.op.Differentiability;
import dev.panacea.tensor.op.Op;
import dev.panacea.tensor.op.Refusal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.GenerationMode;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;

/**
 * What must hold of every op, tried on every sample that the op describes. To try some ops only:
 * {@code mvn test -pl tests -am -Dtest=OpSweepProperties -Dsurefire.failIfNoSpecifiedTests=false
 * -Dpanacea.ops=softmax,sum}.
 */
class OpSweepProperties {
    private static final int MANY = 1_000_000;
    private static final double GRADIENT = 1e-6;

    @Provide
    Arbitrary<Op> ops() {
        return Arbitraries.of(OpCase.ops());
    }

    @Provide
    Arbitrary<OpCase> cases() {
        return Arbitraries.of(OpCase.all(3));
    }

    @Provide
    Arbitrary<OpCase> once() {
        return Arbitraries.of(OpCase.all(1));
    }

    @Property(tries = MANY, generation = GenerationMode.EXHAUSTIVE, shrinking = ShrinkingMode.OFF)
    void describesItself(@ForAll("ops") Op op) {
        assertThat(op.formula()).as("formula").isNotBlank().doesNotContain("\n");
        assertThat(op.samples()).as("samples").isNotEmpty();
        assertThat(op.refusals()).as("refusals").isNotEmpty();
        assertThat(op.samples()).as("op of the samples").allMatch(sample -> sample.op().getClass() == op.getClass());
    }

    @Property(tries = MANY, generation = GenerationMode.EXHAUSTIVE, shrinking = ShrinkingMode.OFF)
    void refusesWithOneLine(@ForAll("ops") Op op) {
        try (MemoryScope _ = MemoryScope.open("refusals")) {
            for (Refusal refusal : op.refusals()) {
                assertThat(refusal.message()).doesNotContain("\n").startsWith(op.name() + ":");
                assertThatThrownBy(() -> refusal.attempt().get()).hasMessage(refusal.message());
            }
        }
    }

    @Property(tries = MANY, generation = GenerationMode.EXHAUSTIVE, shrinking = ShrinkingMode.OFF)
    void resultHasThePromisedShape(@ForAll("once") OpCase tried) {
        try (MemoryScope _ = MemoryScope.open("shape")) {
            List<Tensor> inputs = tried.inputs(ElementType.F32);
            List<Spec> promised = tried.op().shapes(inputs.stream().map(Tensor::spec).toList());
            assertThat(tried.run(inputs)).extracting(Tensor::spec).isEqualTo(promised);
        }
    }

    /** The kernel agrees with the reference, which computes in double precision from the same inputs. */
    @Property(tries = MANY, generation = GenerationMode.EXHAUSTIVE, shrinking = ShrinkingMode.OFF)
    void kernelAgreesWithReference(@ForAll("cases") OpCase tried) {
        tried.checkParity();
    }

    /** Inputs whose elements lie apart, transposed or repeated give the same bytes as contiguous ones. */
    @Property(tries = MANY, generation = GenerationMode.EXHAUSTIVE, shrinking = ShrinkingMode.OFF)
    void stridedEqualsContiguous(@ForAll("once") OpCase tried) {
        try (MemoryScope _ = MemoryScope.open("strided")) {
            List<Tensor> inputs = tried.inputs(ElementType.F32);
            List<Tensor> expected = tried.run(inputs);
            for (Strided layout : Strided.values()) {
                List<Tensor> strided = inputs.stream().map(input -> layout.of(input, Backends.cpu())).toList();
                List<Tensor> actual = tried.run(strided);
                for (int k = 0; k < actual.size(); k++) {
                    same(actual.get(k), expected.get(k));
                }
            }
        }
    }

    /** What a tape does not keep because it can be computed again, comes out the same. */
    @Property(tries = MANY, generation = GenerationMode.EXHAUSTIVE, shrinking = ShrinkingMode.OFF)
    void recomputesTheSameBytes(@ForAll("once") OpCase tried) {
        if (!tried.op().recomputes(0)) {
            return;
        }
        try (MemoryScope _ = MemoryScope.open("recompute"); Tape tape = new Tape()) {
            List<Tensor> inputs = tried.inputs(ElementType.F32);
            List<Tensor> expected = tried.run(inputs);
            Variable output;
            try (MemoryScope _ = MemoryScope.open("forward")) {
                List<Variable> variables = inputs.stream().map(tape::variable).toList();
                output = variables.getFirst().apply(tried.op(), variables).getFirst();
            }
            same(output.value(), expected.getFirst());
        }
    }

    /** A kernel writes every element of its outputs, nothing beside them, and nothing of its inputs. */
    @Property(tries = MANY, generation = GenerationMode.EXHAUSTIVE, shrinking = ShrinkingMode.OFF)
    @SuppressWarnings("unchecked")
    void writesItsOutputsAndNothingElse(@ForAll("once") OpCase tried) {
        Kernel<Op> kernel = (Kernel<Op>) Backends.cpu().kernel(tried.op());
        try (MemoryScope _ = MemoryScope.open("guard")) {
            Tensor[] inputs = tried.inputs(ElementType.F32).toArray(Tensor[]::new);
            if (kernel == null || !kernel.accepts(tried.op(), inputs)) {
                return;
            }
            List<Tensor> expected = tried.run(List.of(inputs));
            List<double[]> before = Arrays.stream(inputs).map(Tensor::toDoubles).toList();
            Tensor[] guarded = expected.stream().map(OpSweepProperties::guarded).toArray(Tensor[]::new);
            if (Arrays.stream(guarded).allMatch(output -> output.size() == 0)) {
                return;
            }
            kernel.run(tried.op(), inputs, guarded);
            for (int k = 0; k < guarded.length; k++) {
                same(guarded[k], expected.get(k));
                guardsIntact(guarded[k]);
            }
            for (int k = 0; k < inputs.length; k++) {
                assertThat(inputs[k].toDoubles()).as("input %d", k).isEqualTo(before.get(k));
            }
        }
    }

    /** Where an output may be an input itself, writing over it gives the same bytes, by kernel and by reference. */
    @Property(tries = MANY, generation = GenerationMode.EXHAUSTIVE, shrinking = ShrinkingMode.OFF)
    void inPlaceEqualsOutOfPlace(@ForAll("once") OpCase tried) {
        for (ElementType real : List.of(ElementType.F32, ElementType.F64)) {
            try (MemoryScope _ = MemoryScope.open("in place")) {
                List<Tensor> inputs = tried.inputs(real);
                List<Tensor> expected = tried.run(inputs);
                List<Tensor> outputs = new ArrayList<>();
                for (int k = 0; k < expected.size(); k++) {
                    for (int i = 0; i < inputs.size() && outputs.size() == k; i++) {
                        if (tried.op().inPlace(k, i)) {
                            outputs.add(inputs.get(i));
                        }
                    }
                }
                if (outputs.isEmpty()) {
                    return;
                }
                Tensor.into(tried.op(), inputs, outputs);
                for (int k = 0; k < expected.size(); k++) {
                    same(outputs.get(k), expected.get(k));
                }
            }
        }
    }

    @Property(tries = MANY, generation = GenerationMode.EXHAUSTIVE, shrinking = ShrinkingMode.OFF)
    void sameBytesOnAnyNumberOfThreads(@ForAll("once") OpCase tried) {
        int threads = ParallelRows.threads();
        try (MemoryScope _ = MemoryScope.open("threads")) {
            List<Tensor> inputs = tried.inputs(ElementType.F32);
            ParallelRows.threads(1);
            List<Tensor> alone = tried.run(inputs);
            for (int count : new int[] {2, 4}) {
                ParallelRows.threads(count);
                List<Tensor> together = tried.run(inputs);
                for (int k = 0; k < alone.size(); k++) {
                    same(together.get(k), alone.get(k));
                }
            }
        } finally {
            ParallelRows.threads(threads);
        }
    }

    @Property(tries = MANY, generation = GenerationMode.EXHAUSTIVE, shrinking = ShrinkingMode.OFF)
    void gradientAgreesWithDifferences(@ForAll("once") OpCase tried) {
        if (!hasGradient(tried) || tried.op().differentiability() != Differentiability.SMOOTH) {
            return;
        }
        try (MemoryScope _ = MemoryScope.open("gradient")) {
            for (int output = 0; tried.op().carriesGradient(output)
                    && output < tried.run(tried.inputs(ElementType.F64)).size(); output++) {
                int which = output;
                GradientCheck.Result result = GradientCheck.run(
                        inputs -> inputs.getFirst().apply(tried.op(), inputs).get(which),
                        tried.inputs(ElementType.F64), tried.seed());
                assertThat(result.worst()).as("%s: %s", tried, result).isLessThan(GRADIENT);
            }
        }
    }

    /** Where a gradient can be differentiated again it is right, and elsewhere it is refused by name. */
    @Property(tries = MANY, generation = GenerationMode.EXHAUSTIVE, shrinking = ShrinkingMode.OFF)
    void gradientOfGradientIsRightOrRefused(@ForAll("once") OpCase tried) {
        if (!hasGradient(tried) || tried.op().differentiability() != Differentiability.SMOOTH
                || tried.sample().inputs().stream().mapToLong(input -> input.shape().size()).sum() > 200) {
            return;
        }
        try (MemoryScope _ = MemoryScope.open("second gradient")) {
            GradientCheck.Result result = GradientCheck.run(inputs -> {
                Variable y = inputs.getFirst().apply(tried.op(), inputs).getFirst();
                Variable loss = y.mul(y).sum(false);
                List<Variable> by = inputs.stream().filter(Variable::requiresGradient).toList();
                Variable sum = null;
                for (Variable gradient : loss.tape().gradients(loss, by)) {
                    Variable term = gradient.mul(gradient).sum(false);
                    sum = sum == null ? term : sum.add(term);
                }
                return sum.requiresGradient() ? sum : sum.add(by.getFirst().sum(false));
            }, tried.inputs(ElementType.F64), tried.seed());
            assertThat(result.worst()).as("%s: %s", tried, result).isLessThan(1e-5);
        } catch (AutogradException refused) {
            assertThat(refused).hasMessageContaining("is not differentiable itself");
        }
    }

    private static boolean hasGradient(OpCase tried) {
        return tried.sample().inputs().stream().anyMatch(input -> input.type() == ElementType.F32);
    }

    private static void same(Tensor actual, Tensor expected) {
        assertThat(actual.spec()).isEqualTo(expected.spec());
        for (long i = 0; i < actual.size(); i++) {
            if (Double.doubleToLongBits(actual.flat(i)) != Double.doubleToLongBits(expected.flat(i))) {
                throw new AssertionError("element " + i + " of " + actual.spec() + ": " + actual.flat(i) + ", not "
                        + expected.flat(i));
            }
        }
    }

    private static final int GUARD = 64;

    /** Memory for an output, 0xA5 in it and for 64 elements on either side. */
    private static Tensor guarded(Tensor like) {
        Tensor whole = Tensor.zeros(ElementType.U8,
                (int) (like.size() + 2 * GUARD) * like.type().byteSize());
        for (long i = 0; i < whole.size(); i++) {
            whole.flat(i, 0xA5);
        }
        Tensor typed = Tensor.allocate(Backends.cpu(),
                new Spec(Shape.of((int) like.size() + 2 * GUARD), like.type()));
        Backends.cpu().upload(whole.address(), typed.block(), whole.size());
        return typed.alias(new Layout(like.shape(), like.shape().contiguousStrides(), GUARD));
    }

    private static void guardsIntact(Tensor output) {
        Tensor whole = output.alias(Layout.contiguous(Shape.of((int) output.size() + 2 * GUARD)));
        long canary = 0xA5A5A5A5A5A5A5A5L >>> 64 - 8 * output.type().byteSize();
        List<Integer> broken = new ArrayList<>();
        for (int i = 0; i < whole.size(); i++) {
            if ((i < GUARD || i >= GUARD + output.size()) && bits(whole, i) != canary) {
                broken.add(i - GUARD);
            }
        }
        assertThat(broken).as("elements written outside the output").isEmpty();
    }

    private static long bits(Tensor tensor, int i) {
        double value = tensor.flat(i);
        return switch (tensor.type()) {
            case F32 -> Float.floatToRawIntBits((float) value) & 0xffffffffL;
            case F64 -> Double.doubleToRawLongBits(value);
            case I32 -> (int) value & 0xffffffffL;
            case U8 -> (long) value;
            case BF16 -> Float.floatToRawIntBits((float) value) >>> 16;
        };
    }
}
