package dev.panacea.nn.weight.pickle;

import dev.panacea.tensor.io.StoredType;
import java.util.ArrayList;
import java.util.List;

/**
 * A value of a pickle: data and nothing else. Containers may hold themselves, so whoever walks them bounds depth and
 * steps; they are compared by identity.
 */
public sealed interface Pickled {
    /**
     * A value without parts.
     *
     * @param value null, a Boolean, Long, BigInteger, Double or String
     */
    record Scalar(Object value) implements Pickled {
        /**
         * The value as Python writes it, texts without quotes.
         *
         * @return the text
         */
        public String text() {
            return switch (value) {
                case null -> "None";
                case Boolean truth -> truth ? "True" : "False";
                default -> value.toString();
            };
        }
    }

    /**
     * Bytes.
     *
     * @param latin1 one character for each byte; of very long ones, a remark
     */
    record Bytes(String latin1) implements Pickled {}

    /**
     * A class or function by name, not looked for.
     *
     * @param text module and name, joined by a dot
     */
    record Name(String text) implements Pickled {}

    /**
     * A block of elements outside the pickle.
     *
     * @param type     the type of its elements; null where it is one that tensors here do not have
     * @param key      what its bytes are found by
     * @param elements how many it holds, says the pickle
     */
    record Storage(StoredType type, String key, long elements) implements Pickled {}

    /**
     * A view of a storage; its elements lie inside what the storage claims.
     *
     * @param storage where its elements lie
     * @param type    their type
     * @param offset  the first, in elements
     * @param shape   the sizes of the axes
     * @param strides elements from one index to the next, one for each axis, none negative
     */
    record View(Storage storage, StoredType type, long offset, List<Long> shape, List<Long> strides)
            implements Pickled {}

    /** A list, tuple or set. */
    final class Sequence implements Pickled {
        private final List<Pickled> items;

        Sequence(List<Pickled> items) {
            this.items = items;
        }

        /**
         * What it holds.
         *
         * @return the items in order
         */
        public List<Pickled> items() {
            return items;
        }
    }

    /**
     * One entry of a dictionary.
     *
     * @param key   any value
     * @param value any value
     */
    record Entry(Pickled key, Pickled value) {}

    /**
     * A dictionary, or a stand-in for an object of an unknown class: what it was called with, and what it was filled
     * with afterwards.
     */
    final class Instance implements Pickled {
        private final Name type;
        private final List<Pickled> arguments;
        private final List<Pickled> items = new ArrayList<>();
        private final List<Entry> entries = new ArrayList<>();
        private Pickled state;

        Instance(Name type, List<Pickled> arguments) {
            this.type = type;
            this.arguments = arguments;
        }

        /**
         * The class or function that was to be called.
         *
         * @return its name; null for a plain or ordered dictionary
         */
        public Name type() {
            return type;
        }

        /**
         * What it was to be called with.
         *
         * @return the arguments in order
         */
        public List<Pickled> arguments() {
            return arguments;
        }

        /**
         * What was appended, as to a list.
         *
         * @return the items in order
         */
        public List<Pickled> items() {
            return items;
        }

        /**
         * What was set, as in a dictionary.
         *
         * @return the entries in order, perhaps with a key given twice
         */
        public List<Entry> entries() {
            return entries;
        }

        /**
         * The attributes that the object was to have.
         *
         * @return usually a dictionary; null where there are none
         */
        public Pickled state() {
            return state;
        }

        void state(Pickled attributes) {
            state = attributes;
        }
    }
}
