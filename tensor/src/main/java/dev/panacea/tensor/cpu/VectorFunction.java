package dev.panacea.tensor.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** The function in an elementwise loop, on whole vectors, with two numbers that are the same for all elements. */
sealed interface VectorFunction {
    /** One operand. */
    non-sealed interface Unary extends VectorFunction {
        FloatVector apply(FloatVector x, float p, float q);
    }

    /** Two operands. */
    non-sealed interface Binary extends VectorFunction {
        FloatVector apply(FloatVector a, FloatVector b, float p, float q);
    }

    /** Two operands and a yes or no. */
    non-sealed interface Test extends VectorFunction {
        VectorMask<Float> apply(FloatVector a, FloatVector b);
    }
}
