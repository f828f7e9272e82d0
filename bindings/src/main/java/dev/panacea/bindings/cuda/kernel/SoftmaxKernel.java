package dev.panacea.bindings.cuda.kernel;

import dev.panacea.bindings.cuda.CudaBackend;
import dev.panacea.bindings.cuda.KernelFunction;
import dev.panacea.bindings.cuda.KernelSource;
import dev.panacea.bindings.cuda.Launch;
import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.op.LogSoftmax;
import dev.panacea.tensor.op.LogSoftmaxBackward;
import dev.panacea.tensor.op.Op;
import dev.panacea.tensor.op.Softmax;
import dev.panacea.tensor.op.SoftmaxBackward;
import java.util.function.ToIntFunction;

/**
 * Softmax, its logarithm, and their gradients.
 *
 * @param <O> the op
 */
final class SoftmaxKernel<O extends Op> implements Kernel<O> {
    private static final KernelSource PLAIN = Texts.of("softmax.cu");
    private static final KernelSource LOGARITHM = PLAIN.with("LOGARITHM", "");

    private final KernelFunction rows;
    private final KernelFunction columns;
    private final ToIntFunction<O> axis;

    private SoftmaxKernel(KernelSource source, String suffix, ToIntFunction<O> axis) {
        this.rows = source.function("rows" + suffix);
        this.columns = source.function("columns" + suffix);
        this.axis = axis;
    }

    static Kernel<Softmax> plain() {
        return new SoftmaxKernel<>(PLAIN, "", Softmax::axis);
    }

    static Kernel<SoftmaxBackward> plainBackward() {
        return new SoftmaxKernel<>(PLAIN, "_backward", SoftmaxBackward::axis);
    }

    static Kernel<LogSoftmax> logarithm() {
        return new SoftmaxKernel<>(LOGARITHM, "", LogSoftmax::axis);
    }

    static Kernel<LogSoftmaxBackward> logarithmBackward() {
        return new SoftmaxKernel<>(LOGARITHM, "_backward", LogSoftmaxBackward::axis);
    }

    @Override
    public void run(O op, Tensor[] inputs, Tensor[] outputs) {
        Rows form = Rows.of(inputs[0].shape(), axis.applyAsInt(op));
        Launch launch = form.launch(CudaBackend.of(outputs[0]), rows, columns).pointer(outputs[0]);
        for (Tensor input : inputs) {
            launch.pointer(input);
        }
        form.sizes(launch).run();
    }
}
