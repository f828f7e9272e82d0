package dev.panacea.tools.lesson;

import java.io.PrintWriter;

/** What is said where pictures come without words. */
final class Lettering {
    private Lettering() {}

    static void check(Board board, PrintWriter err) {
        if (!board.writes()) {
            err.println("the picture has no words: this machine has no fonts (install fontconfig and a font)");
            err.flush();
        }
    }
}
