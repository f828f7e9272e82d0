package dev.panacea.tensor;

/**
 * Thrown where a file or other outside data breaks its format. The message is one line: where, broken rule, values,
 * cure.
 */
public final class DataException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** An exception with a one-line message. */
    public DataException(String message) {
        super(message);
    }

    /** An exception with a one-line message and what led to it. */
    public DataException(String message, Throwable cause) {
        super(message, cause);
    }
}
