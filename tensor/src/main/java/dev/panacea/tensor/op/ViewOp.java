package dev.panacea.tensor.op;

import dev.panacea.tensor.Layout;
import dev.panacea.tensor.Tensor;

/** An op whose result shares its input's memory: nothing is computed, the elements are only seen differently. */
public interface ViewOp extends Op {
    /**
     * The layout of the result over the input's memory, or null where these strides cannot express it; the input is
     * then copied to a contiguous tensor first.
     */
    Layout view(Layout input);

    /** Copies through the view, so that views sweep like every other op. */
    @Override
    default void reference(Tensor[] in, Tensor[] out) {
        Layout layout = view(in[0].layout());
        Tensor seen = layout == null
                ? in[0].contiguous().alias(view(Layout.contiguous(in[0].shape())))
                : in[0].alias(layout);
        for (long i = 0; i < out[0].size(); i++) {
            out[0].flat(i, seen.flat(i));
        }
    }

    /** A view's gradient needs the input's shape alone. */
    @Override
    default boolean savesInput(int index) {
        return false;
    }
}
