package dev.panacea.bindings.cudnn;

import dev.panacea.bindings.raw.Cudnn;
import dev.panacea.tensor.BackendException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** cuDNN on one stream of one card, the one that the calling thread works with. */
public final class Handle implements AutoCloseable {
    private static final int MESSAGE_BYTES = 512;
    /** Statuses of what cuDNN cannot do, or calls wrongly asked: it is as good as before them. */
    private static final int FIRST_REFUSAL = Cudnn.CUDNN_STATUS_BAD_PARAM();
    private static final int LAST_REFUSAL = 3999;

    private MemorySegment address;

    /**
     * Opens cuDNN, which must have been loaded.
     *
     * @param stream where its work runs, in the order in which it was given
     * @throws BackendException if cuDNN cannot use the card
     */
    public Handle(MemorySegment stream) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ValueLayout.ADDRESS);
            check(Cudnn.cudnnCreate(out), "cudnnCreate");
            address = out.get(ValueLayout.ADDRESS, 0);
            check(Cudnn.cudnnSetStream(address, stream), "cudnnSetStream");
        } catch (RuntimeException refused) {
            close();
            throw refused;
        }
    }

    /** The version of cuDNN that was loaded, such as 91501 for 9.15.1. */
    public static int version() {
        return (int) Cudnn.cudnnGetVersion();
    }

    /** A version as people write it, such as {@code 9.15.1}. */
    public static String text(int version) {
        return version / 10_000 + "." + version / 100 % 100 + "." + version % 100;
    }

    MemorySegment address() {
        return address;
    }

    /**
     * Passes over success.
     *
     * @throws Refusal if cuDNN does not do this, or not so
     * @throws BackendException if it failed
     */
    static void check(int status, String call) {
        if (status == Cudnn.CUDNN_STATUS_SUCCESS()) {
            return;
        }
        String message = "cudnn: " + call + " failed: " + Cudnn.cudnnGetErrorString(status).getString(0) + reason();
        if (status >= FIRST_REFUSAL && status <= LAST_REFUSAL) {
            throw new Refusal(message);
        }
        throw new BackendException(message);
    }

    /** What cuDNN says of the last error, in one line. */
    private static String reason() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment message = arena.allocate(MESSAGE_BYTES);
            Cudnn.cudnnGetLastErrorString(message, MESSAGE_BYTES);
            String text = message.getString(0).strip().replaceAll("\\s+", " ");
            return text.isEmpty() ? "" : " (" + text + ")";
        }
    }

    @Override
    public void close() {
        if (address != null) {
            Cudnn.cudnnDestroy(address);
            address = null;
        }
    }
}
