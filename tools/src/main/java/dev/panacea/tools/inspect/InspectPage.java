package dev.panacea.tools.inspect;

import dev.panacea.ace.data.Picture;
import dev.panacea.tools.report.Heat;
import dev.panacea.tools.report.Page;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A page that needs nothing beside itself: the picture once, and small maps that lie over it. */
final class InspectPage {
    private static final String STYLE = """
            body{font:15px/1.45 system-ui,sans-serif;color:#222;max-width:1180px;margin:2em auto;padding:0 1em}
            h1{font-size:1.6em}h2{margin:2.4em 0 .4em;border-bottom:1px solid #ccc}h3{margin:1.6em 0 .2em}
            dl{display:grid;grid-template-columns:max-content 1fr;gap:.15em 1.2em;margin:1em 0}
            dt{color:#555}dd{margin:0}
            .about{color:#444;max-width:55em;margin:.2em 0 .6em}
            .panes{display:flex;flex-wrap:wrap;gap:12px}figure{margin:0;width:200px}
            figcaption{color:#555;font-size:12px;line-height:1.3}
            .film{position:relative;width:200px;height:200px;background-size:100% 100%}.large .film,figure.large{width:\
            400px}.large .film{height:400px}
            .map{position:absolute;inset:0;width:100%;height:100%;image-rendering:pixelated}.clear{opacity:.62}
            .mark{position:absolute;box-sizing:border-box;border:2px solid #39ff14}
            .ramp{display:flex;align-items:center;gap:.6em;color:#555;font-size:13px}.ramp i{width:160px;height:12px}
            """;

    private final StringBuilder html = new StringBuilder();

    InspectPage(String title, Picture shown, Map<String, String> facts) {
        html.append("<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\""
                + " content=\"width=device-width\"><title>").append(Page.escaped(title)).append("</title><style>\n")
                .append(STYLE).append(".film{background-image:url(").append(Heat.address(rgb(shown), "jpeg"))
                .append(")}</style>\n<h1>").append(Page.escaped(title)).append("</h1>\n");
        facts(facts);
        html.append("<figure class=\"large\"><div class=\"film\"></div></figure>\n"
                + "<p class=\"ramp\">least <i style=\"background:linear-gradient(90deg");
        for (int i = 0; i <= 10; i++) {
            html.append(String.format(Locale.ROOT, ",#%06x", Heat.colour(i / 10.0)));
        }
        html.append(")\"></i> most, of the range below each map</p>\n");
    }

    private void facts(Map<String, String> facts) {
        html.append("<dl>");
        facts.forEach((name, value) -> html.append("<dt>").append(Page.escaped(name)).append("</dt><dd>")
                .append(Page.escaped(value)).append("</dd>\n"));
        html.append("</dl>\n");
    }

    void network(String name, Map<String, String> facts, List<Part> parts) {
        html.append("<h2>").append(Page.escaped(name)).append("</h2>\n");
        facts(facts);
        for (Part part : parts) {
            html.append("<h3>").append(Page.escaped(part.title())).append("</h3>\n<p class=\"about\">")
                    .append(Page.escaped(part.about())).append("</p>\n<div class=\"panes\">\n");
            part.panes().forEach(this::pane);
            html.append("</div>\n");
        }
    }

    private void pane(Pane pane) {
        html.append("<figure><div class=\"film\"><img class=\"map").append(pane.clear() ? " clear" : "")
                .append("\" alt=\"").append(Page.escaped(pane.caption())).append("\" src=\"")
                .append(pane.map()).append("\">");
        if (pane.marked() >= 0) {
            double token = 100.0 / pane.side(); // per cent
            html.append(String.format(Locale.ROOT, "<div class=\"mark\" style=\"left:%.3f%%;top:%.3f%%;width:%.3f%%;"
                    + "height:%.3f%%\"></div>", token * (pane.marked() % pane.side()),
                    token * (pane.marked() / pane.side()), token, token));
        }
        html.append("</div><figcaption>").append(Page.escaped(pane.caption())).append("</figcaption></figure>\n");
    }

    String end() {
        return html + "</html>\n";
    }

    private static BufferedImage rgb(Picture picture) {
        BufferedImage image = new BufferedImage(picture.width(), picture.height(), BufferedImage.TYPE_INT_RGB);
        int channels = picture.channels();
        for (int i = 0; i < picture.width() * picture.height(); i++) {
            int colour = 0;
            for (int channel = 0; channel < 3; channel++) {
                float value = picture.values()[i * channels + Math.min(channel, channels - 1)];
                colour = colour << 8 | Math.round(255 * Math.clamp(value, 0f, 1f));
            }
            image.setRGB(i % picture.width(), i / picture.width(), colour);
        }
        return image;
    }
}
