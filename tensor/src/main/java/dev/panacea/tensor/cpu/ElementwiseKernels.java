package dev.panacea.tensor.cpu;

import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LE;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.NE;

import dev.panacea.tensor.Kernel;
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
import java.util.function.BiConsumer;
import jdk.incubator.vector.FloatVector;

/** The vector function of each elementwise op. */
final class ElementwiseKernels {
    private ElementwiseKernels() {}

    static void register(BiConsumer<Class<? extends Op>, Kernel<?>> put) {
        put.accept(Add.class, ElementwiseKernel.binary((a, b, p, q) -> a.add(b)));
        put.accept(Sub.class, ElementwiseKernel.binary((a, b, p, q) -> a.sub(b)));
        put.accept(Mul.class, ElementwiseKernel.binary((a, b, p, q) -> a.mul(b)));
        put.accept(Div.class, ElementwiseKernel.binary((a, b, p, q) -> a.div(b)));
        put.accept(Maximum.class, ElementwiseKernel.binary((a, b, p, q) -> a.max(b)));
        put.accept(Minimum.class, ElementwiseKernel.binary((a, b, p, q) -> a.min(b)));
        put.accept(Pow.class, ElementwiseKernel.of(() -> new PowLoop(false), op -> 0));
        put.accept(ReluBackward.class, ElementwiseKernel.binary((g, y, p, q) ->
                g.blend(0f, y.compare(LE, 0f))));
        put.accept(Eq.class, ElementwiseKernel.test((a, b) -> a.compare(EQ, b)));
        put.accept(Ne.class, ElementwiseKernel.test((a, b) -> a.compare(NE, b)));
        put.accept(Lt.class, ElementwiseKernel.test((a, b) -> a.compare(LT, b)));
        put.accept(Le.class, ElementwiseKernel.test((a, b) -> a.compare(LE, b)));
        put.accept(Gt.class, ElementwiseKernel.test((a, b) -> a.compare(GT, b)));
        put.accept(Ge.class, ElementwiseKernel.test((a, b) -> a.compare(GE, b)));
        put.accept(Where.class, ElementwiseKernel.select());
        put.accept(Neg.class, ElementwiseKernel.unary((x, p, q) -> x.neg()));
        put.accept(Abs.class, ElementwiseKernel.unary((x, p, q) -> x.abs()));
        put.accept(Sign.class, ElementwiseKernel.unary((x, p, q) ->
                x.blend(1f, x.compare(GT, 0f)).blend(-1f, x.compare(LT, 0f))));
        put.accept(Exp.class, ElementwiseKernel.unary((x, p, q) -> VectorMath.exp(x)));
        put.accept(Log.class, ElementwiseKernel.unary((x, p, q) -> VectorMath.log(x)));
        put.accept(Sqrt.class, ElementwiseKernel.unary((x, p, q) -> x.sqrt()));
        put.accept(Rsqrt.class, ElementwiseKernel.unary((x, p, q) -> VectorMath.rsqrt(x)));
        put.accept(Sigmoid.class, ElementwiseKernel.unary((x, p, q) -> VectorMath.sigmoid(x)));
        put.accept(Tanh.class, ElementwiseKernel.unary((x, p, q) -> VectorMath.tanh(x)));
        put.accept(Relu.class, ElementwiseKernel.unary((x, p, q) -> x.blend(0f, x.compare(LE, 0f))));
        put.accept(Clamp.class, ElementwiseKernel.<Clamp>unary((x, p, q) ->
                x.blend(p, x.compare(LT, p)).blend(q, x.compare(GT, q)), Clamp::low, Clamp::high));
        put.accept(Affine.class, ElementwiseKernel.<Affine>unary((x, p, q) ->
                x.fma(FloatVector.broadcast(VectorWidth.FLOATS, p), FloatVector.broadcast(VectorWidth.FLOATS, q)),
                Affine::scale, Affine::shift));
        put.accept(Gelu.class, new EitherKernel<>(Gelu::tanh,
                ElementwiseKernel.unary((x, p, q) -> VectorMath.geluTanh(x)),
                ElementwiseKernel.unary((x, p, q) -> VectorMath.gelu(x))));
        put.accept(GeluBackward.class, new EitherKernel<>(GeluBackward::tanh,
                ElementwiseKernel.binary((g, x, p, q) -> g.mul(VectorMath.geluTanhGradient(x))),
                ElementwiseKernel.binary((g, x, p, q) -> g.mul(VectorMath.geluGradient(x)))));
        put.accept(PowScalar.class, new PowScalarKernel());
    }
}
