package dev.panacea.bindings.cudnn;

/** Thrown where cuDNN does not do what a graph asks of it: the caller does it in another way. */
public final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Refusal(String message) {
        super(message);
    }
}
