package dev.panacea.nn.layer;

import dev.panacea.nn.Initial;
import dev.panacea.nn.Parameter;
import dev.panacea.nn.Parameters;
import dev.panacea.nn.Pass;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import java.util.List;

/**
 * Batch normalisation of [B, C, H, W]: in training by the moments of the batch, which the running ones follow, in
 * evaluation by the running ones. As PyTorch has it: the running variance follows the unbiased variance of a batch. One
 * value for each channel has no variance: where PyTorch refuses such a batch, the running moments norm it, and stay.
 */
public final class BatchNorm2d implements Layer {
    private static final double MOMENTUM = 0.1;
    private static final double EPSILON = 1e-5;

    private final Parameter weight;
    private final Parameter bias;
    private final Parameter mean;
    private final Parameter variance;
    private final Parameter batches;

    /**
     * Makes {@code weight} (ones) and {@code bias} (zeros), both [channels], and the buffers {@code running_mean},
     * {@code running_var} and {@code num_batches_tracked}, a count that nothing here reads, in F32.
     */
    public BatchNorm2d(Parameters parameters, int channels) {
        weight = parameters.make("weight", Initial.ONES, channels);
        bias = parameters.make("bias", Initial.ZEROS, channels);
        mean = parameters.buffer("running_mean", Initial.ZEROS, channels);
        variance = parameters.buffer("running_var", Initial.ONES, channels);
        batches = parameters.buffer("num_batches_tracked", Initial.ZEROS);
    }

    @Override
    public <T extends TensorOps<T>> T forward(T x, Pass<T> pass) {
        Shape s = x.spec().shape();
        double values = (double) s.size() / weight.size();
        if (!pass.training() || values == 1) {
            return x.batchNorm2d(pass.of(weight), pass.of(bias), pass.of(mean), pass.of(variance), EPSILON);
        }
        List<T> normed = x.batchNorm2d(pass.of(weight), pass.of(bias), EPSILON);
        pass.update(mean, 1 - MOMENTUM, normed.get(1), MOMENTUM);
        pass.update(variance, 1 - MOMENTUM, normed.get(2), MOMENTUM * values / (values - 1));
        pass.update(batches, 1, x.lift(Tensor.scalar(1)), 1);
        return normed.getFirst();
    }
}
