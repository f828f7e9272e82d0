package dev.panacea.tools.report;

/** Lines that rise from a share of 0 to one of 1, such as ROC curves: one for each label, in its colour. */
final class SharePlot {
    private static final int HEIGHT = 366; // so that the frame is square
    private static final double[] ENDS = {0, 1};

    private final Frame frame;
    private final StringBuilder keys;
    private final StringBuilder lines;

    /**
     * An empty plot.
     *
     * @param across what the lower axis is, from 0
     * @param most its end
     * @param up whose share rises
     */
    SharePlot(String title, String across, double most, String up) {
        frame = Frame.of(HEIGHT, 0, most);
        keys = new StringBuilder(Frame.caption(title));
        lines = new StringBuilder("</figcaption>").append(frame.begin(title, across, up, ""));
    }

    /** The diagonal. */
    SharePlot diagonal(String name) {
        keys.append(Frame.key("level", name));
        lines.append(frame.line("level", name, ENDS, ENDS));
        return this;
    }

    /** The line of a label; its words in the key may say more than its name. */
    SharePlot line(int label, String words, double[] x, double[] y) {
        String kind = Colours.kind(label);
        keys.append(Frame.key(kind, words));
        lines.append(frame.line(kind, words, x, y));
        return this;
    }

    /** The figure as HTML. */
    String html() {
        return keys.toString() + lines + "</svg></figure>\n";
    }
}
