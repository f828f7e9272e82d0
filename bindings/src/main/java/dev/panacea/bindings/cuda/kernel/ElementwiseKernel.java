package dev.panacea.bindings.cuda.kernel;

import dev.panacea.bindings.cuda.CudaBackend;
import dev.panacea.bindings.cuda.KernelFunction;
import dev.panacea.bindings.cuda.KernelSource;
import dev.panacea.bindings.cuda.Launch;
import dev.panacea.tensor.ElementType;
import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.Layout;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.op.Op;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * A function of each element: in fours where operands lie like the result or are one element, through strides
 * elsewhere.
 *
 * @param <O> the op
 */
final class ElementwiseKernel<O extends Op> implements Kernel<O> {
    private static final List<String> OPERANDS = List.of("A", "B", "C", "D", "E");
    private static final int FOUR = 4;

    private final KernelFunction quads;
    private final KernelFunction strided;
    private final ToDoubleFunction<O> p;
    private final ToDoubleFunction<O> q;

    private ElementwiseKernel(KernelSource source, ToDoubleFunction<O> p, ToDoubleFunction<O> q) {
        this.quads = source.function("quads");
        this.strided = source.function("strided");
        this.p = p;
        this.q = q;
    }

    /** A function of floats a, b, ...; {@code expression} is in CUDA C. */
    static <O extends Op> ElementwiseKernel<O> of(int operands, String expression) {
        return of(operands, expression, op -> 0, op -> 0);
    }

    /** A function of floats a, b, ... and two numbers p and q of the op. */
    static <O extends Op> ElementwiseKernel<O> of(int operands, String expression, ToDoubleFunction<O> p,
            ToDoubleFunction<O> q) {
        ElementType[] types = new ElementType[operands];
        Arrays.fill(types, ElementType.F32);
        return new ElementwiseKernel<>(source(expression, ElementType.F32, types), p, q);
    }

    /** A function of operands of these types. */
    static <O extends Op> ElementwiseKernel<O> typed(String expression, ElementType result, ElementType... operands) {
        return new ElementwiseKernel<>(source(expression, result, operands), op -> 0, op -> 0);
    }

    private static KernelSource source(String expression, ElementType result, ElementType... operands) {
        KernelSource source = Texts.of("elementwise.cu").with("OPERANDS", operands.length)
                .with("Y", Texts.type(result)).with("F(a, b, c, d, e, p, q)", "(" + expression + ")");
        for (int k = 0; k < operands.length; k++) {
            source = source.with(OPERANDS.get(k), Texts.type(operands[k]));
        }
        return source;
    }

    @Override
    public boolean accepts(O op, Tensor[] inputs) {
        return Kernel.super.accepts(op, inputs) && Loops.fit(inputs);
    }

    @Override
    public boolean strided(O op, int index) {
        return true;
    }

    @Override
    public void run(O op, Tensor[] inputs, Tensor[] outputs) {
        run(inputs, outputs[0], p.applyAsDouble(op), q.applyAsDouble(op));
    }

    /** Computes into a contiguous tensor. */
    void run(Tensor[] inputs, Tensor output, double first, double second) {
        CudaBackend cuda = CudaBackend.of(output);
        int steps = 0;
        boolean dense = aligned(output);
        for (int k = 0; k < inputs.length; k++) {
            boolean same = inputs[k].isContiguous() && inputs[k].size() == output.size() && aligned(inputs[k]);
            dense &= same || inputs[k].size() == 1;
            steps |= same ? 1 << k : 0;
        }
        if (dense) {
            Launch launch = cuda.launch(quads).over((output.size() + FOUR - 1) / FOUR).pointer(output)
                    .i64(output.size()).i32(steps).f32(first).f32(second);
            for (Tensor input : inputs) {
                launch.pointer(input);
            }
            launch.run();
            return;
        }
        Layout[] layouts = new Layout[inputs.length];
        for (int k = 0; k < inputs.length; k++) {
            layouts[k] = expanded(inputs[k].layout(), output.shape());
        }
        layouts = Loops.merged(layouts);
        Launch launch = cuda.launch(strided).over(output.size()).pointer(output).i64(output.size()).f32(first)
                .f32(second);
        for (Tensor input : inputs) {
            launch.pointer(input);
        }
        for (Layout layout : layouts) {
            launch.layout(layout);
        }
        launch.run();
    }

    private static boolean aligned(Tensor tensor) {
        return tensor.address() % (FOUR * tensor.type().byteSize()) == 0;
    }

    /** The layout with axes repeated up to a shape. */
    static Layout expanded(Layout layout, Shape shape) {
        Shape from = layout.shape();
        if (from.equals(shape)) {
            return layout;
        }
        int extra = shape.rank() - from.rank();
        long[] strides = new long[shape.rank()];
        for (int axis = extra; axis < strides.length; axis++) {
            strides[axis] = from.dim(axis - extra) == 1 ? 0 : layout.strides()[axis - extra];
        }
        return new Layout(shape, strides, layout.offset());
    }
}
