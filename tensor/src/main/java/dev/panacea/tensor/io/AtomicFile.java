package dev.panacea.tensor.io;

import dev.panacea.tensor.DataException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Writes a file so that at every moment, even if the machine fails, its path holds the old file or the complete new
 * one.
 */
public final class AtomicFile {
    private static final Pattern PARTIAL = Pattern.compile("\\.(.+)\\.(\\d{1,12})-[0-9a-f]+\\.partial");

    private AtomicFile() {}

    /** What writes the bytes of a file. */
    @FunctionalInterface
    public interface Content {
        /**
         * Writes the whole file.
         *
         * @param channel an empty file, open for writing
         * @throws IOException if the file system refuses
         */
        void write(FileChannel channel) throws IOException;
    }

    /**
     * Writes beside the path, makes it durable, and puts it in the path's place. Nothing is left behind by a failure.
     *
     * @param path    the file to write or replace; its folder must exist
     * @param kind    what errors say before the path, such as {@code safetensors}
     * @param content what to write
     * @throws DataException if the file cannot be written
     */
    public static void write(Path path, String kind, Content content) {
        Path target = path.toAbsolutePath();
        Path partial = target.resolveSibling("." + target.getFileName() + "." + ProcessHandle.current().pid() + "-"
                + Long.toHexString(System.nanoTime()) + ".partial");
        try {
            replace(partial, target, content);
        } catch (IOException e) {
            throw MappedFile.failed(kind + " " + path + ": cannot be written", e);
        }
    }

    /**
     * Writes bytes as {@link #write(Path, String, Content)} does.
     *
     * @param path  the file to write or replace; its folder must exist
     * @param kind  what errors say before the path
     * @param bytes the whole file
     * @throws DataException if the file cannot be written
     */
    public static void write(Path path, String kind, byte[] bytes) {
        write(path, kind, channel -> {
            ByteBuffer left = ByteBuffer.wrap(bytes);
            while (left.hasRemaining()) {
                channel.write(left);
            }
        });
    }

    /**
     * Removes what {@link #write(Path, String, Content)} left where it was killed: partial files of processes that are gone. What cannot be
     * removed now is left to the next call.
     *
     * @param folder where to look
     * @param names  the names of files that the caller writes; partial files of others stay
     */
    public static void removeLeftovers(Path folder, Predicate<String> names) {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Matcher partial = PARTIAL.matcher(file.getFileName().toString());
                if (partial.matches() && names.test(partial.group(1)) && Files.isRegularFile(file)
                        && isGone(Long.parseLong(partial.group(2)), Files.getLastModifiedTime(file).toInstant())) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException | UncheckedIOException e) {
            return; // the next call finds them
        }
    }

    /** Whether a process is gone that wrote at some time; one of its number that began later is another. */
    private static boolean isGone(long number, Instant wrote) {
        return ProcessHandle.of(number)
                .map(process -> process.info().startInstant().map(start -> start.isAfter(wrote)).orElse(false))
                .orElse(true);
    }

    private static void replace(Path partial, Path target, Content content) throws IOException {
        try {
            try (FileChannel channel = FileChannel.open(partial, StandardOpenOption.CREATE_NEW,
                    StandardOpenOption.WRITE)) {
                content.write(channel);
                channel.force(true);
            }
            Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(partial);
        }
        try (FileChannel folder = FileChannel.open(target.getParent(), StandardOpenOption.READ)) {
            folder.force(true); // the new name is durable only when the folder is
        }
    }
}
