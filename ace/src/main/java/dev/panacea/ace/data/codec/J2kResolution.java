package dev.panacea.ace.data.codec;

import dev.panacea.ace.data.codec.J2kBits.Band;
import dev.panacea.tensor.DataException;

/**
 * One resolution of one component of a tile.
 *
 * @param area its samples on its own grid
 * @param columns precincts beside each other
 * @param rows precincts above each other
 * @param places where each precinct lies on the reference grid, row times 2^32 and column
 * @param bands LL of the coarsest, else HL, LH, HH
 */
record J2kResolution(J2kArea area, int columns, int rows, long[] places, J2kBand[] bands) {
    /** What a resolution is made of. */
    record Plan(J2kCoding coding, J2kSteps steps, int bits, int stepX, int stepY) {}

    /**
     * Lays out resolution {@code r}, 0 the coarsest.
     *
     * @param tile the tile on the reference grid
     * @param component its samples of the component
     * @param most precincts and blocks that the tile's bytes can pay for
     */
    static J2kResolution of(int r, J2kArea tile, J2kArea component, Plan plan, long most) {
        J2kCoding coding = plan.coding;
        int down = coding.levels() - r;
        J2kArea area = component.halved(down, false, false);
        int wide = coding.precincts()[r] & 15;
        int high = coding.precincts()[r] >> 4;
        if (r > 0 && (wide == 0 || high == 0)) {
            throw new DataException("JPEG 2000 damaged: precincts of one sample (copy the file again)");
        }
        int columns = area.isEmpty() ? 0 : (area.right() - 1 >> wide) - (area.left() >> wide) + 1;
        int rows = area.isEmpty() ? 0 : (area.bottom() - 1 >> high) - (area.top() >> high) + 1;
        if ((long) columns * rows > most) {
            throw new DataException("JPEG 2000 cut off or forged: " + (long) columns * rows + " precincts in " + most
                    + " bytes (copy the file again)");
        }
        long[] places = new long[columns * rows];
        for (int p = 0; p < places.length; p++) {
            long y = place(area.top(), high, p / columns, (long) plan.stepY << down, tile.top());
            long x = place(area.left(), wide, p % columns, (long) plan.stepX << down, tile.left());
            places[p] = y << 32 | x;
        }
        J2kBand[] bands = new J2kBand[r == 0 ? 1 : 3];
        for (int b = 0; b < bands.length; b++) {
            Band kind = r == 0 ? Band.LL : Band.values()[b + 1];
            boolean highX = kind == Band.HL || kind == Band.HH;
            boolean highY = kind == Band.LH || kind == Band.HH;
            J2kArea own = component.halved(r == 0 ? down : down + 1, highX, highY);
            int number = r == 0 ? 0 : 3 * r - 2 + b;
            int shift = r == 0 ? 0 : 1;
            J2kPrecinct[] precincts = new J2kPrecinct[places.length];
            long blocks = 0;
            for (int p = 0; p < precincts.length; p++) {
                long left = (long) (area.left() >> wide) + p % columns << wide - shift;
                long top = (long) (area.top() >> high) + p / columns << high - shift;
                J2kArea cell = new J2kArea((int) left, (int) top, clip(left + (1L << wide - shift)),
                        clip(top + (1L << high - shift))).within(own);
                precincts[p] = new J2kPrecinct(cell, Math.min(coding.blockWidth(), wide - shift),
                        Math.min(coding.blockHeight(), high - shift));
                blocks += precincts[p].count();
            }
            if (blocks > Math.max(1 << 20, 8 * most)) {
                throw new DataException("JPEG 2000 forged: " + blocks + " blocks in " + most
                        + " bytes (convert the file again)");
            }
            int gain = kind == Band.LL ? 0 : kind == Band.HH ? 2 : 1;
            float step = coding.reversible() ? 1 : (float) (Math.pow(2, plan.bits + gain - plan.steps.exponent(number))
                    * (1 + plan.steps.mantissa(number) / 2048.0));
            bands[b] = new J2kBand(kind, own, plan.steps.planes(number), step, precincts);
        }
        return new J2kResolution(area, columns, rows, places, bands);
    }

    private static int clip(long value) {
        return (int) Math.min(value, Integer.MAX_VALUE);
    }

    /** Where a precinct begins on the reference grid; one that begins before its tile counts as beginning there. */
    private static long place(int start, int bits, int index, long step, int tileStart) {
        long begin = (long) (start >> bits) + index << bits;
        return begin < start ? tileStart : begin * step;
    }
}
