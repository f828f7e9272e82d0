package dev.panacea.bindings.cuda;

import dev.panacea.tensor.DataException;
import dev.panacea.tensor.io.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Compiled kernels on disk, under the digest of all that went into them. A file begins with the digest of the rest; one
 * that is damaged is compiled again. Where the folder cannot be used, kernels are compiled by every process.
 */
final class CodeCache {
    private static final int DIGEST_BYTES = 32;
    private final Path folder;
    private final Compiler compiler;

    CodeCache(Compiler compiler) {
        this.folder = folder();
        this.compiler = compiler;
    }

    private static Path folder() {
        String named = System.getProperty("panacea.cuda.cache");
        if (named != null) {
            return Path.of(named);
        }
        String home = System.getenv("XDG_CACHE_HOME");
        return (home != null && !home.isBlank() ? Path.of(home) : Path.of(System.getProperty("user.home"), ".cache"))
                .resolve("panacea").resolve("kernels");
    }

    /** The machine code of a text, from disk where it is there. */
    byte[] code(KernelSource source) {
        byte[] key = digest((compiler.identity() + "\n" + source.text()).getBytes(StandardCharsets.UTF_8), 0);
        Path file = folder.resolve(HexFormat.of().formatHex(key) + ".cubin");
        byte[] code = read(file);
        if (code == null) {
            code = compiler.compile(source);
            write(file, code);
        }
        return code;
    }

    private static byte[] read(Path file) {
        try {
            byte[] bytes = Files.readAllBytes(file);
            boolean sound = bytes.length > DIGEST_BYTES && Arrays.equals(digest(bytes, DIGEST_BYTES),
                    Arrays.copyOf(bytes, DIGEST_BYTES));
            return sound ? Arrays.copyOfRange(bytes, DIGEST_BYTES, bytes.length) : null;
        } catch (IOException absent) {
            return null;
        }
    }

    private void write(Path file, byte[] code) {
        byte[] bytes = Arrays.copyOf(digest(code, 0), DIGEST_BYTES + code.length);
        System.arraycopy(code, 0, bytes, DIGEST_BYTES, code.length);
        try {
            Files.createDirectories(folder);
            AtomicFile.write(file, "kernel", bytes);
        } catch (IOException | DataException readOnly) {
            return; // the next process compiles again
        }
    }

    private static byte[] digest(byte[] bytes, int from) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(bytes, from, bytes.length - from);
            return digest.digest();
        } catch (NoSuchAlgorithmException never) {
            throw new AssertionError(never);
        }
    }
}
