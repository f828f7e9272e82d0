package dev.panacea.nn;

/**
 * Thrown where saved weights or a saved run cannot be read, written, or do not fit the model. The message is one line:
 * where, broken rule, values, need or cure.
 */
public final class CheckpointException extends RuntimeException {
    /** With a message of the form {@code where: broken rule: values (cure)}. */
    public CheckpointException(String message) {
        super(message);
    }

    /** With a message of that form, and what led to it. */
    public CheckpointException(String message, Throwable cause) {
        super(message, cause);
    }
}
