package dev.panacea.ace.run;

import dev.panacea.tensor.DataException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * Numbers of a run as TensorBoard reads them: a file of records, each with its length, checksums of both, and an event
 * in the encoding of protocol buffers, written out by hand since it has five fields.
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
        Message event = new Message();
        event.fixed64(WALL_TIME, Double.doubleToRawLongBits(seconds));
        event.bytes(FILE_VERSION, "brain.Event:2".getBytes(StandardCharsets.UTF_8));
        write(event);
    }

    /**
     * Adds the numbers of one step.
     *
     * @param seconds the time, since 1970
     * @param scalars numbers by name; a slash in a name makes a group
     * @throws DataException if they cannot be written
     */
    public void add(double seconds, long step, Map<String, Double> scalars) {
        Message summary = new Message();
        scalars.forEach((name, number) -> {
            Message value = new Message();
            value.bytes(TAG, name.getBytes(StandardCharsets.UTF_8));
            value.fixed32(SIMPLE_VALUE, Float.floatToRawIntBits(number.floatValue()));
            summary.bytes(VALUE, value.out.toByteArray());
        });
        Message event = new Message();
        event.fixed64(WALL_TIME, Double.doubleToRawLongBits(seconds));
        event.varint(STEP, step);
        event.bytes(SUMMARY, summary.out.toByteArray());
        write(event);
    }

    private void write(Message event) {
        byte[] data = event.out.toByteArray();
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

    /** A message of protocol buffers: each field has a key of number and kind. */
    private static final class Message {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        void varint(int field, long value) {
            raw((long) field << 3);
            raw(value);
        }

        void fixed64(int field, long bits) {
            raw((long) field << 3 | 1);
            out.writeBytes(ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(bits).array());
        }

        void bytes(int field, byte[] bytes) {
            raw((long) field << 3 | 2);
            raw(bytes.length);
            out.writeBytes(bytes);
        }

        void fixed32(int field, int bits) {
            raw((long) field << 3 | 5);
            out.writeBytes(ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN).putInt(bits).array());
        }

        private void raw(long value) {
            long rest = value;
            for (; (rest & ~0x7fL) != 0; rest >>>= 7) {
                out.write((int) (rest & 0x7f | 0x80));
            }
            out.write((int) rest);
        }
    }
}
