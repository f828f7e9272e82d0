package dev.panacea.tensor;

/**
 * Thrown where shapes, axes or element types break an op's rule. The message is one line: where, broken rule, values,
 * cure.
 */
public final class ShapeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** An exception with a one-line message. */
    public ShapeException(String message) {
        super(message);
    }

    /** An exception with a one-line message and what led to it. */
    public ShapeException(String message, Throwable cause) {
        super(message, cause);
    }
}
