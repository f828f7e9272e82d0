package dev.panacea.tensor;

/**
 * Thrown where a tensor is used after its memory was given back. The message is one line: where, broken rule, values,
 * cure.
 */
public final class FreedTensorException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** An exception with a one-line message. */
    public FreedTensorException(String message) {
        super(message);
    }

    /** An exception with a one-line message and what led to it. */
    public FreedTensorException(String message, Throwable cause) {
        super(message, cause);
    }
}
