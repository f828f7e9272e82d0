package dev.panacea.tensor.op;

import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import java.util.List;

/**
 * Gradient of {@link Conv2d} by its weight: inputs are the gradient g [B, O, OH, OW] of its output, and its input x
 * [B, C, H, W].
 *
 * @param conv the convolution
 * @param weight shape of its weight, [O, C / groups, KH, KW]
 */
public record Conv2dBackwardWeight(Conv2d conv, Shape weight) implements Op {
    @Override
    public String formula() {
        return "dw[o,c,u,v] = Σ_b,i,j g[b,o,i,j] · x[b, c, i·stride + u·dilation - padding, ..]";
    }

    @Override
    public List<Spec> shapes(List<Spec> in) {
        Check.count(this, in, 2, 2);
        Check.floats(this, in);
        Spec dw = in.getFirst().with(weight);
        Check.shape(this, "gradient", in.getFirst(), conv.result(this, in.get(1), dw));
        return List.of(dw);
    }

    @Override
    public void reference(Tensor[] in, Tensor[] out) {
        double[] dw = new double[(int) out[0].size()];
        conv.walk(in[1].shape(), weight, in[0].shape(),
                (x, w, y) -> dw[(int) w] += in[0].flat(y) * in[1].flat(x));
        for (int i = 0; i < dw.length; i++) {
            out[0].flat(i, dw[i]);
        }
    }

    /** The op is linear in both inputs, so its gradients are a convolution and a transposed one. */
    @Override
    public <T extends TensorOps<T>> List<T> vjp(Vjp<T> v) {
        T u = v.gradient();
        T byGradient = v.needs(0) ? v.input(1).conv2d(conv, u, null) : null;
        T byInput = v.needs(1)
                ? u.apply(new Conv2dBackwardInput(conv, v.spec(1).shape()), List.of(v.input(0), u)).getFirst() : null;
        return Vjp.of(byGradient, byInput);
    }

    @Override
    public List<Sample> samples() {
        return conv.samples().stream().map(sample -> {
            Shape x = sample.inputs().get(0).shape();
            Shape w = sample.inputs().get(1).shape();
            Conv2d each = (Conv2d) sample.op();
            Shape y = Shape.of(x.dim(0), w.dim(0), each.outputSize(x.dim(2), w.dim(2)),
                    each.outputSize(x.dim(3), w.dim(3)));
            return Sample.of(new Conv2dBackwardWeight(each, w), Input.real(y.dims()), Input.real(x.dims()))
                    .reduces(Math.max(1, y.size() / y.dim(1)));
        }).toList();
    }

    @Override
    public List<Refusal> refusals() {
        Conv2dBackwardWeight op = new Conv2dBackwardWeight(Conv2d.of(1, 1), Shape.of(5, 3, 3, 3));
        return List.of(new Refusal("conv2dBackwardWeight: gradient is [1, 4, 8, 8] (need [1, 5, 8, 8])",
                () -> Tensor.zeros(1, 4, 8, 8).apply(op, List.of(Tensor.zeros(1, 4, 8, 8), Tensor.zeros(1, 3, 8, 8)))));
    }
}
