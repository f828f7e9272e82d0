package dev.panacea.nn;

/** Thrown where a configuration contradicts itself. The message is one line: where, broken rule, values, need. */
public final class ConfigException extends RuntimeException {
    /** With a message of the form {@code where: broken rule: values (need)}. */
    public ConfigException(String message) {
        super(message);
    }
}
