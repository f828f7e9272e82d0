package dev.panacea.ace.example;

import dev.panacea.ace.drawn.Box;
import java.util.List;

/** Examples by number, for any thread to ask for. */
public interface Examples {
    /** How many there are. */
    int size();

    /** What messages call one, such as its file. */
    String name(int number);

    /** The targets of one, without decoding anything; see {@link Example}. */
    float[] targets(int number);

    /**
     * One of them, decoded.
     *
     * @throws dev.panacea.tensor.DataException if picture or masks cannot be read
     */
    Example read(int number);

    /** Boxes round what a label says of one, in shares of the picture's sides; none where none are known. */
    default List<Box> boxes(int number, int label) {
        return List.of();
    }

    /** Those of these numbers, in this order. */
    default Examples some(int[] numbers) {
        return new SomeExamples(this, numbers);
    }
}
