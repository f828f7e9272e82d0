package dev.panacea.ace.train;

import dev.panacea.tensor.TensorOps;
import java.util.List;

/**
 * Is told what each part of a step has made, as soon as it is made: for lessons, which show it. It may read what it is
 * given while it is being told, and keeps and changes nothing.
 */
@FunctionalInterface
public interface StepWatch {
    /** Nobody looks. */
    StepWatch NONE = (room, in, out) -> {};

    /**
     * A part is done.
     *
     * @param room the class that did it, with its method where it has several, such as {@code Teacher.encode}
     * @param in what it was given
     * @param out what it made: tensors, or variables where a gradient flows
     */
    void made(String room, List<? extends TensorOps<?>> in, List<? extends TensorOps<?>> out);
}
