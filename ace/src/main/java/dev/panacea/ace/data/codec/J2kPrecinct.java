package dev.panacea.ace.data.codec;

import java.util.function.IntSupplier;

/** The blocks of one band that a packet refines together. They are made when a packet first brings any. */
final class J2kPrecinct {
    private final J2kArea area; // on the band's grid
    private final int blockWidth; // bits
    private final int blockHeight;
    private final int columns;
    private final int rows;
    private J2kBlock[] blocks;
    private TagTree inclusion;
    private TagTree emptyPlanes;

    J2kPrecinct(J2kArea area, int blockWidth, int blockHeight) {
        this.area = area;
        this.blockWidth = blockWidth;
        this.blockHeight = blockHeight;
        columns = area.isEmpty() ? 0 : (area.right() - 1 >> blockWidth) - (area.left() >> blockWidth) + 1;
        rows = area.isEmpty() ? 0 : (area.bottom() - 1 >> blockHeight) - (area.top() >> blockHeight) + 1;
    }

    int count() {
        return columns * rows;
    }

    /** The blocks made so far. */
    J2kBlock[] blocks() {
        return blocks == null ? new J2kBlock[0] : blocks;
    }

    void make() {
        if (blocks != null) {
            return;
        }
        blocks = new J2kBlock[columns * rows];
        inclusion = new TagTree(columns, rows);
        emptyPlanes = new TagTree(columns, rows);
        for (int i = 0; i < blocks.length; i++) {
            int left = (area.left() >> blockWidth) + i % columns << blockWidth;
            int top = (area.top() >> blockHeight) + i / columns << blockHeight;
            J2kArea block = new J2kArea(left, top, left + (1 << blockWidth), top + (1 << blockHeight)).within(area);
            blocks[i] = new J2kBlock(block.left(), block.top(), block.width(), block.height());
        }
    }

    /** Whether a block that no packet has brought anything of is in the packet of this layer. */
    boolean enters(int block, int layer, IntSupplier bits) {
        return inclusion.isBelow(block % columns, block / columns, layer + 1, bits);
    }

    /** How many of its bit planes are empty. */
    int emptyPlanes(int block, int most, IntSupplier bits) {
        int planes = 0;
        while (planes <= most && !emptyPlanes.isBelow(block % columns, block / columns, planes + 1, bits)) {
            planes++;
        }
        return planes;
    }
}
