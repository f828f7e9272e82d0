package dev.panacea.tools;

import java.awt.Font;
import java.awt.Graphics2D;

/** Words in pictures. */
public final class Letters {
    private Letters() {}

    /** A font of this size. */
    public static Font font(int size, boolean bold) {
        return new Font(Font.SANS_SERIF, bold ? Font.BOLD : Font.PLAIN, size);
    }

    /** Whether words can be written: small systems come without fonts, and Java then fails in ways of its own. */
    public static boolean canBe(Graphics2D pen) {
        try {
            return pen.getFontMetrics(font(12, false)).stringWidth("m") > 0;
        } catch (RuntimeException | LinkageError | InternalError none) {
            return false;
        }
    }
}
