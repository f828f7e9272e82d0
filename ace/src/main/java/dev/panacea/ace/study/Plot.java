package dev.panacea.ace.study;

import java.awt.image.BufferedImage;
import java.util.List;

/** A picture of a result as data: what draws it, and with what library, is not a study's business. */
public sealed interface Plot {
    /** What it shows, in a few words; also the name of its file. */
    String title();

    /**
     * Points of one name.
     *
     * @param name for the legend
     * @param x to the right
     * @param y upwards, as many
     */
    record Series(String name, double[] x, double[] y) {}

    /**
     * Lines of one network. The plots of several networks that have the same title become one figure.
     *
     * @param title what they show
     * @param x what goes to the right, with its unit
     * @param y what goes up, with its unit
     * @param lines one for each name; a name that is empty stands for the network alone
     */
    record Lines(String title, String x, String y, List<Series> lines) implements Plot {}

    /**
     * Points in groups that have colours: a figure of its own for each network.
     *
     * @param title what they show
     * @param x what goes to the right, with its unit
     * @param y what goes up, with its unit
     * @param groups one for each name
     */
    record Scatter(String title, String x, String y, List<Series> groups) implements Plot {}

    /**
     * Boxes from quartile to quartile: a figure of its own for each network.
     *
     * @param title what they show
     * @param y what goes up, with its unit
     * @param names of the boxes
     * @param values of each box
     */
    record Boxes(String title, String y, List<String> names, List<double[]> values) implements Plot {}

    /**
     * A picture that is drawn already: a figure of its own for each network.
     *
     * @param title what it shows
     * @param image the picture
     */
    record Drawn(String title, BufferedImage image) implements Plot {}
}
