package dev.panacea.ace.data.dicom;

/** The elements that decide how pixels look. */
final class Tag {
    static final int TRANSFER_SYNTAX = 0x0002_0010;
    static final int CHANNELS = 0x0028_0002;
    static final int PHOTOMETRIC = 0x0028_0004;
    static final int PLANAR = 0x0028_0006;
    static final int FRAMES = 0x0028_0008;
    static final int ROWS = 0x0028_0010;
    static final int COLUMNS = 0x0028_0011;
    static final int BITS_ALLOCATED = 0x0028_0100;
    static final int BITS_STORED = 0x0028_0101;
    static final int HIGH_BIT = 0x0028_0102;
    static final int SIGNED = 0x0028_0103;
    static final int PADDING = 0x0028_0120;
    static final int WINDOW_CENTRE = 0x0028_1050;
    static final int WINDOW_WIDTH = 0x0028_1051;
    static final int INTERCEPT = 0x0028_1052;
    static final int SLOPE = 0x0028_1053;
    static final int WINDOW_FUNCTION = 0x0028_1056;
    static final int PALETTE_DESCRIPTOR = 0x0028_1101; // of red; green and blue follow
    static final int PALETTE_DATA = 0x0028_1201;
    static final int MODALITY_TABLE = 0x0028_3000;
    static final int TABLE_DESCRIPTOR = 0x0028_3002;
    static final int TABLE_DATA = 0x0028_3006;
    static final int VALUES_OF_INTEREST_TABLE = 0x0028_3010;
    static final int FRAME_VALUES_OF_INTEREST = 0x0028_9132;
    static final int FRAME_TRANSFORMATION = 0x0028_9145;
    static final int PRESENTATION_SHAPE = 0x2050_0020;
    static final int SHARED_GROUPS = 0x5200_9229;
    static final int FRAME_GROUPS = 0x5200_9230;
    static final int FLOAT_PIXELS = 0x7FE0_0008;
    static final int DOUBLE_PIXELS = 0x7FE0_0009;
    static final int PIXELS = 0x7FE0_0010;

    private Tag() {}
}
