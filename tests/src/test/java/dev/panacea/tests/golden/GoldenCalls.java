package dev.panacea.tests.golden;

import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import dev.panacea.tensor.op.Conv2d;
import dev.panacea.tensor.op.Pad;
import java.util.List;
import java.util.Locale;

/** How each golden case is said in the fluent ops. */
final class GoldenCalls {
    private GoldenCalls() {}

    static <T extends TensorOps<T>> List<T> call(GoldenCase c, List<T> in) {
        T x = in.getFirst();
        T y = in.size() > 1 ? in.get(1) : null;
        T z = in.size() > 2 ? in.get(2) : null;
        return switch (c.op()) {
            case "add" -> List.of(x.add(y));
            case "sub" -> List.of(x.sub(y));
            case "div" -> List.of(x.div(y));
            case "pow" -> List.of(x.pow(y));
            case "power" -> List.of(x.pow(c.real("exponent")));
            case "maximum" -> List.of(x.maximum(y));
            case "minimum" -> List.of(x.minimum(y));
            case "affine" -> List.of(x.affine(c.real("scale"), c.real("shift")));
            case "neg" -> List.of(x.neg());
            case "exp" -> List.of(x.exp());
            case "log" -> List.of(x.log());
            case "sqrt" -> List.of(x.sqrt());
            case "rsqrt" -> List.of(x.rsqrt());
            case "abs" -> List.of(x.abs());
            case "clamp" -> List.of(x.clamp(c.real("low"), c.real("high")));
            case "sigmoid" -> List.of(x.sigmoid());
            case "tanh" -> List.of(x.tanh());
            case "relu" -> List.of(x.relu());
            case "gelu" -> List.of(c.flag("tanh") ? x.geluTanh() : x.gelu());
            case "where" -> List.of(y.where(x, z));
            case "eq" -> List.of(x.eq(y));
            case "ne" -> List.of(x.ne(y));
            case "lt" -> List.of(x.lt(y));
            case "le" -> List.of(x.le(y));
            case "gt" -> List.of(x.gt(y));
            case "ge" -> List.of(x.ge(y));
            case "mul" -> List.of(x.mul(y));
            case "sum" -> List.of(x.sum(c.flag("keep"), c.wholes("axes")));
            case "mean" -> List.of(x.mean(c.flag("keep"), c.wholes("axes")));
            case "max" -> List.of(x.max(c.flag("keep"), c.wholes("axes")));
            case "min" -> List.of(x.min(c.flag("keep"), c.wholes("axes")));
            case "variance" -> List.of(x.variance(c.whole("correction"), c.flag("keep"), c.wholes("axes")));
            case "argmax" -> List.of(x.argmax(c.flag("keep"), c.whole("axis")));
            case "logSoftmax" -> List.of(x.logSoftmax(c.whole("axis")));
            case "layerNorm" -> List.of(x.layerNorm(y, z, c.real("epsilon")));
            case "batchNorm2d" -> c.flag("training") ? batchNorm2d(c, in)
                    : List.of(x.batchNorm2d(y, z, in.get(3), in.get(4), c.real("epsilon")));
            case "l2Normalize" -> List.of(x.l2Normalize(c.whole("axis"), c.real("epsilon")));
            case "softmax" -> List.of(x.softmax(c.whole("axis")));
            case "matmul" -> List.of(switch (c.attributes().getOrDefault("transpose", "none")) {
                case "left" -> x.transpose(-1, -2).matmul(y);
                case "right" -> x.matmul(y.transpose(-1, -2));
                case "both" -> x.transpose(-1, -2).matmul(y.transpose(-1, -2));
                default -> x.matmul(y);
            });
            case "einsum" -> List.of(x.einsum(c.text("equation"), y));
            case "linear" -> List.of(c.flag("gelu") ? x.linearGelu(y, z) : x.linear(y, z));
            case "conv2d" -> List.of(x.conv2d(new Conv2d(c.whole("stride"), c.whole("padding"), c.whole("dilation"),
                    c.whole("groups")), y, z));
            case "maxPool2d" -> List.of(x.maxPool2d(c.whole("kernel"), c.whole("stride"), c.whole("padding")));
            case "avgPool2d" -> List.of(x.avgPool2d(c.whole("kernel"), c.whole("stride"), c.whole("padding")));
            case "adaptiveAvgPool2d" -> List.of(x.adaptiveAvgPool2d(c.wholes("size")[0], c.wholes("size")[1]));
            case "bilinear" -> List.of(x.bilinear(c.wholes("size")[0], c.wholes("size")[1], c.flag("align")));
            case "nearest" -> List.of(x.nearest(c.wholes("size")[0], c.wholes("size")[1]));
            case "gather" -> List.of(x.gather(c.whole("axis"), c.inputs().get(1)));
            case "indexSelect" -> List.of(x.indexSelect(c.whole("axis"), c.inputs().get(1)));
            case "scatterAdd" -> List.of(x.scatterAdd(c.whole("axis"), c.inputs().get(1), z));
            case "concat" -> List.of(TensorOps.concat(c.whole("axis"), in));
            case "stack" -> List.of(TensorOps.stack(c.whole("axis"), in));
            case "split" -> x.split(c.whole("axis"), c.wholes("sizes"));
            case "pad" -> List.of(x.pad(c.wholes("before"), c.wholes("after"),
                    Pad.Mode.valueOf(c.text("mode").toUpperCase(Locale.ROOT)), c.real("value")));
            case "roll" -> List.of(x.roll(c.wholes("shifts"), c.wholes("axes")));
            case "flip" -> List.of(x.flip(c.wholes("axes")));
            case "attention" -> List.of(attention(in));
            case "windowAttention" -> List.of(x.windowAttention(y, c.whole("window"), c.whole("shift")));
            case "crossEntropy" -> List.of(x.crossEntropy(y));
            case "bceWithLogits" -> List.of(z == null ? x.bceWithLogits(y) : x.bceWithLogits(y, z));
            case "mse" -> List.of(x.mse(y));
            case "adamW", "sgd", "lion", "ema" -> GoldenTraining.run(c, in);
            case "clip" -> GoldenTraining.clip(c, in);
            default -> throw new AssertionError(c.name() + ": no call for op " + c.op());
        };
    }

    /** PyTorch's running moments move by the momentum towards the batch's, the variance of the batch unbiased. */
    private static <T extends TensorOps<T>> List<T> batchNorm2d(GoldenCase c, List<T> in) {
        T x = in.getFirst();
        List<T> batch = x.batchNorm2d(in.get(1), in.get(2), c.real("epsilon"));
        double n = (double) x.spec().shape().size() / x.spec().dim(1);
        T old = x.lift(Tensor.scalar(1 - c.real("momentum")));
        return List.of(batch.getFirst(),
                in.get(3).mul(old).add(batch.get(1).mul(x.lift(Tensor.scalar(c.real("momentum"))))),
                in.get(4).mul(old).add(batch.get(2).mul(x.lift(Tensor.scalar(c.real("momentum") * n / (n - 1))))));
    }

    private static <T extends TensorOps<T>> T attention(List<T> in) {
        T query = in.getFirst();
        double scale = 1 / Math.sqrt(query.spec().dim(3));
        return switch (in.size()) {
            case 3 -> query.attention(in.get(1), in.get(2), scale);
            case 4 -> query.attention(in.get(1), in.get(2), scale, in.get(3));
            default -> query.attention(in.get(1), in.get(2), scale, in.get(3), in.get(4));
        };
    }
}
