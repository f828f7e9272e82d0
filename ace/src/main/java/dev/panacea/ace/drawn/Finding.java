package dev.panacea.ace.drawn;

/**
 * An illness in a picture.
 *
 * @param kind which
 * @param severity 0, just to be seen, to 1
 * @param box where it changes the picture, in pixels
 */
public record Finding(FindingKind kind, double severity, Box box) {}
