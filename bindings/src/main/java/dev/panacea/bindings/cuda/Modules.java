package dev.panacea.bindings.cuda;

import dev.panacea.bindings.raw.Driver;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The compiled kernels of one device: each text is compiled and loaded at its first use. */
final class Modules {
    private final CodeCache cache;
    private final Map<KernelSource, MemorySegment> modules = new HashMap<>();
    private final Map<KernelFunction, Loaded> functions = new ConcurrentHashMap<>();

    /** A kernel on the device, and how much dynamic shared memory it was allowed so far. */
    static final class Loaded {
        private static final int UNASKED = 48 << 10; // more has to be asked for

        final MemorySegment handle;
        private int shared = UNASKED;

        Loaded(MemorySegment handle) {
            this.handle = handle;
        }

        synchronized void allow(int sharedBytes) {
            if (sharedBytes > shared) {
                Status.driver(Driver.cuFuncSetAttribute(handle,
                        Driver.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES(), sharedBytes), "cuFuncSetAttribute");
                shared = sharedBytes;
            }
        }
    }

    Modules(CodeCache cache) {
        this.cache = cache;
    }

    Loaded of(KernelFunction function) {
        Loaded loaded = functions.get(function);
        return loaded != null ? loaded : functions.computeIfAbsent(function, this::load);
    }

    private Loaded load(KernelFunction function) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment handle = arena.allocate(ValueLayout.ADDRESS);
            Status.driver(Driver.cuModuleGetFunction(handle, module(function.source()),
                    arena.allocateFrom(function.name())), "cuModuleGetFunction of " + function.name());
            return new Loaded(handle.get(ValueLayout.ADDRESS, 0));
        }
    }

    private synchronized MemorySegment module(KernelSource source) {
        MemorySegment module = modules.get(source);
        if (module == null) {
            byte[] code = cache.code(source);
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment handle = arena.allocate(ValueLayout.ADDRESS);
                Status.driver(Driver.cuModuleLoadData(handle, arena.allocateFrom(ValueLayout.JAVA_BYTE, code)),
                        "cuModuleLoadData of " + source.file());
                module = handle.get(ValueLayout.ADDRESS, 0);
            }
            modules.put(source, module);
        }
        return module;
    }

    /** Unloads all. */
    synchronized void close() {
        functions.clear();
        modules.values().forEach(Driver::cuModuleUnload);
        modules.clear();
    }
}
