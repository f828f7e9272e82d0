package dev.panacea.tensor.op;

import java.util.function.Supplier;

/**
 * A call that must fail with one line.
 *
 * @param message the whole message
 * @param attempt the call
 */
public record Refusal(String message, Supplier<?> attempt) {}
