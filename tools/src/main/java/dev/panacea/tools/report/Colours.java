package dev.panacea.tools.report;

/** Labels keep their colours all over the page: eight of them, then the same again with dashed lines. */
final class Colours {
    private static final int COUNT = 8;

    private Colours() {}

    /** The classes of a label's line in a plot. */
    static String kind(int label) {
        return "c" + label % COUNT + (label / COUNT % 2 == 1 ? " dashed" : "");
    }

    /** The class of what is drawn of a label on a film, which is dark. */
    static String onFilm(int label) {
        return "o" + label % COUNT;
    }
}
