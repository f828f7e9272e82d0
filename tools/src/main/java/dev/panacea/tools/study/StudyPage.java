package dev.panacea.tools.study;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.panacea.ace.study.Plot;
import dev.panacea.ace.study.StudyConfig;
import dev.panacea.tensor.DataException;
import dev.panacea.tensor.io.AtomicFile;
import dev.panacea.tools.Png;
import dev.panacea.tools.report.Page;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The results as files: {@code study.json} with all numbers, a PNG for each plot, and {@code study.html}, one page that
 * holds all of it.
 *
 * @param data which pictures were looked at
 * @param subjects the networks
 * @param config of the studies
 * @param answers of each study
 */
record StudyPage(String data, List<Subject> subjects, StudyConfig config, List<StudyAnswers> answers) {
    private static final String STYLE = """
            body{font:15px/1.45 system-ui,sans-serif;color:#222;max-width:1100px;margin:2em auto;padding:0 1em}
            h1{font-size:1.6em}h2{margin:2.2em 0 .4em;border-bottom:1px solid #ccc}
            table{border-collapse:collapse;margin:1em 0}th,td{padding:.25em .8em;border-bottom:1px solid #e3e3e3;
            text-align:right;vertical-align:top}th:first-child,td:first-child{text-align:left}thead th{border-bottom:\
            2px solid #999}
            figure{margin:1em 0}figcaption{color:#555}img{width:760px;max-width:100%;height:auto}.about{color:#444;\
            max-width:50em}
            .scroll{overflow-x:auto}""";

    void write(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new DataException("study: folder " + folder + " cannot be made: " + e.getClass().getSimpleName()
                    + " (check --out and its permissions)", e);
        }
        Map<String, byte[]> pictures = new LinkedHashMap<>();
        String page = html(pictures);
        pictures.forEach((name, png) -> AtomicFile.write(folder.resolve(name), "plot", png));
        AtomicFile.write(folder.resolve("study.json"), "study", json().getBytes(StandardCharsets.UTF_8));
        AtomicFile.write(folder.resolve("study.html"), "study", page.getBytes(StandardCharsets.UTF_8));
    }

    private String json() {
        ObjectMapper mapper = new ObjectMapper();
        ObjectNode all = mapper.createObjectNode();
        all.put("data", data);
        all.set("config", mapper.valueToTree(fields()));
        ObjectNode networks = all.putObject("checkpoints");
        subjects.forEach(subject -> networks.putObject(subject.label()).put("weights", subject.origin())
                .put("model", subject.features().spec().name()).put("viewPixels", subject.features().pixels())
                .put("imagePixels", subject.features().imagePixels()));
        ObjectNode studies = all.putObject("studies");
        for (StudyAnswers answer : answers) {
            ObjectNode study = studies.putObject(answer.study().name());
            study.put("protocol", answer.study().protocol(config));
            ObjectNode numbers = study.putObject("numbers");
            answer.results().forEach((label, result) -> {
                ObjectNode of = numbers.putObject(label);
                result.numbers().forEach((name, value) -> {
                    if (Double.isFinite(value)) {
                        of.put(name, value);
                    } else {
                        of.putNull(name); // JSON has no other word for it
                    }
                });
            });
        }
        try {
            return mapper.writerWithDefaultPrettyPrinter().writeValueAsString(all) + "\n";
        } catch (JsonProcessingException never) {
            throw new IllegalStateException(never); // texts and numbers can always be written
        }
    }

    private Map<String, Object> fields() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("seed", config.seed());
        fields.put("batch", config.batch());
        fields.put("patches", config.patches());
        fields.put("leastSide", config.leastSide());
        fields.put("mostSide", config.mostSide());
        return fields;
    }

    private String html(Map<String, byte[]> pictures) {
        StringBuilder page = new StringBuilder("<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\">"
                + "<meta name=\"viewport\" content=\"width=device-width\"><title>What it learned</title><style>")
                .append(STYLE).append("</style>\n<h1>What it learned</h1>\n<p>").append(Page.escaped(data))
                .append(". Seed ").append(config.seed())
                .append(".</p>\n<div class=\"scroll\"><table><thead><tr><th>checkpoint</th><th>model</th>"
                        + "<th>view, px</th><th>picture, px</th><th>weights</th></tr></thead>\n");
        for (Subject subject : subjects) {
            row(page, List.of(subject.label(), subject.features().spec().name(),
                    Integer.toString(subject.features().pixels()), Integer.toString(subject.features().imagePixels()),
                    subject.origin()));
        }
        page.append("</table></div>\n");
        glance(page);
        for (StudyAnswers answer : answers) {
            page.append("<h2 id=\"").append(answer.study().name()).append("\">").append(answer.study().name())
                    .append("</h2>\n<p class=\"about\">").append(Page.escaped(answer.study().protocol(config)))
                    .append("</p>\n<div class=\"scroll\"><table><thead><tr><th></th>");
            answer.results().keySet().forEach(label -> page.append("<th>").append(Page.escaped(label)).append("</th>"));
            page.append("</tr></thead>\n");
            for (String number : answer.numbers()) {
                List<String> cells = new ArrayList<>(List.of(number));
                answer.results().keySet().forEach(label -> cells.add(answer.shown(label, number)));
                row(page, cells);
            }
            page.append("</table></div>\n");
            answer.refused().forEach(reason -> page.append("<p>Left out: ").append(Page.escaped(reason))
                    .append("</p>\n"));
            answer.plots().forEach(plot -> figure(page, answer.study().name(), plot, pictures));
        }
        return page.append("</html>\n").toString();
    }

    /** The first number of each study. */
    private void glance(StringBuilder page) {
        page.append("<h2>At a glance</h2>\n<div class=\"scroll\"><table><thead><tr><th></th>");
        subjects.forEach(subject -> page.append("<th>").append(Page.escaped(subject.label())).append("</th>"));
        page.append("</tr></thead>\n");
        for (StudyAnswers answer : answers) {
            if (!answer.numbers().isEmpty()) {
                String number = answer.numbers().getFirst();
                page.append("<tr><td><a href=\"#").append(answer.study().name()).append("\">")
                        .append(answer.study().name()).append("</a>: ").append(Page.escaped(number)).append("</td>");
                subjects.forEach(subject -> page.append("<td>").append(answer.shown(subject.label(), number))
                        .append("</td>"));
                page.append("</tr>\n");
            }
        }
        page.append("</table></div>\n");
    }

    private static void row(StringBuilder page, List<String> cells) {
        page.append("<tr>");
        cells.forEach(cell -> page.append("<td>").append(Page.escaped(cell)).append("</td>"));
        page.append("</tr>\n");
    }

    private static void figure(StringBuilder page, String study, Plot plot, Map<String, byte[]> pictures) {
        byte[] png = Png.encoded(Charts.draw(plot), "png");
        String name = (study + " " + plot.title()).toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-") + ".png";
        pictures.put(name, png);
        page.append("<figure><img alt=\"").append(Page.escaped(plot.title())).append("\" src=\"data:image/png;base64,")
                .append(Base64.getEncoder().encodeToString(png)).append("\">");
        if (plot instanceof Plot.Drawn) { // charts say it themselves
            page.append("<figcaption>").append(Page.escaped(plot.title())).append("</figcaption>");
        }
        page.append("</figure>\n");
    }
}
