package dev.panacea.bindings.cuda;

import dev.panacea.bindings.raw.Driver;
import dev.panacea.tensor.memory.Memory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Host memory that the device reads and writes by itself, in two halves: while it works on one, the other is filled or
 * emptied. An upload returns when its bytes lie here, so that the caller may change them at once.
 */
final class Staging {
    private static final int HALF_BYTES = 4 << 20;
    private static final int ALIGNMENT = 256;

    private final MemorySegment stream;
    private final long[] halves = new long[2];
    private final MemorySegment[] events = new MemorySegment[2];
    private int half;
    private int used;

    Staging(MemorySegment stream) {
        this.stream = stream;
        try {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment out = arena.allocate(ValueLayout.ADDRESS);
                for (int i = 0; i < 2; i++) {
                    Status.driver(Driver.cuEventCreate(out, Driver.CU_EVENT_DISABLE_TIMING()), "cuEventCreate");
                    events[i] = out.get(ValueLayout.ADDRESS, 0);
                    Status.driver(Driver.cuMemAllocHost_v2(out, HALF_BYTES), "cuMemAllocHost");
                    halves[i] = out.get(ValueLayout.JAVA_LONG, 0);
                }
            }
        } catch (RuntimeException refused) {
            close();
            throw refused;
        }
    }

    synchronized void upload(long host, long device, long byteSize) {
        for (long at = 0; at < byteSize; ) {
            if (HALF_BYTES - used < Math.min(ALIGNMENT, byteSize - at)) {
                turn();
            }
            int piece = (int) Math.min(HALF_BYTES - used, byteSize - at);
            long pinned = halves[half] + used;
            Memory.copy(host + at, pinned, piece);
            Status.driver(Driver.cuMemcpyHtoDAsync_v2(device + at, MemorySegment.ofAddress(pinned), piece, stream),
                    "cuMemcpyHtoDAsync");
            used = Math.min(HALF_BYTES, (used + piece + ALIGNMENT - 1) & -ALIGNMENT);
            at += piece;
        }
    }

    /** Goes on in the other half, once the device is done with what it holds. */
    private void turn() {
        Status.driver(Driver.cuEventRecord(events[half], stream), "cuEventRecord");
        half ^= 1;
        used = 0;
        Status.driver(Driver.cuEventSynchronize(events[half]), "cuEventSynchronize");
    }

    synchronized void download(long device, long host, long byteSize) {
        turn();
        turn(); // nothing of an upload is left in either half
        long copied = 0;
        long asked = 0;
        int[] sizes = new int[2];
        while (copied < byteSize) {
            while (asked < byteSize && sizes[half] == 0) {
                sizes[half] = (int) Math.min(HALF_BYTES, byteSize - asked);
                Status.driver(Driver.cuMemcpyDtoHAsync_v2(MemorySegment.ofAddress(halves[half]), device + asked,
                        sizes[half], stream), "cuMemcpyDtoHAsync");
                Status.driver(Driver.cuEventRecord(events[half], stream), "cuEventRecord");
                asked += sizes[half];
                half ^= 1;
            }
            if (sizes[half] == 0) {
                half ^= 1; // a single piece
            }
            Status.driver(Driver.cuEventSynchronize(events[half]), "cuEventSynchronize");
            Memory.copy(halves[half], host + copied, sizes[half]);
            copied += sizes[half];
            sizes[half] = 0;
        }
    }

    void close() {
        for (int i = 0; i < 2; i++) {
            if (events[i] != null) {
                Driver.cuEventDestroy_v2(events[i]);
                events[i] = null;
            }
            if (halves[i] != 0) {
                Driver.cuMemFreeHost(MemorySegment.ofAddress(halves[i]));
                halves[i] = 0;
            }
        }
    }
}
