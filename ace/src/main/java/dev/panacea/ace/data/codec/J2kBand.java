package dev.panacea.ace.data.codec;

/**
 * One band of one resolution.
 *
 * @param kind its directions
 * @param area its numbers on its own grid
 * @param planes bit planes of its numbers
 * @param step what a number of 1 stands for
 * @param precincts row by row
 */
record J2kBand(J2kBits.Band kind, J2kArea area, int planes, float step, J2kPrecinct[] precincts) {}
