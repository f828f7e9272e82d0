package dev.panacea.nn.layer;

import dev.panacea.nn.Pass;
import dev.panacea.tensor.TensorOps;

/** Stochastic depth: in training, whole samples of a residual branch are left out, and the others scaled up. */
public record DropPath(double rate) implements Layer {
    @Override
    public <T extends TensorOps<T>> T forward(T x, Pass<T> pass) {
        return isOff(pass) ? x : x.dropPath(rate, pass.random());
    }

    /** {@code residual + dropPath(branch(x))}, in the branch's last pass where nothing is dropped. */
    public <T extends TensorOps<T>> T add(T residual, T x, Branch branch, Pass<T> pass) {
        return isOff(pass) ? branch.forward(x, residual, pass) : residual.add(forward(branch.forward(x, pass), pass));
    }

    private boolean isOff(Pass<?> pass) {
        return rate == 0 || !pass.training();
    }

    /** The rate of block {@code number} of {@code count}: from 0 at the first to {@code last} at the last. */
    public static DropPath at(int number, int count, double last) {
        return new DropPath(count == 1 ? 0 : last * number / (count - 1));
    }
}
