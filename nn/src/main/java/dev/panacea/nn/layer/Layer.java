package dev.panacea.nn.layer;

import dev.panacea.nn.Pass;
import dev.panacea.tensor.TensorOps;

/** A part of a model that takes one tensor and gives one. Written once for tensors and variables. */
public interface Layer {
    /** Computes the output. */
    <T extends TensorOps<T>> T forward(T x, Pass<T> pass);
}
