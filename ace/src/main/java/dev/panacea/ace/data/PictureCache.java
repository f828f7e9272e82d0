package dev.panacea.ace.data;

import dev.panacea.tensor.DataException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * Pictures of files, decoded and {@linkplain Reduction reduced} once and kept on disk: one memory-mapped file for each
 * set of files and each reduction, with a slot of fixed size for each picture. What is served is what decoding gives,
 * to the byte; whatever is wrong with a slot makes it an empty one, and its picture is decoded again.
 *
 * <p>A slot begins with the checksum of the rest: size, key and pixels. The key is a hash of the file's path, length
 * and time of change, and of what decodes it, so a picture that changed is not served. A process that is killed while
 * it writes leaves a slot whose checksum is wrong. Processes that share a cache need no lock: they write the same bytes
 * to a slot, or find a wrong checksum. Files that changed less than two seconds ago are not kept, for they might change
 * again within one tick of the clock.
 *
 * <p>Slots that no picture has filled take no space where the file system has sparse files. Any thread may ask.
 */
public final class PictureCache {
    /** Space on the disk that a cache leaves to others, in bytes. */
    public static final long RESERVE = 2L << 30;

    private static final String SUFFIX = ".pictures";

    private final Path store;
    private final Reduction reduction;
    private final long reserve;
    private final Map<Path, Integer> slots;
    private final MemorySegment bytes;
    private final ImageDecoder decoder = new ImageDecoder();
    private final AtomicLong served = new AtomicLong();
    private final AtomicLong decoded = new AtomicLong();
    private volatile String trouble;

    private PictureCache(Path store, Reduction reduction, long reserve, Map<Path, Integer> slots, MemorySegment bytes) {
        this.store = store;
        this.reduction = reduction;
        this.reserve = reserve;
        this.slots = slots;
        this.bytes = bytes;
    }

    /**
     * Opens the cache of a set of files, in whatever order; makes an empty one where there is none.
     *
     * @param folder where caches lie; made where it does not exist
     * @param reserve bytes of the disk that are left free, such as {@link #RESERVE}
     * @throws DataException if it cannot be made or read
     */
    public static PictureCache open(Path folder, List<Path> files, Reduction reduction, long reserve) {
        List<Path> sorted = files.stream().map(PictureKey::whole).distinct().sorted().toList();
        Map<Path, Integer> slots = new HashMap<>();
        sorted.forEach(file -> slots.put(file, slots.size()));
        byte[] hash = PictureKey.hash(List.of(PictureSlot.VERSION, reduction.side(), sorted));
        Path store = folder.resolve(HexFormat.of().formatHex(hash, 0, 8) + SUFFIX);
        try {
            Files.createDirectories(folder);
            return new PictureCache(store, reduction, reserve, slots, mapped(store, mostBytes(sorted.size(),
                    reduction)));
        } catch (IOException | UnsupportedOperationException e) {
            throw new DataException("picture cache " + store + ": cannot be opened: " + reason(e)
                    + " (check the path, its permissions and the space left)", e);
        }
    }

    private static MemorySegment mapped(Path store, long size) throws IOException {
        try (FileChannel channel = FileChannel.open(store, StandardOpenOption.CREATE, StandardOpenOption.READ,
                StandardOpenOption.WRITE)) {
            if (channel.size() < size) {
                channel.write(ByteBuffer.allocate(1), size - 1); // never cut: another process may have it mapped
            }
            Files.setLastModifiedTime(store, FileTime.from(Instant.now()));
            return channel.map(FileChannel.MapMode.READ_ONLY, 0, size, Arena.ofAuto());
        }
    }

    /** Bytes that the cache of so many pictures takes at most. */
    public static long mostBytes(int pictures, Reduction reduction) {
        return pictures * PictureSlot.bytes(reduction);
    }

    /** Removes the caches of a folder that nobody has opened or filled for so long; what cannot be removed stays. */
    public static void removeUnused(Path folder, Duration age) {
        Instant latest = Instant.now().minus(age);
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(path -> path.getFileName().toString().endsWith(SUFFIX)).toList()) {
                if (Files.isRegularFile(file) && Files.getLastModifiedTime(file).toInstant().isBefore(latest)) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException | UncheckedIOException _) {
            return; // the next run tries again
        }
    }

    /**
     * One of the files, grey and reduced: from its slot, or decoded, and then kept there.
     *
     * @throws DataException if it is none of the files, or has to be decoded and cannot be
     */
    public Picture picture(Path file) {
        Integer slot = slots.get(PictureKey.whole(file));
        if (slot == null) {
            throw new DataException(file + ": not in the picture cache " + store + " (open it with this file)");
        }
        PictureKey key = PictureKey.of(file, reduction);
        Picture found = found(slot, key);
        if (found != null) {
            served.incrementAndGet();
            return found;
        }
        Picture picture = reduction.apply(decoder.decode(file));
        decoded.incrementAndGet();
        if (trouble == null && key.isSettled() && Arrays.equals(key.hash(), PictureKey.of(file, reduction).hash())) {
            keep(slot, PictureSlot.write(picture, key));
        }
        return picture;
    }

    private Picture found(int slot, PictureKey key) {
        try {
            long size = PictureSlot.bytes(reduction);
            return PictureSlot.read(bytes.asSlice(slot * size, size), key);
        } catch (InternalError cut) {
            return null; // someone made the file shorter: its pages are gone
        }
    }

    private void keep(int slot, ByteBuffer picture) {
        try (FileChannel channel = FileChannel.open(store, StandardOpenOption.WRITE)) {
            if (store.toFile().getUsableSpace() - picture.remaining() < reserve) {
                trouble = "picture cache: less than " + (reserve >> 20) + " MiB left on the disk of " + store
                        + ": what it lacks is decoded each time (free some space, or name another folder)";
                return;
            }
            for (long at = slot * PictureSlot.bytes(reduction); picture.hasRemaining();) {
                at += channel.write(picture, at);
            }
        } catch (ClosedByInterruptException _) {
            return; // the run ends; what was half written has a wrong checksum
        } catch (IOException e) {
            trouble = "picture cache " + store + ": cannot be written: " + reason(e)
                    + ": what it lacks is decoded each time (check its permissions and the space left)";
        }
    }

    private static String reason(Exception e) {
        return e.getClass().getSimpleName() + ", " + String.valueOf(e.getMessage()).replaceAll("\\p{Cntrl}+", " ");
    }

    /** The file on disk. */
    public Path store() {
        return store;
    }

    /** Bytes that it takes at most. */
    public long mostBytes() {
        return bytes.byteSize();
    }

    /** Pictures that came from the cache since it was opened. */
    public long served() {
        return served.get();
    }

    /** Pictures that had to be decoded. */
    public long decoded() {
        return decoded.get();
    }

    /** Why no more pictures are kept, in one line; empty as long as they are. */
    public Optional<String> trouble() {
        return Optional.ofNullable(trouble);
    }
}
