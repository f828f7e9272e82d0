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

    /** The layout of output number {@code output}, for views that give several. */
    default Layout view(Layout input, int output) {
        return view(input);
    }

    /** Copies through the view, so that views sweep like every other op. */
    @Override
    default void reference(Tensor[] in, Tensor[] out) {
        Tensor x = view(in[0].layout()) == null ? in[0].contiguous() : in[0];
        for (int k = 0; k < out.length; k++) {
            Tensor seen = x.alias(view(x.layout(), k));
            for (long i = 0; i < out[k].size(); i++) {
                out[k].flat(i, seen.flat(i));
            }
        }
    }

    /** A view's gradient needs the input's shape alone. */
    @Override
    default boolean savesInput(int index) {
        return false;
    }
}
