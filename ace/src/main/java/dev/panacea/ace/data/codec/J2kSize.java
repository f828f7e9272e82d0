package dev.panacea.ace.data.codec;

import dev.panacea.tensor.DataException;

/**
 * The grid of a JPEG 2000 picture: its area, its tiles and its components.
 *
 * @param area the picture on the reference grid
 * @param tileX left edge of the first tile
 * @param tileY its upper edge
 * @param tileWidth width of a tile
 * @param tileHeight height of a tile
 * @param bits of the components, all the same
 * @param signed whether they are signed
 * @param stepsX points of the grid between samples, for each component
 * @param stepsY the same downwards
 */
record J2kSize(J2kArea area, int tileX, int tileY, int tileWidth, int tileHeight, int bits, boolean signed,
        int[] stepsX, int[] stepsY) {
    static J2kSize read(byte[] file, int at) {
        int[] grid = new int[8]; // width, height, left, top of the picture, then of the tiles
        for (int i = 0; i < grid.length; i++) {
            long value = Bytes.uint32(file, at + 2 + 4 * i);
            grid[i] = (int) Math.min(value, Integer.MAX_VALUE);
        }
        int count = Bytes.uint16(file, at + 34);
        int first = file[at + 36] & 0xFF;
        int[] stepsX = new int[count];
        int[] stepsY = new int[count];
        for (int c = 0; c < count; c++) {
            stepsX[c] = file[at + 37 + 3 * c] & 0xFF;
            stepsY[c] = file[at + 38 + 3 * c] & 0xFF;
            boolean same = (file[at + 36 + 3 * c] & 0xFF) == first;
            if (!same || stepsX[c] < 1 || stepsX[c] > 4 || stepsY[c] < 1 || stepsY[c] > 4) {
                throw new DataException("JPEG 2000 whose components differ, or are sampled " + stepsX[c] + " x "
                        + stepsY[c] + ": not readable (convert it to PNG)");
            }
        }
        int bits = (first & 127) + 1;
        if (count < 1 || count > 4 || bits > 16) {
            throw new DataException("JPEG 2000 of " + count + " components of " + bits
                    + " bits: not readable (convert it to PNG)");
        }
        J2kArea area = new J2kArea(grid[2], grid[3], grid[0], grid[1]);
        J2kSize size = new J2kSize(area, grid[6], grid[7], grid[4], grid[5], bits, first > 127, stepsX, stepsY);
        if (area.isEmpty() || grid[4] < 1 || grid[5] < 1 || grid[6] > grid[2] || grid[7] > grid[3]
                || (long) grid[6] + grid[4] <= grid[2] || (long) grid[7] + grid[5] <= grid[3]) {
            throw new DataException("JPEG 2000 damaged: picture " + area + ", tiles of " + grid[4] + " x " + grid[5]
                    + " from " + grid[6] + ", " + grid[7] + " (copy the file again)");
        }
        return size;
    }

    int components() {
        return stepsX.length;
    }

    int columns() {
        return Math.ceilDiv(area.right() - tileX, tileWidth);
    }

    int tiles() {
        return Math.multiplyExact(columns(), Math.ceilDiv(area.bottom() - tileY, tileHeight));
    }

    /** The part of the picture that a tile covers, on the reference grid. */
    J2kArea tile(int index) {
        long left = tileX + (long) (index % columns()) * tileWidth;
        long top = tileY + (long) (index / columns()) * tileHeight;
        return new J2kArea((int) Math.max(left, area.left()), (int) Math.max(top, area.top()),
                (int) Math.min(left + tileWidth, area.right()), (int) Math.min(top + tileHeight, area.bottom()));
    }

    /** The samples of a component in an area of the grid. */
    J2kArea component(J2kArea part, int c) {
        return new J2kArea(Math.ceilDiv(part.left(), stepsX[c]), Math.ceilDiv(part.top(), stepsY[c]),
                Math.ceilDiv(part.right(), stepsX[c]), Math.ceilDiv(part.bottom(), stepsY[c]));
    }
}
