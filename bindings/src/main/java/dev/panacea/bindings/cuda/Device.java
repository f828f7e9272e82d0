package dev.panacea.bindings.cuda;

import dev.panacea.bindings.raw.Driver;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.OptionalInt;

/**
 * One card, and what is known of it.
 *
 * @param handle the driver's number of it
 * @param name as the maker calls it
 * @param architecture the compute capability as one number: 90 is 9.0
 * @param multiprocessors how many blocks can run side by side at least
 * @param memory bytes
 * @param sharedBytes the most shared memory that a block can ask for
 */
public record Device(int handle, String name, int architecture, int multiprocessors, long memory, int sharedBytes) {
    private static final int NAME_BYTES = 256;
    private static String refusal = "";

    /** Starts the driver; the CUDA version that it knows, such as 13000, or nothing where it refuses. */
    static OptionalInt initialise() {
        try (Arena arena = Arena.ofConfined()) {
            int status = Driver.cuInit(0);
            MemorySegment value = arena.allocate(ValueLayout.JAVA_INT);
            if (status == Driver.CUDA_SUCCESS()) {
                status = Driver.cuDeviceGetCount(value);
            }
            if (status == Driver.CUDA_SUCCESS() && value.get(ValueLayout.JAVA_INT, 0) == 0) {
                status = Driver.CUDA_ERROR_NO_DEVICE();
            }
            if (status == Driver.CUDA_SUCCESS()) {
                status = Driver.cuDriverGetVersion(value);
            }
            if (status == Driver.CUDA_SUCCESS()) {
                return OptionalInt.of(value.get(ValueLayout.JAVA_INT, 0));
            }
            refusal = "the driver refuses: " + Status.name(status) + " (nvidia-smi shows which cards work)";
            return OptionalInt.empty();
        }
    }

    /** Why the driver did not start. */
    static String refusal() {
        return refusal;
    }

    /** The newest CUDA that the driver knows, such as {@code 13.0}. */
    static String driverVersion() {
        int version = initialise().orElse(0);
        return version / 1000 + "." + version % 1000 / 10;
    }

    /** How many cards there are. */
    static int count() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(ValueLayout.JAVA_INT);
            Status.driver(Driver.cuDeviceGetCount(value), "cuDeviceGetCount");
            return value.get(ValueLayout.JAVA_INT, 0);
        }
    }

    /** Asks the driver about a card. */
    static Device of(int index) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(ValueLayout.JAVA_INT);
            Status.driver(Driver.cuDeviceGet(value, index), "cuDeviceGet");
            int handle = value.get(ValueLayout.JAVA_INT, 0);
            MemorySegment name = arena.allocate(NAME_BYTES);
            Status.driver(Driver.cuDeviceGetName(name, NAME_BYTES, handle), "cuDeviceGetName");
            MemorySegment bytes = arena.allocate(ValueLayout.JAVA_LONG);
            Status.driver(Driver.cuDeviceTotalMem_v2(bytes, handle), "cuDeviceTotalMem");
            return new Device(handle, name.getString(0),
                    10 * attribute(handle, Driver.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR())
                            + attribute(handle, Driver.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR()),
                    attribute(handle, Driver.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT()),
                    bytes.get(ValueLayout.JAVA_LONG, 0),
                    attribute(handle, Driver.CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN()));
        }
    }

    private static int attribute(int handle, int attribute) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(ValueLayout.JAVA_INT);
            Status.driver(Driver.cuDeviceGetAttribute(value, attribute, handle), "cuDeviceGetAttribute");
            return value.get(ValueLayout.JAVA_INT, 0);
        }
    }
}
