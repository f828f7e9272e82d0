package dev.panacea.ace.data.dicom;

/**
 * Where the value of a DICOM element lies.
 *
 * @param tag group and element as one number
 * @param type its two letters, empty where the file does not name it
 * @param from first byte of the value
 * @param to first byte behind it; for a value of undefined length, behind its end mark
 * @param undefined whether the length was left open: items follow
 */
record Element(int tag, String type, int from, int to, boolean undefined) {
    static final long OPEN = 0xFFFF_FFFFL;

    int length() {
        return to - from;
    }

    static String name(int tag) {
        return "(%04X,%04X)".formatted(tag >>> 16, tag & 0xFFFF);
    }
}
