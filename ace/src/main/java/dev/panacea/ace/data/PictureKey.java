package dev.panacea.ace.data;

import dev.panacea.tensor.DataException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * What the reduced pixels of a file depend on, without reading it: its path, length and time of change, and what
 * decodes it.
 *
 * @param hash SHA-256 of these
 * @param changed when the file was changed
 */
record PictureKey(byte[] hash, Instant changed) {
    static final int BYTES = 32;
    private static final Duration TICK = Duration.ofSeconds(2); // of the coarsest clock of a file system

    /**
     * The key of a file as it is now.
     *
     * @throws DataException if the file cannot be asked
     */
    static PictureKey of(Path file, Reduction reduction) {
        try {
            BasicFileAttributes facts = Files.readAttributes(file, BasicFileAttributes.class);
            return new PictureKey(hash(List.of(whole(file), facts.size(), facts.lastModifiedTime(), reduction.side(),
                    ImageDecoder.VERSION, Runtime.version())), // the JDK decodes some kinds of files
                    facts.lastModifiedTime().toInstant());
        } catch (IOException e) {
            throw new DataException(file + ": " + (Files.exists(file) ? "cannot be read" : "no such file")
                    + " (check the path and its permissions)", e);
        }
    }

    /** Whether the file is older than a tick of its clock: a further change would show. */
    boolean isSettled() {
        return Duration.between(changed, Instant.now()).abs().compareTo(TICK) > 0;
    }

    /** A path that does not depend on where the process runs. */
    static Path whole(Path file) {
        return file.toAbsolutePath().normalize();
    }

    /** SHA-256 of the texts of these, each ended by a zero. */
    static byte[] hash(List<?> parts) {
        try {
            MessageDigest hash = MessageDigest.getInstance("SHA-256");
            for (Object part : parts) {
                hash.update(part.toString().getBytes(StandardCharsets.UTF_8));
                hash.update((byte) 0);
            }
            return hash.digest();
        } catch (NoSuchAlgorithmException never) {
            throw new IllegalStateException(never); // every JDK has it
        }
    }
}
