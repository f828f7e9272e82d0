package dev.panacea.tensor.io;

import dev.panacea.tensor.DataException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file mapped into memory for reading, of any size: its bytes are fetched when they are looked at. Any thread may
 * read; closing ends all reading.
 */
public final class MappedFile implements AutoCloseable {
    private final MemorySegment bytes;
    private final Arena arena;

    private MappedFile(MemorySegment bytes, Arena arena) {
        this.bytes = bytes;
        this.arena = arena;
    }

    /**
     * Maps a file.
     *
     * @param path the file
     * @param kind what errors say before the path, such as {@code safetensors}
     * @return the open file, to be closed
     * @throws DataException if it is no plain file or cannot be read
     */
    public static MappedFile open(Path path, String kind) {
        if (Files.exists(path) && !Files.isRegularFile(path)) { // opening a named pipe would wait for a writer
            throw new DataException(kind + " " + path + ": cannot be read: not a plain file (name a file)");
        }
        Arena arena = Arena.ofShared();
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            return new MappedFile(channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena), arena);
        } catch (IOException e) {
            arena.close();
            throw failed(kind + " " + path + ": cannot be read", e);
        } catch (RuntimeException | Error e) {
            arena.close();
            throw e;
        }
    }

    /**
     * The whole file.
     *
     * @return its bytes, read-only, valid until this is closed
     */
    public MemorySegment bytes() {
        return bytes;
    }

    /** Lets the mapping go. Closing twice does nothing. */
    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }

    /** One line for what the file system refused. */
    static DataException failed(String what, IOException e) {
        String reason = switch (e) {
            case NoSuchFileException _ -> "no such file or folder";
            case AccessDeniedException _ -> "access denied";
            default -> String.valueOf(e.getMessage()).replaceAll("\\p{Cntrl}+", " ");
        };
        return new DataException(what + ": " + reason + " (check the path, its permissions and the space left)", e);
    }
}
