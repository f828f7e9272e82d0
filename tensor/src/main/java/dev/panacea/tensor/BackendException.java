package dev.panacea.tensor;

/**
 * Thrown where a device is absent, devices are mixed, or device work fails. The message is one line: where, broken
 * rule, values, cure.
 */
public final class BackendException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** An exception with a one-line message. */
    public BackendException(String message) {
        super(message);
    }

    /** An exception with a one-line message and what led to it. */
    public BackendException(String message, Throwable cause) {
        super(message, cause);
    }
}
