package dev.panacea.ace.train;

/** Thrown where training cannot go on, such as at a loss that is not finite. The message is one line. */
public final class TrainingException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** With a message of the form {@code where: broken rule: values (cure)}. */
    public TrainingException(String message) {
        super(message);
    }
}
