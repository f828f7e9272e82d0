package dev.panacea.autograd;

import java.util.List;
import java.util.function.Function;

/**
 * A block whose inner values are not kept but computed again in backward.
 *
 * @param block the computation, which must give the same result each time
 * @param inputs what it was called with
 */
record Checkpoint(Function<List<Variable>, Variable> block, List<Variable> inputs) {}
