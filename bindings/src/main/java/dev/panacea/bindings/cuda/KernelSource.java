package dev.panacea.bindings.cuda;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * A text in CUDA C beside a class, and the names that are defined before it. Texts begin with {@code prelude.cu}, which
 * holds what all share. Compiled at its first use on a device, and kept.
 *
 * @param home the class whose folder holds the text
 * @param file the text's name, such as {@code softmax.cu}
 * @param defines lines such as {@code T float}, each a macro
 */
public record KernelSource(Class<?> home, String file, List<String> defines) {
    private static final Set<KernelSource> ASKED = ConcurrentHashMap.newKeySet();

    /** A text without macros. */
    public static KernelSource of(Class<?> home, String file) {
        return new KernelSource(home, file, List.of());
    }

    /** The same text with one more macro. */
    public KernelSource with(String name, Object value) {
        return new KernelSource(home, file,
                Stream.concat(defines.stream(), Stream.of(name + " " + value)).toList());
    }

    /** All texts of which a kernel was asked for so far, whether compiled or not. */
    public static List<KernelSource> asked() {
        return List.copyOf(ASKED);
    }

    /** A kernel of this text, by the name under which it is declared {@code extern "C"}. Keep it as a constant. */
    public KernelFunction function(String name) {
        ASKED.add(this);
        return new KernelFunction(this, name);
    }

    /** What the compiler is given. */
    public String text() {
        StringBuilder text = new StringBuilder();
        for (String define : defines) {
            text.append("#define ").append(define).append('\n');
        }
        append(text, KernelSource.class, "prelude.cu");
        append(text, home, file);
        return text.toString();
    }

    private static void append(StringBuilder text, Class<?> home, String file) {
        try (InputStream in = home.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException(file + ": not beside " + home.getName());
            }
            text.append("#line 1 \"").append(file).append("\"\n")
                    .append(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
