package dev.panacea.nn.weight;

import java.util.Optional;

/**
 * What to take from a file of weights. All may be absent: then it is found out, and anything unclear is an error.
 *
 * @param naming whose names the file has; absent, they tell
 * @param part what to take of a file that holds several models, such as {@code student} or {@code teacher}; absent, the
 *     only one, or else the teacher: it is the mean of all students over time, and what DINO and ACE evaluate
 * @param into what stands before the names of the backbone in the model that is filled, such as {@code backbone.};
 *     absent, the model tells
 */
public record LoadOptions(Optional<Naming> naming, Optional<String> part, Optional<String> into) {
    /** Everything is found out. */
    public static final LoadOptions DEFAULT =
            new LoadOptions(Optional.empty(), Optional.empty(), Optional.empty());

    /** The same for a file of that naming. */
    public LoadOptions withNaming(Naming given) {
        return new LoadOptions(Optional.of(given), part, into);
    }

    /** The same for that part of the file; {@code ""} is what has no name before its own. */
    public LoadOptions withPart(String given) {
        return new LoadOptions(naming, Optional.of(given), into);
    }

    /** The same for the backbone of that prefix in the model. */
    public LoadOptions withInto(String given) {
        return new LoadOptions(naming, part, Optional.of(given));
    }
}
