package dev.panacea.tools.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** A page of HTML that is put together piece by piece and needs nothing beside itself. */
public final class Page {
    private final StringBuilder html = new StringBuilder();

    /** Begins a page. */
    Page(String title) {
        html.append("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\""
                + " content=\"width=device-width\"><title>").append(escaped(title)).append("</title>\n<style>\n")
                .append(resource("report.css")).append("</style></head>\n<body><main>\n");
    }

    /** Adds what is HTML already. */
    Page add(String piece) {
        html.append(piece);
        return this;
    }

    /** Begins a part. */
    Page section(String id, String title, String about) {
        return add("<h2 id=\"" + id + "\">" + escaped(title) + "</h2>\n<p class=\"about\">" + about + "</p>\n");
    }

    /** All of it, with the script at its end. */
    String end() {
        return html + "</main>\n<script>\n" + resource("report.js") + "</script></body></html>\n";
    }

    /** Text as HTML has it. */
    public static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
    }

    private static String resource(String name) {
        try (InputStream in = Page.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
