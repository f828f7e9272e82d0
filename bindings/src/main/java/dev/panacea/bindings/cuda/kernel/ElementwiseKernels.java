package dev.panacea.bindings.cuda.kernel;

import dev.panacea.tensor.ElementType;
import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.op.Abs;
import dev.panacea.tensor.op.Add;
import dev.panacea.tensor.op.Affine;
import dev.panacea.tensor.op.Clamp;
import dev.panacea.tensor.op.Div;
import dev.panacea.tensor.op.Eq;
import dev.panacea.tensor.op.Exp;
import dev.panacea.tensor.op.Ge;
import dev.panacea.tensor.op.Gelu;
import dev.panacea.tensor.op.GeluBackward;
import dev.panacea.tensor.op.Gt;
import dev.panacea.tensor.op.Le;
import dev.panacea.tensor.op.Log;
import dev.panacea.tensor.op.Lt;
import dev.panacea.tensor.op.Maximum;
import dev.panacea.tensor.op.Minimum;
import dev.panacea.tensor.op.Mul;
import dev.panacea.tensor.op.Ne;
import dev.panacea.tensor.op.Neg;
import dev.panacea.tensor.op.Op;
import dev.panacea.tensor.op.Pow;
import dev.panacea.tensor.op.PowScalar;
import dev.panacea.tensor.op.Relu;
import dev.panacea.tensor.op.ReluBackward;
import dev.panacea.tensor.op.Rsqrt;
import dev.panacea.tensor.op.Sigmoid;
import dev.panacea.tensor.op.Sign;
import dev.panacea.tensor.op.Sqrt;
import dev.panacea.tensor.op.Sub;
import dev.panacea.tensor.op.Tanh;
import dev.panacea.tensor.op.Where;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Predicate;

/** The function of each elementwise op, in CUDA C. */
final class ElementwiseKernels {
    /** The logistic function of twice the inner part of GELU's tanh form, and that part's slope. */
    private static final String LOGISTIC = "(1 / (1 + expf(-1.5957692f * (X + 0.044715f * X * X * X))))";
    private static final String INNER_SLOPE = "(1.5957692f * (1 + 0.134145f * X * X))";

    private ElementwiseKernels() {}

    static void register(BiConsumer<Class<? extends Op>, Kernel<?>> put) {
        put.accept(Add.class, ElementwiseKernel.of(2, "a + b"));
        put.accept(Sub.class, ElementwiseKernel.of(2, "a - b"));
        put.accept(Mul.class, ElementwiseKernel.of(2, "a * b"));
        put.accept(Div.class, ElementwiseKernel.of(2, "a / b"));
        put.accept(Maximum.class, ElementwiseKernel.of(2, "larger(a, b)"));
        put.accept(Minimum.class, ElementwiseKernel.of(2, "smaller(a, b)"));
        put.accept(Pow.class, ElementwiseKernel.of(2, "powf(a, b)"));
        put.accept(ReluBackward.class, ElementwiseKernel.of(2, "b <= 0 ? 0 : a"));
        put.accept(Where.class, ElementwiseKernel.typed("a != 0 ? b : c", ElementType.F32, ElementType.U8,
                ElementType.F32, ElementType.F32));
        put.accept(Neg.class, ElementwiseKernel.of(1, "-a"));
        put.accept(Abs.class, ElementwiseKernel.of(1, "fabsf(a)"));
        put.accept(Sign.class, ElementwiseKernel.of(1, "a > 0 ? 1 : a < 0 ? -1 : a"));
        put.accept(Exp.class, ElementwiseKernel.of(1, "expf(a)"));
        put.accept(Log.class, ElementwiseKernel.of(1, "logf(a)"));
        put.accept(Sqrt.class, ElementwiseKernel.of(1, "sqrtf(a)"));
        put.accept(Rsqrt.class, ElementwiseKernel.of(1, "1 / sqrtf(a)"));
        put.accept(Sigmoid.class, ElementwiseKernel.of(1, "1 / (1 + expf(-a))"));
        put.accept(Tanh.class, ElementwiseKernel.of(1, "tanhf(a)"));
        put.accept(Relu.class, ElementwiseKernel.of(1, "a <= 0 ? 0 : a"));
        put.accept(Clamp.class, ElementwiseKernel.<Clamp>of(1, "a < p ? p : a > q ? q : a", Clamp::low, Clamp::high));
        put.accept(Affine.class, ElementwiseKernel.<Affine>of(1, "fmaf(a, p, q)", Affine::scale, Affine::shift));
        put.accept(PowScalar.class, ElementwiseKernel.<PowScalar>of(1, "p == 2 ? a * a : powf(a, p)",
                PowScalar::exponent, op -> 0));
        put.accept(Gelu.class, new Either<>(Gelu::tanh, ElementwiseKernel.of(1, "a * " + LOGISTIC.replace("X", "a")),
                RoundingKernel.of(1, "gelu(a)")));
        String logistic = LOGISTIC.replace("X", "b");
        put.accept(GeluBackward.class, new Either<>(GeluBackward::tanh,
                ElementwiseKernel.of(2, "a * " + logistic + " * (1 + b * (1 - " + logistic + ") * "
                        + INNER_SLOPE.replace("X", "b") + ")"),
                RoundingKernel.of(2, "a * gelu_slope(b)")));
        put.accept(Eq.class, new ComparisonKernel<>("a == b"));
        put.accept(Ne.class, new ComparisonKernel<>("a != b"));
        put.accept(Lt.class, new ComparisonKernel<>("a < b"));
        put.accept(Le.class, new ComparisonKernel<>("a <= b"));
        put.accept(Gt.class, new ComparisonKernel<>("a > b"));
        put.accept(Ge.class, new ComparisonKernel<>("a >= b"));
    }

    /** Of two kernels the one that the op's attribute asks for. */
    private record Either<O extends Op>(Predicate<O> first, Kernel<O> yes, Kernel<O> no) implements Kernel<O> {
        @Override
        public boolean accepts(O op, Tensor[] inputs) {
            return yes.accepts(op, inputs);
        }

        @Override
        public boolean strided(O op, int index) {
            return true;
        }

        @Override
        public void run(O op, Tensor[] inputs, Tensor[] outputs) {
            (first.test(op) ? yes : no).run(op, inputs, outputs);
        }
    }

    /** A mask from two operands of any type that the card has arithmetic for. */
    private static final class ComparisonKernel<O extends Op> implements Kernel<O> {
        private final Map<ElementType, ElementwiseKernel<O>> kernels = new EnumMap<>(ElementType.class);

        ComparisonKernel(String expression) {
            for (ElementType type : ElementType.values()) {
                if (type != ElementType.BF16) {
                    kernels.put(type, ElementwiseKernel.typed(expression, ElementType.U8, type, type));
                }
            }
        }

        @Override
        public boolean accepts(O op, Tensor[] inputs) {
            return kernels.containsKey(inputs[0].type()) && Loops.fit(inputs);
        }

        @Override
        public boolean strided(O op, int index) {
            return true;
        }

        @Override
        public void run(O op, Tensor[] inputs, Tensor[] outputs) {
            kernels.get(inputs[0].type()).run(op, inputs, outputs);
        }
    }
}
