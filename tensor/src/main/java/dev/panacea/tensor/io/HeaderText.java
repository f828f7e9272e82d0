package dev.panacea.tensor.io;

import dev.panacea.tensor.DataException;

/**
 * Reads the tokens of a safetensors header: the part of JSON that the format uses, and nothing more lenient.
 *
 * <p>The caller knows what must come next, so nothing nests deeper than the format does and nothing is built
 * that the caller did not ask for.
 */
final class HeaderText {
    private final CharSequence text;
    private final String where;
    private int at;

    HeaderText(CharSequence text, String where) {
        this.text = text;
        this.where = where;
    }

    /** Steps over one given character, white space before it. */
    void expect(char wanted) {
        if (!take(wanted)) {
            throw unexpected("'" + wanted + "'");
        }
    }

    /** Steps over the character if it is what comes next. */
    boolean take(char wanted) {
        skipSpace();
        if (at < text.length() && text.charAt(at) == wanted) {
            at++;
            return true;
        }
        return false;
    }

    /** A whole number from 0 to 2^63 - 1, written without sign, fraction, exponent or leading zero. */
    long wholeNumber() {
        skipSpace();
        int start = at;
        long value = 0;
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            int digit = text.charAt(at++) - '0';
            if (value > (Long.MAX_VALUE - digit) / 10) {
                throw broken("number too large", "at character " + start, "offsets and sizes fit 63 bits");
            }
            value = value * 10 + digit;
        }
        boolean leadingZero = at > start + 1 && text.charAt(start) == '0';
        if (at == start || leadingZero || at < text.length() && ".eE".indexOf(text.charAt(at)) >= 0) {
            at = start;
            throw unexpected("a whole number");
        }
        return value;
    }

    /** A string in double quotes, its escapes undone. */
    String string() {
        expect('"');
        int start = at;
        while (at < text.length() && plain(text.charAt(at))) {
            at++;
        }
        if (at < text.length() && text.charAt(at) == '"') {
            return text.subSequence(start, at++).toString();
        }
        StringBuilder undone = new StringBuilder().append(text, start, at);
        while (true) {
            if (at == text.length() || text.charAt(at) < ' ') {
                throw unexpected("the end of a string");
            }
            char c = text.charAt(at++);
            if (c == '"') {
                break;
            }
            undone.append(c == '\\' ? escape() : c);
        }
        for (int i = 0; i < undone.length(); i++) {
            if (Character.isSurrogate(undone.charAt(i)) && Character.charCount(undone.codePointAt(i)) == 1) {
                throw broken("half a surrogate pair", "in a string before character " + at, "write UTF-8");
            }
            i += Character.charCount(undone.codePointAt(i)) - 1;
        }
        return undone.toString();
    }

    /** Nothing but the format's padding, spaces, may follow. */
    void end() {
        while (at < text.length() && text.charAt(at) == ' ') {
            at++;
        }
        if (at < text.length()) {
            throw unexpected("the end of the header");
        }
    }

    DataException broken(String rule, String values, String cure) {
        return new DataException("safetensors " + where + ": " + rule + ": " + values + " (" + cure + ")");
    }

    private static boolean plain(char c) {
        return c >= ' ' && c != '"' && c != '\\' && !Character.isSurrogate(c);
    }

    private char escape() {
        char c = at < text.length() ? text.charAt(at++) : 0;
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> hexadecimal();
            default -> throw broken("unknown escape in a string", "before character " + at,
                    "JSON knows \\n, \\u0041, …");
        };
    }

    private char hexadecimal() {
        int value = 0;
        for (int i = 0; i < 4; i++, at++) {
            char c = at < text.length() ? text.charAt(at) : 0;
            int digit = c < 128 ? Character.digit(c, 16) : -1; // only ASCII digits are JSON
            if (digit < 0) {
                throw unexpected("four hexadecimal digits");
            }
            value = value << 4 | digit;
        }
        return (char) value;
    }

    private void skipSpace() {
        while (at < text.length() && " \t\n\r".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private DataException unexpected(String wanted) {
        String found = at < text.length() ? DataException.shown(String.valueOf(text.charAt(at))) : "the end";
        return broken("header is not the JSON of the format", found + " at character " + at, "need " + wanted);
    }
}
