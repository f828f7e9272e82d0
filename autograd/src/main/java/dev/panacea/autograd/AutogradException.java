package dev.panacea.autograd;

/** Thrown where a gradient is asked for that does not exist. The message is one line: where, rule, values, cure. */
public final class AutogradException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** An exception with a one-line message. */
    public AutogradException(String message) {
        super(message);
    }
}
