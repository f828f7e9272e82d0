package dev.panacea.ace.data.dicom;

/**
 * How the elements of a DICOM data set are written.
 *
 * @param explicit whether each names its type
 * @param big whether numbers have their high byte first
 */
record Encoding(boolean explicit, boolean big) {
    static final Encoding META = new Encoding(true, false);

    int uint16(byte[] bytes, int at) {
        return big ? (bytes[at] & 0xFF) << 8 | bytes[at + 1] & 0xFF : (bytes[at + 1] & 0xFF) << 8 | bytes[at] & 0xFF;
    }

    long uint32(byte[] bytes, int at) {
        long first = uint16(bytes, at);
        long second = uint16(bytes, at + 2);
        return big ? first << 16 | second : second << 16 | first;
    }

    /** Group and element as one number. */
    int tag(byte[] bytes, int at) {
        return uint16(bytes, at) << 16 | uint16(bytes, at + 2);
    }

    /** Whether two letters stand where an element written explicitly has its type. */
    static boolean hasType(byte[] bytes, int at) {
        return at + 6 <= bytes.length && bytes[at + 4] >= 'A' && bytes[at + 4] <= 'Z' && bytes[at + 5] >= 'A'
                && bytes[at + 5] <= 'Z';
    }
}
