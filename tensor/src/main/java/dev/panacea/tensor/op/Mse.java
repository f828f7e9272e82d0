package dev.panacea.tensor.op;

import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import java.util.List;

/** Mean of the squared differences of two tensors of one shape. */
public record Mse() implements Op {
    @Override
    public String formula() {
        return "y = mean (a - b)²";
    }

    @Override
    public List<Spec> shapes(List<Spec> in) {
        Check.count(this, in, 2, 2);
        Check.floats(this, in);
        Check.shape(this, "target", in.get(1), in.get(0).shape());
        return List.of(in.getFirst().with(Shape.SCALAR));
    }

    @Override
    public void reference(Tensor[] in, Tensor[] out) {
        double sum = 0;
        for (long i = 0; i < in[0].size(); i++) {
            double difference = in[0].flat(i) - in[1].flat(i);
            sum += difference * difference;
        }
        out[0].flat(0, sum / in[0].size());
    }

    @Override
    public <T extends TensorOps<T>> List<T> vjp(Vjp<T> v) {
        T scale = v.gradient().affine(2.0 / v.spec(0).shape().size(), 0);
        T slope = v.input(0).sub(v.input(1)).mul(scale);
        return Vjp.of(slope, v.needs(1) ? slope.neg() : null);
    }

    @Override
    public List<Sample> samples() {
        return List.of(
                Sample.of(this, Input.real(7), Input.real(7)),
                Sample.of(this, Input.real(3, 5, 17), Input.real(3, 5, 17)),
                Sample.of(this, Input.real(), Input.real()),
                Sample.of(this, Input.real(83, 257), Input.real(83, 257)));
    }

    @Override
    public List<Refusal> refusals() {
        return List.of(new Refusal("mse: target is [3] (need [2])", () -> Tensor.zeros(2).mse(Tensor.zeros(3))));
    }
}
