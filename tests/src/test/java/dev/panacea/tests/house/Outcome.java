package dev.panacea.tests.house;

import dev.panacea.tools.Main;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;

/** What a command did: its exit code, and what it printed. */
public record Outcome(int code, String out, String err) {
    /** Runs {@code ./panacea} with these arguments in this process. */
    public static Outcome of(String... args) {
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
        ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
        try (PrintStream toOut = new PrintStream(outBytes, true); PrintStream toErr = new PrintStream(errBytes, true)) {
            System.setOut(toOut);
            System.setErr(toErr);
            return new Outcome(Main.execute(args), outBytes.toString(), errBytes.toString());
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
    }
}
