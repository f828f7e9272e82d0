package dev.panacea.bindings.cudnn;

import dev.panacea.bindings.raw.Cudnn;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Locale;

/** One thing of cuDNN's: made, told its attributes, finished, and destroyed by closing. */
final class Descriptor implements AutoCloseable {
    private final Kind kind;
    private MemorySegment address;

    /** What a descriptor describes. */
    enum Kind {
        TENSOR(Cudnn.CUDNN_BACKEND_TENSOR_DESCRIPTOR()),
        MATMUL(Cudnn.CUDNN_BACKEND_MATMUL_DESCRIPTOR()),
        MATMUL_OPERATION(Cudnn.CUDNN_BACKEND_OPERATION_MATMUL_DESCRIPTOR()),
        POINTWISE(Cudnn.CUDNN_BACKEND_POINTWISE_DESCRIPTOR()),
        POINTWISE_OPERATION(Cudnn.CUDNN_BACKEND_OPERATION_POINTWISE_DESCRIPTOR()),
        REDUCTION(Cudnn.CUDNN_BACKEND_REDUCTION_DESCRIPTOR()),
        REDUCTION_OPERATION(Cudnn.CUDNN_BACKEND_OPERATION_REDUCTION_DESCRIPTOR()),
        RESHAPE_OPERATION(Cudnn.CUDNN_BACKEND_OPERATION_RESHAPE_DESCRIPTOR()),
        GRAPH(Cudnn.CUDNN_BACKEND_OPERATIONGRAPH_DESCRIPTOR()),
        HEURISTICS(Cudnn.CUDNN_BACKEND_ENGINEHEUR_DESCRIPTOR()),
        ENGINE(Cudnn.CUDNN_BACKEND_ENGINE_DESCRIPTOR()),
        CONFIGURATION(Cudnn.CUDNN_BACKEND_ENGINECFG_DESCRIPTOR()),
        PLAN(Cudnn.CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR()),
        POINTERS(Cudnn.CUDNN_BACKEND_VARIANT_PACK_DESCRIPTOR());

        private final int number;

        Kind(int number) {
            this.number = number;
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }

    Descriptor(Kind kind) {
        this.kind = kind;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ValueLayout.ADDRESS);
            Handle.check(Cudnn.cudnnBackendCreateDescriptor(kind.number, out), "cudnnBackendCreateDescriptor of "
                    + kind);
            address = out.get(ValueLayout.ADDRESS, 0);
        }
    }

    MemorySegment address() {
        return address;
    }

    /** Sets an attribute of whole numbers. */
    Descriptor numbers(int attribute, long... values) {
        try (Arena arena = Arena.ofConfined()) {
            return set(attribute, Cudnn.CUDNN_TYPE_INT64(), values.length,
                    arena.allocateFrom(ValueLayout.JAVA_LONG, values));
        }
    }

    /** Sets an attribute of a type of cuDNN's own, an enumeration. */
    Descriptor choice(int attribute, int type, int value) {
        try (Arena arena = Arena.ofConfined()) {
            return set(attribute, type, 1, arena.allocateFrom(ValueLayout.JAVA_INT, value));
        }
    }

    /** Sets an attribute that is true or false. */
    Descriptor flag(int attribute, boolean value) {
        try (Arena arena = Arena.ofConfined()) {
            return set(attribute, Cudnn.CUDNN_TYPE_BOOLEAN(), 1,
                    arena.allocateFrom(ValueLayout.JAVA_BYTE, (byte) (value ? 1 : 0)));
        }
    }

    /** Sets an attribute of pointers. */
    Descriptor pointers(int attribute, int type, long... values) {
        try (Arena arena = Arena.ofConfined()) {
            return set(attribute, type, values.length, arena.allocateFrom(ValueLayout.JAVA_LONG, values));
        }
    }

    /** Sets an attribute of other descriptors. */
    Descriptor parts(int attribute, Descriptor... values) {
        long[] addresses = new long[values.length];
        for (int i = 0; i < values.length; i++) {
            addresses[i] = values[i].address.address();
        }
        return pointers(attribute, Cudnn.CUDNN_TYPE_BACKEND_DESCRIPTOR(), addresses);
    }

    private Descriptor set(int attribute, int type, long count, MemorySegment values) {
        Handle.check(Cudnn.cudnnBackendSetAttribute(address, attribute, type, count, values),
                "cudnnBackendSetAttribute of " + kind + ", attribute " + attribute);
        return this;
    }

    /** Reads an attribute of a type; returns how many elements there are, of which {@code room} at most are written. */
    long read(int attribute, int type, long room, MemorySegment values) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment count = arena.allocate(ValueLayout.JAVA_LONG);
            Handle.check(Cudnn.cudnnBackendGetAttribute(address, attribute, type, room, count, values),
                    "cudnnBackendGetAttribute of " + kind + ", attribute " + attribute);
            return count.get(ValueLayout.JAVA_LONG, 0);
        }
    }

    /** Reads one whole number. */
    long number(int attribute) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(ValueLayout.JAVA_LONG);
            read(attribute, Cudnn.CUDNN_TYPE_INT64(), 1, value);
            return value.get(ValueLayout.JAVA_LONG, 0);
        }
    }

    /** Lets cuDNN check the whole; no attribute is set after that. */
    Descriptor finish() {
        Handle.check(Cudnn.cudnnBackendFinalize(address), "cudnnBackendFinalize of " + kind);
        return this;
    }

    @Override
    public void close() {
        if (address != null) {
            Cudnn.cudnnBackendDestroyDescriptor(address);
            address = null;
        }
    }
}
