package dev.panacea.tensor.cpu;

import dev.panacea.tensor.ElementType;
import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.op.Op;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/**
 * The kernel of an elementwise op: a loop, and up to two numbers that the op's attributes give it. The loop's class is
 * made at the first call.
 */
final class ElementwiseKernel<O extends Op> implements Kernel<O> {
    private static final int MAX_RANK = 16;

    private final ElementType first;
    private final ToDoubleFunction<O> p;
    private final ToDoubleFunction<O> q;
    private final ThreadLocal<ElementwiseTask> tasks = ThreadLocal.withInitial(this::task);
    private final Supplier<Supplier<ElementwiseTask>> loop;
    private Supplier<ElementwiseTask> copy;

    private ElementwiseKernel(ElementType first, Supplier<Supplier<ElementwiseTask>> loop, ToDoubleFunction<O> p,
            ToDoubleFunction<O> q) {
        this.first = first;
        this.loop = loop;
        this.p = p;
        this.q = q;
    }

    /** A function of one operand. */
    static <O extends Op> ElementwiseKernel<O> unary(VectorFunction.Unary function) {
        return unary(function, op -> 0, op -> 0);
    }

    /** A function of one operand and two numbers. */
    static <O extends Op> ElementwiseKernel<O> unary(VectorFunction.Unary function, ToDoubleFunction<O> p,
            ToDoubleFunction<O> q) {
        return new ElementwiseKernel<>(ElementType.F32, () -> LoopCopy.of(UnaryLoop.class, function), p, q);
    }

    /** A function of two operands. */
    static <O extends Op> ElementwiseKernel<O> binary(VectorFunction.Binary function) {
        return new ElementwiseKernel<>(ElementType.F32, () -> LoopCopy.of(BinaryLoop.class, function), op -> 0, op -> 0);
    }

    /** A comparison. */
    static <O extends Op> ElementwiseKernel<O> test(VectorFunction.Test function) {
        return new ElementwiseKernel<>(ElementType.F32, () -> LoopCopy.of(TestLoop.class, function), op -> 0, op -> 0);
    }

    /** A loop of its own, and one number for it. */
    static <O extends Op> ElementwiseKernel<O> of(Supplier<ElementwiseTask> loop, ToDoubleFunction<O> p) {
        return new ElementwiseKernel<>(ElementType.F32, () -> loop, p, op -> 0);
    }

    /** One operand or another, as a mask says. */
    static <O extends Op> ElementwiseKernel<O> select() {
        return new ElementwiseKernel<>(ElementType.U8, () -> SelectLoop::new, op -> 0, op -> 0);
    }

    @Override
    public boolean accepts(O op, Tensor[] inputs) {
        for (int i = 0; i < inputs.length; i++) {
            if (inputs[i].type() != (i == 0 ? first : ElementType.F32) || inputs[i].shape().rank() > MAX_RANK) {
                return false;
            }
        }
        return true;
    }

    @Override
    public boolean strided(O op, int index) {
        return true;
    }

    @Override
    public void run(O op, Tensor[] inputs, Tensor[] outputs) {
        ElementwiseTask task = tasks.get();
        task.p = (float) p.applyAsDouble(op);
        task.q = (float) q.applyAsDouble(op);
        task.run(inputs, outputs[0]);
    }

    private synchronized ElementwiseTask task() {
        if (copy == null) {
            copy = loop.get();
        }
        return copy.get();
    }
}
