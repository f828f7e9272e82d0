package dev.panacea.tensor;

/**
 * Thrown where a file or other outside data breaks its format. The message is one line: where, broken rule, values,
 * cure.
 */
public final class DataException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final int SHOWN = 60;

    /** An exception with a one-line message. */
    public DataException(String message) {
        super(message);
    }

    /** An exception with a one-line message and what led to it. */
    public DataException(String message, Throwable cause) {
        super(message, cause);
    }

    /**
     * A name from outside, made fit for a one-line message.
     *
     * @param name any text
     * @return the text in quotes: short, and nothing in it that is not printable
     */
    public static String shown(String name) {
        StringBuilder line = new StringBuilder("\"");
        for (int i = 0; i < Math.min(name.length(), SHOWN); i++) {
            char c = name.charAt(i);
            line.append(Character.isLetterOrDigit(c) || c >= ' ' && c < 127 ? c : '?');
        }
        return line.append(name.length() > SHOWN ? "…\"" : "\"").toString();
    }
}
