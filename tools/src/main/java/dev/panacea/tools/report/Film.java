package dev.panacea.tools.report;

import dev.panacea.ace.example.Example;
import dev.panacea.ace.transfer.TransferConfig;

/**
 * A picture of the test part as the page shows it: whole, square, and small.
 *
 * @param example decoded
 * @param address of the small picture for the page
 */
record Film(Example example, String address) {
    /** Side on the page. */
    static final int PIXELS = 224;

    static Film of(Example example, TransferConfig config) {
        return new Film(example, Heat.grey(config.view().whole().view(example.picture(), PIXELS).values(), PIXELS));
    }

    /** The picture as a part of an SVG. */
    String image(String attributes) {
        return "<image" + attributes + " width=\"" + PIXELS + "\" height=\"" + PIXELS
                + "\" preserveAspectRatio=\"none\" href=\"" + address + "\"/>";
    }

    /** The picture with marks over it, and what is said below it. */
    String card(String marks, String words) {
        return card(PIXELS, image("") + marks, words);
    }

    /** The same with a width of its own. */
    String card(int width, String svg, String words) {
        return "<figure class=\"sample\"><svg viewBox=\"0 0 " + width + " " + PIXELS + "\">" + svg
                + "</svg><figcaption>" + name() + words + "</figcaption></figure>\n";
    }

    /** The file's name without its folders, which the pointer tells. */
    private String name() {
        String name = example.name();
        return "<b title=\"" + Page.escaped(name) + "\">" + Page.escaped(name.substring(name.lastIndexOf('/') + 1))
                + "</b>";
    }
}
