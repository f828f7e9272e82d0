package dev.panacea.ace.run;

import dev.panacea.tensor.DataException;
import dev.panacea.tensor.io.ProtoMessage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * Numbers of a run as TensorBoard reads them: a file of records, each with its length, checksums of both, and an event
 * in the encoding of protocol buffers.
 */
public final class EventFile implements AutoCloseable {
    private static final int WALL_TIME = 1; // of Event, a double
    private static final int STEP = 2; // a varint
    private static final int FILE_VERSION = 3; // a text
    private static final int SUMMARY = 5; // a message, whose field 1 is repeated: a value
    private static final int VALUE = 1;
    private static final int TAG = 1; // of Value, a text
    private static final int SIMPLE_VALUE = 2; // a float

    private final Path path;
    private final FileChannel channel;

    /**
     * Begins a file of its own in a folder, beside those of earlier parts of the run.
     *
     * @param seconds the time, since 1970
     * @throws DataException if it cannot be written
     */
    public EventFile(Path folder, long seconds) {
        path = folder.resolve("events.out.tfevents." + seconds + ".panacea." + ProcessHandle.current().pid());
        try {
            Files.createDirectories(folder);
            channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw failed(e);
        }
        write(new ProtoMessage().real64(WALL_TIME, seconds).text(FILE_VERSION, "brain.Event:2"));
    }

    /**
     * Adds the numbers of one step.
     *
     * @param seconds the time, since 1970
     * @param scalars numbers by name; a slash in a name makes a group
     * @throws DataException if they cannot be written
     */
    public void add(double seconds, long step, Map<String, Double> scalars) {
        ProtoMessage summary = new ProtoMessage();
        scalars.forEach((name, number) -> summary.message(VALUE,
                new ProtoMessage().text(TAG, name).real(SIMPLE_VALUE, number.floatValue())));
        write(new ProtoMessage().real64(WALL_TIME, seconds).number(STEP, step).message(SUMMARY, summary));
    }

    private void write(ProtoMessage event) {
        byte[] data = event.bytes();
        ByteBuffer record = ByteBuffer.allocate(data.length + 16).order(ByteOrder.LITTLE_ENDIAN);
        record.putLong(data.length);
        record.putInt(masked(record.array(), 8));
        record.put(data);
        record.putInt(masked(data, data.length));
        try {
            for (record.flip(); record.hasRemaining();) {
                channel.write(record);
            }
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /** The checksum of a record, turned and shifted so that a checksum of checksums is none by chance. */
    private static int masked(byte[] data, int length) {
        CRC32C sum = new CRC32C();
        sum.update(data, 0, length);
        return Integer.rotateRight((int) sum.getValue(), 15) + 0xa282ead8;
    }

    private DataException failed(IOException e) {
        return new DataException("events " + path + ": cannot be written: " + e.getMessage()
                + " (check the folder, its permissions and the space left)", e);
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw failed(e);
        }
    }
}
