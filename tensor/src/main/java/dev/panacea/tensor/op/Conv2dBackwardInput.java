package dev.panacea.tensor.op;

import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import java.util.List;

/**
 * Gradient of {@link Conv2d} by its input, which is the transposed convolution: inputs are the gradient g
 * [B, O, OH, OW] of its output, and its weight [O, C / groups, KH, KW].
 *
 * @param conv the convolution
 * @param input shape of its input, [B, C, H, W]
 */
public record Conv2dBackwardInput(Conv2d conv, Shape input) implements Op {
    @Override
    public String formula() {
        return "dx[b,c,..] = Σ_o,u,v g[b,o,i,j] · w[o,c,u,v] over all windows (i, j) that saw the element";
    }

    @Override
    public List<Spec> shapes(List<Spec> in) {
        Check.count(this, in, 2, 2);
        Check.floats(this, in);
        Spec x = in.getFirst().with(input);
        Check.shape(this, "gradient", in.getFirst(), conv.result(this, x, in.get(1)));
        return List.of(x);
    }

    @Override
    public void reference(Tensor[] in, Tensor[] out) {
        double[] dx = new double[(int) out[0].size()];
        conv.walk(input, in[1].shape(), in[0].shape(),
                (x, w, y) -> dx[(int) x] += in[0].flat(y) * in[1].flat(w));
        for (int i = 0; i < dx.length; i++) {
            out[0].flat(i, dx[i]);
        }
    }

    /** The op is linear in both inputs, so its gradients are a convolution and a weight gradient. */
    @Override
    public <T extends TensorOps<T>> List<T> vjp(Vjp<T> v) {
        T u = v.gradient();
        T byGradient = v.needs(0) ? u.conv2d(conv, v.input(1), null) : null;
        T byWeight = v.needs(1)
                ? u.apply(new Conv2dBackwardWeight(conv, v.spec(1).shape()), List.of(v.input(0), u)).getFirst() : null;
        return Vjp.of(byGradient, byWeight);
    }

    @Override
    public List<Sample> samples() {
        return conv.samples().stream().map(sample -> {
            Shape x = sample.inputs().get(0).shape();
            Shape w = sample.inputs().get(1).shape();
            Conv2d each = (Conv2d) sample.op();
            Shape y = Shape.of(x.dim(0), w.dim(0), each.outputSize(x.dim(2), w.dim(2)),
                    each.outputSize(x.dim(3), w.dim(3)));
            return Sample.of(new Conv2dBackwardInput(each, x), Input.real(y.dims()), Input.real(w.dims()))
                    .reduces(w.size() / w.dim(1));
        }).toList();
    }

    @Override
    public List<Refusal> refusals() {
        Conv2dBackwardInput op = new Conv2dBackwardInput(Conv2d.of(2, 1), Shape.of(1, 3, 8, 8));
        return List.of(new Refusal("conv2dBackwardInput: gradient is [1, 5, 8, 8] (need [1, 5, 4, 4])",
                () -> Tensor.zeros(1).apply(op, List.of(Tensor.zeros(1, 5, 8, 8), Tensor.zeros(5, 3, 3, 3)))));
    }
}
