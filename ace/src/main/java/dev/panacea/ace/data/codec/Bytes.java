package dev.panacea.ace.data.codec;

/** Numbers in the bytes of a file, big-endian, and text from it that is fit to print. */
public final class Bytes {
    private Bytes() {}

    /** Whether these bytes stand at a place. */
    public static boolean startsWith(byte[] file, int at, byte... expected) {
        return at + expected.length <= file.length
                && java.util.Arrays.equals(file, at, at + expected.length, expected, 0, expected.length);
    }

    /** Two bytes as an unsigned number. */
    public static int uint16(byte[] file, int at) {
        return (file[at] & 0xFF) << 8 | file[at + 1] & 0xFF;
    }

    /** Four bytes as an unsigned number. */
    public static long uint32(byte[] file, int at) {
        return (long) uint16(file, at) << 16 | uint16(file, at + 2);
    }

    /** Text with everything that could disturb a terminal replaced. */
    public static String printable(String text) {
        return text.replaceAll("[^ -~]", "?");
    }
}
