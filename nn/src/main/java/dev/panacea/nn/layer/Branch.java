package dev.panacea.nn.layer;

import dev.panacea.nn.Pass;
import dev.panacea.tensor.TensorOps;

/** A layer that ends in a linear one, which can add the residual as it goes. */
public interface Branch extends Layer {
    /**
     * Computes the output and adds a residual of its shape.
     *
     * @param residual what is added, or null
     */
    <T extends TensorOps<T>> T forward(T x, T residual, Pass<T> pass);

    @Override
    default <T extends TensorOps<T>> T forward(T x, Pass<T> pass) {
        return forward(x, null, pass);
    }
}
