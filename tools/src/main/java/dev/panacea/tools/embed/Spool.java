package dev.panacea.tools.embed;

import dev.panacea.tensor.DataException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Bytes on the disk beside the file that they will go into: what is being written need not fit into memory. */
final class Spool implements AutoCloseable {
    private final Path target;
    private final Path file;
    private final FileChannel channel;

    /** Begins an empty one, which is the first to notice a folder that cannot be written to. */
    Spool(Path target) {
        this.target = target;
        try {
            file = Files.createTempFile(target.toAbsolutePath().getParent(), "." + target.getFileName() + ".",
                    ".partial");
            channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw failed("cannot be written", e);
        }
    }

    void append(ByteBuffer bytes) {
        try {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } catch (IOException e) {
            throw failed("cannot be written", e);
        }
    }

    /** Fills a buffer with what was appended, from a position on. */
    void read(long from, ByteBuffer into) {
        try {
            long at = from;
            while (into.hasRemaining()) {
                int read = channel.read(into, at);
                if (read < 0) {
                    throw new IOException("file is shorter than what was written to it");
                }
                at += read;
            }
        } catch (IOException e) {
            throw failed("cannot be read back", e);
        }
    }

    /** Appends all of it to another file. */
    void copyTo(FileChannel other) throws IOException {
        long size = channel.size();
        for (long at = 0; at < size;) {
            at += channel.transferTo(at, size - at, other);
        }
    }

    private DataException failed(String what, IOException e) {
        return new DataException("features " + target + ": " + what + ": " + e.getClass().getSimpleName() + " "
                + e.getMessage() + " (check the folder, its permissions and the space left)", e);
    }

    @Override
    public void close() {
        try (channel) {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw failed("partial file cannot be removed", e);
        }
    }
}
