package dev.panacea.tensor.op;

import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import java.util.List;
import java.util.stream.Stream;

/**
 * Gradient of a {@link Resampling}: the transposed maps along rows and columns, applied to the gradient g
 * [B, C, OH, OW] of its output.
 *
 * @param resampling the op
 * @param input shape of its input, [B, C, H, W]
 */
public record ResamplingBackward(Resampling resampling, Shape input) implements Op {
    @Override
    public String formula() {
        return "dx = Rᵀ · g · S where y = R · x · Sᵀ";
    }

    @Override
    public List<Spec> shapes(List<Spec> in) {
        Check.count(this, in, 1, 1);
        Spec x = in.getFirst().with(input);
        Check.shape(this, "gradient", in.getFirst(), resampling.shapes(List.of(x)).getFirst().shape());
        return List.of(x);
    }

    @Override
    public void reference(Tensor[] in, Tensor[] out) {
        Resampling.map(resampling.taps(2, input.dim(2)).transposed(), resampling.taps(3, input.dim(3)).transposed(),
                in[0], out[0]);
    }

    @Override
    public boolean savesInput(int index) {
        return false;
    }

    @Override
    public <T extends TensorOps<T>> List<T> vjp(Vjp<T> v) {
        return v.gradient().apply(resampling, List.of(v.gradient()));
    }

    @Override
    public List<Sample> samples() {
        return Stream.of(new AvgPool2d(1, 1, 0), new AdaptiveAvgPool2d(1, 1), new Bilinear(1, 1, false),
                new Bicubic(1, 1, false), new Nearest(1, 1)).flatMap(op -> op.samples().stream()).map(sample -> {
            Resampling op = (Resampling) sample.op();
            Spec x = new Spec(sample.inputs().getFirst().shape(), sample.inputs().getFirst().type());
            Shape y = op.shapes(List.of(x)).getFirst().shape();
            long most = Math.max(1, y.size() / Math.max(1, x.shape().product(0, 2)));
            return Sample.of(new ResamplingBackward(op, x.shape()), Input.real(y.dims())).reduces(most);
        }).toList();
    }

    @Override
    public List<Refusal> refusals() {
        ResamplingBackward op = new ResamplingBackward(new Nearest(2, 2), Shape.of(1, 2, 4, 4));
        return List.of(new Refusal("resamplingBackward: gradient is [1, 2, 3, 3] (need [1, 2, 2, 2])",
                () -> Tensor.zeros(1, 2, 3, 3).apply(op, List.of(Tensor.zeros(1, 2, 3, 3)))));
    }
}
